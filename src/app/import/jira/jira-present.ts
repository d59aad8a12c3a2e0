import type { Millis } from '#core/values/ids.ts'
import type { Present } from '../history/source-present.ts'
import { mapStatus } from '../history/status-mapping.ts'
import { parseInstant } from '../records/instant.ts'
import type { JsonFields } from '../records/json-records.ts'
import { jsonFieldsIn, leftovers, listOf, nameAt, objectsIn, shortText } from '../records/source-text.ts'
import { besideOf } from './jira-beside.ts'
import { jiraFieldIds, jiraPerson, jiraValues, type ReadText } from './jira-fields.ts'
import type { LinksNow } from './jira-links.ts'

/** Fields of a comment that become an event; the rest is kept in its metadata. */
export const toldOfComment = new Set(['id', 'author', 'body', 'created', 'updated', 'updateAuthor'])

/** Names of an issue's components. */
export const componentsOf = (fields: JsonFields): readonly string[] =>
  objectsIn(fields.components).flatMap((component) => nameAt(component, 'name') || [])

/** What a record says of its issue as it is now. @param exported fields that any issue of the file has: absent there, they are empty. */
export function jiraPresent(
  value: JsonFields,
  updatedAt: Millis | null,
  externalKey: string,
  {
    links,
    exported,
    readText,
  }: {
    readonly links: LinksNow
    readonly exported: ReadonlySet<string>
    readonly readText: ReadText
  },
): Present {
  const fields = jsonFieldsIn(value.fields)
  const said = (field: string): boolean => fields[field] !== undefined || exported.has(field)
  const type = nameAt(fields, 'issuetype', 'name').toLowerCase()
  const status = nameAt(fields, 'status', 'name')
  const project = nameAt(fields, 'project', 'name')
  return {
    updatedAt,
    externalKey,
    title: fields.summary,
    description: said('description') ? readText(fields.description) : undefined,
    ...jiraValues(value, said),
    project: project || undefined,
    status: status
      ? {
          to: mapStatus(status, nameAt(fields, 'status', 'statusCategory', 'key')),
          at: parseInstant(fields.resolutiondate),
          reason: nameAt(fields, 'resolution', 'name'),
          source: { status },
        }
      : undefined,
    labels:
      said('labels') || said('components') || said('issuetype')
        ? [
            ...(type ? [{ name: type, of: 'issuetype' }] : []),
            ...componentsOf(fields).map((name) => ({ name, of: 'components' })),
            ...listOf(fields.labels).flatMap((label) =>
              shortText(label) ? [{ name: shortText(label) }] : [],
            ),
          ]
        : undefined,
    labelsUnsaid: ['issuetype', 'components', 'labels'].filter((field) => !said(field)),
    assignees: said('assignee') ? (fields.assignee ? [jiraPerson(fields.assignee)] : []) : undefined,
    links: said('issuelinks')
      ? { list: links.list, gone: (kind) => kind !== 'parent' || said('parent') }
      : undefined,
    comments: said('comment') ? presentComments(fields, readText) : undefined,
    fields: Object.fromEntries(links.elsewhere),
    beside: besideOf(value, fields, said, jiraFieldIds(value)),
  }
}

/** The comments that are there now; complete where none is cut off. */
function presentComments(fields: JsonFields, readText: ReadText): Present['comments'] {
  const listed = jsonFieldsIn(fields.comment).comments ?? fields.comment ?? []
  if (!Array.isArray(listed)) return undefined
  const list = objectsIn(listed).flatMap((comment) => {
    const [id, at] = [shortText(comment.id), parseInstant(comment.created)]
    if (!id || at === null) return []
    const { text, source, hash } = readText(comment.body)
    return [
      {
        id,
        at,
        text,
        hash,
        edited: parseInstant(comment.updated),
        // Of a comment that is as it was, which most are, nothing of this is asked for.
        get source() {
          const beside = { ...leftovers(comment, toldOfComment), ...source }
          return Object.keys(beside).length > 0 ? beside : undefined
        },
        get by() {
          return jiraPerson(comment.author)
        },
        get editor() {
          const editor = jiraPerson(comment.updateAuthor)
          return editor.key ? editor : undefined
        },
      },
    ]
  })
  const { total } = jsonFieldsIn(fields.comment)
  return { complete: typeof total !== 'number' || total <= list.length, list }
}
