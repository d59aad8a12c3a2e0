import type { Millis } from '#core/values/ids.ts'
import type { Act, IssueHistory, Said } from '../history/source-acts.ts'
import { mapStatus } from '../history/status-mapping.ts'
import { parseInstant } from '../records/instant.ts'
import type { JsonFields } from '../records/json-records.ts'
import { jsonFieldsIn, jsonTextIn, objectsIn, shortText } from '../records/source-text.ts'
import { jiraFieldTold, jiraPerson, type ReadText } from './jira-fields.ts'

type Change = {
  readonly at: Millis
  readonly by: unknown
  readonly id: string
  readonly item: JsonFields
  readonly ordinal: number
}

/** The changes of an issue that was asked for with `expand=changelog`, oldest first; Jira Cloud lists them newest first. */
function changesOf(issue: JsonFields): readonly Change[] {
  const histories = objectsIn(jsonFieldsIn(issue.changelog).histories)
  return histories
    .flatMap((entry) => {
      const at = parseInstant(entry.created)
      const id = shortText(entry.id)
      return at === null
        ? []
        : objectsIn(entry.items).map((item, ordinal) => ({ at, by: entry.author, id, item, ordinal }))
    })
    .sort((a, b) => a.at - b.at || a.id.localeCompare(b.id, 'en', { numeric: true }))
}

const nameOf = (item: JsonFields): string => shortText(item.field).toLowerCase()

/** What each changed field held at first, as text; fields that never changed are not in it. */
export function firstValues(issue: JsonFields): ReadonlyMap<string, string> {
  const first = new Map<string, string>()
  for (const { item } of changesOf(issue))
    if (!first.has(nameOf(item))) first.set(nameOf(item), jsonTextIn(item.fromString))
  return first
}

/** The keys that an issue had before it was moved. */
export function formerKeys(issue: JsonFields): readonly string[] {
  return changesOf(issue).flatMap(({ item }) =>
    nameOf(item) === 'key' ? shortText(item.fromString) || [] : [],
  )
}

/** Whom the first change of assignee took it from, as a Jira user; `null` where it was nobody. */
export function firstAssignee(issue: JsonFields): JsonFields | null {
  const item = changesOf(issue).find((change) => nameOf(change.item) === 'assignee')?.item
  return item?.from ? { key: item.from, displayName: item.fromString } : null
}

const fieldIds: Readonly<Record<string, string>> = {
  'fix version': 'fixVersions',
  version: 'versions',
  'affects version/s': 'versions',
  environment: 'environment',
}

/** The ids of fields whose changes a changelog tells. */
export const changelogFields = (issue: JsonFields): ReadonlySet<string> =>
  new Set(changesOf(issue).map(({ item }) => shortText(item.fieldId) || (fieldIds[nameOf(item)] ?? '')))

/** Everybody whom a changelog names, as Jira users; what it says of an assignee is what they were called then. */
export const changelogPeople = (
  issue: JsonFields,
): readonly { readonly user: unknown; readonly at?: Millis }[] =>
  changesOf(issue).flatMap(({ at, by, item }) =>
    nameOf(item) === 'assignee'
      ? [
          { user: by },
          { user: { key: item.from, displayName: item.fromString }, at },
          { user: { key: item.to, displayName: item.toString }, at },
        ]
      : [{ user: by }],
  )

/** Told by the comments, attachments and links themselves, with more detail. */
const toldElsewhere = new Set(['comment', 'attachment', 'link', 'worklogid', 'timespent'])

/** The acts of a changelog. Each knows what it sets; what it changes from, the history knows. */
export function changelogActs(issue: JsonFields, history: IssueHistory, readText: ReadText): readonly Act[] {
  return changesOf(issue)
    .filter(({ item }) => !toldElsewhere.has(nameOf(item)))
    .map(({ at, by, id, item, ordinal }) => {
      const said: Said = { by: jiraPerson(by), at, key: ['changelog', id || String(at), String(ordinal)] }
      return { at, tell: () => tell(history, item, said, readText) }
    })
}

function tell(history: IssueHistory, item: JsonFields, said: Said, readText: ReadText) {
  const to = jsonTextIn(item.toString)
  const known = jiraFieldTold(nameOf(item), to, item.to)
  if (known) return history.set(known.key, known.to, said)
  switch (nameOf(item)) {
    case 'status':
      return history.move(mapStatus(to), { ...said, source: { status: to } })
    case 'summary':
      return history.set('title', to, said)
    case 'description': {
      const { text, source, hash } = readText(to)
      return history.describe(text, {
        ...said,
        originalHash: hash,
        ...(source ? { source } : {}),
      })
    }
    case 'assignee':
      if (item.from) history.unassign(jiraPerson({ key: item.from, displayName: item.fromString }), said)
      if (item.to) history.assign(jiraPerson({ key: item.to, displayName: item.toString }), said)
      return
    case 'project':
      return history.set('project', to || null, said)
    case 'labels': {
      const [before, after] = [jsonTextIn(item.fromString), to].map(
        (names) => new Set(names.split(' ').filter(Boolean)),
      )
      for (const name of before ?? [])
        if (!after?.has(name)) history.unlabel(name, { ...said, key: [...said.key, name] })
      for (const name of after ?? []) history.label(name, { ...said, key: [...said.key, name] })
      return
    }
    case 'key':
      return history.field('Key', to || null, said, shortText(item.fromString) || null)
    default:
      return history.field(shortText(item.field) || 'unknown', jsonTextIn(item.toString) || null, said)
  }
}
