import type { Millis } from '#core/values/ids.ts'
import { type ImportDirectory, importDirectory } from '../history/import-entities.ts'
import type { ImportContext, ImportItem, ImportReader } from '../history/imported.ts'
import { issueHistory } from '../history/issue-history.ts'
import {
  type IssueRecord,
  issueRecords,
  type KnownIssues,
  type NoIssue,
  noIssue,
} from '../history/issue-records.ts'
import type { LastingId, RecordIdentity } from '../history/record-identity.ts'
import { type Act, type IssueHistory, inTimeOrder, type Said } from '../history/source-acts.ts'
import { nobody } from '../history/source-person.ts'
import { mapStatus } from '../history/status-mapping.ts'
import { parseInstant } from '../records/instant.ts'
import type { JsonFields } from '../records/json-records.ts'
import { jsonFieldsIn, leftovers, listOf, nameAt, objectsIn, shortText } from '../records/source-text.ts'
import { changelogActs, changelogPeople, firstAssignee, firstValues, formerKeys } from './jira-changelog.ts'
import { jiraFieldIds, jiraPerson, jiraTexts, jiraValuesAtFirst, type ReadText } from './jira-fields.ts'
import { jiraLinks } from './jira-links.ts'
import { componentsOf, jiraPresent, toldOfComment } from './jira-present.ts'

/**
 * Reads Jira issues as REST v2 returns them: one a line, an array, or search results, in pages or not. With `expand=changelog` every change is
 * told; without it, creation, comments, attachments, links and the resolution, which is all that such an issue knows of its past.
 */
export const readJira: ImportReader = (file, context) => {
  const directory = importDirectory('jira', context)
  const exported = new Set<string>()
  return issueRecords(file, {
    format: 'jira',
    context,
    listKeys: ['issues'],
    identify,
    learn(value, { updatedAt, createdAt }) {
      for (const field of Object.keys(jsonFieldsIn(value.fields))) exported.add(field)
      meetPeople(value, updatedAt ?? createdAt ?? 0, directory)
    },
    take: (record, known) => readIssue(record, known, { directory, context, exported }),
  })
}

function identify(value: JsonFields): RecordIdentity | NoIssue {
  const id = shortText(value.key) || shortText(value.id)
  const fields = jsonFieldsIn(value.fields)
  if (!id) return noIssue('The issue has neither a key nor an id.')
  if (!value.fields) return noIssue(`${id} has no fields.`)
  const createdAt = parseInstant(fields.created)
  const updatedAt = parseInstant(fields.updated)
  return createdAt === null && updatedAt === null
    ? noIssue(`${id} has no date of creation that can be read.`)
    : { id, createdAt, updatedAt, lasting: lastingId(value, createdAt) }
}

/** Has the directory meet whoever did something to an issue or has it: texts may mention them before they are told of. */
function meetPeople(value: JsonFields, asOf: Millis, directory: ImportDirectory): void {
  const fields = jsonFieldsIn(value.fields)
  const meet = (from: unknown, at = asOf): void => {
    const user = jsonFieldsIn(from)
    const names = [user.accountId, user.key, user.name].map(shortText).filter(Boolean)
    if (directory.isNews(names, at)) directory.meet(jiraPerson(user), names, at)
  }
  meet(fields.reporter ?? fields.creator)
  meet(fields.assignee)
  for (const comment of objectsIn(jsonFieldsIn(fields.comment).comments ?? fields.comment))
    meet(comment.author)
  for (const file of objectsIn(fields.attachment)) meet(file.author)
  for (const { user, at } of changelogPeople(value)) meet(user, at)
}

/** Jira's number of the issue, which a move to another project leaves. Sites count for themselves: the time of creation tells them apart. */
function lastingId(value: JsonFields, createdAt: Millis | null): LastingId | undefined {
  const id = shortText(value.id)
  if (!id || createdAt === null) return undefined
  return { id, parts: ['id', id, String(createdAt)], formerKeys: formerKeys(value) }
}

/** Fields whose facts become events; the rest is kept in the created event's metadata. */
const told = new Set([
  'summary',
  'description',
  'created',
  'creator',
  'reporter',
  'labels',
  'components',
  'issuetype',
  'assignee',
  'comment',
  'attachment',
  'issuelinks',
  'subtasks',
  'resolution',
  'resolutiondate',
  'status',
  'updated',
  'flagged',
  'parent',
  'watches',
  'worklog',
])
/** How Jira says "nothing" in numbers: nobody voted, no work was planned. */
const saysNothing: Readonly<Record<string, (value: unknown) => boolean>> = {
  votes: (value) => !jsonFieldsIn(value).votes,
  progress: (value) => !jsonFieldsIn(value).progress && !jsonFieldsIn(value).total,
  aggregateprogress: (value) => !jsonFieldsIn(value).progress && !jsonFieldsIn(value).total,
  workratio: (value) => value === -1,
}

function readIssue(
  record: IssueRecord,
  known: KnownIssues,
  {
    directory,
    context,
    exported,
  }: {
    readonly directory: ImportDirectory
    readonly context: ImportContext
    readonly exported: ReadonlySet<string>
  },
): ImportItem[] {
  const { value, identity, idParts, externalKey, line } = record
  const fields = jsonFieldsIn(value.fields)
  const at = identity.createdAt ?? identity.updatedAt ?? 0
  const history = issueHistory(idParts, line, directory, context)
  const readText = jiraTexts(directory.handleOf)
  const reporter = jiraPerson(fields.reporter ?? fields.creator)
  const changes = changelogActs(value, history, readText)
  const first = firstValues(value)
  const begun: Said = { by: reporter, at, key: [], concluded: true }
  const descriptionAtFirst = first.get('description') ?? fields.description
  const description = readText(descriptionAtFirst)
  history.begin(
    {
      title: first.get('summary') ?? fields.summary,
      description: description.text,
      ...jiraValuesAtFirst(value, first),
      externalKey,
    },
    {
      ...begun,
      source: sourceOf(value, fields, description.source),
      originalHash: description.hash,
    },
  )
  const add = (what: string): Said => ({ ...begun, key: ['initial', what] })
  const type = nameAt(fields, 'issuetype', 'name').toLowerCase()
  const initialLabels =
    first.get('labels')?.split(' ').filter(Boolean) ?? listOf(fields.labels).map(shortText)
  if (type) history.label(type, { ...add(type), source: { of: 'issuetype' } })
  for (const name of componentsOf(fields)) history.label(name, { ...add(name), source: { of: 'components' } })
  for (const name of initialLabels) if (name) history.label(name, add(name))
  const project = first.get('project') || nameAt(fields, 'project', 'name')
  if (project) history.set('project', project, add('project'))
  const assignee = first.has('assignee') ? firstAssignee(value) : fields.assignee
  if (assignee) history.assign(jiraPerson(assignee), { ...add('assignee'), by: reporter })
  const links = jiraLinks(fields, known)
  for (const { kind, target, key } of links.list) history.link(kind, target, { ...begun, key: [kind, key] })
  for (const [words, keys] of links.elsewhere) history.field(words, keys, { ...begun, key: ['link', words] })
  inTimeOrder([
    ...changes,
    ...commentActs(fields, history, at, readText),
    ...attachmentActs(fields, history, at),
    ...finalState(fields, history, identity, changes.length > 0),
  ])
  return history.finish(jiraPresent(value, identity.updatedAt, externalKey, { links, exported, readText }))
}

function sourceOf(value: JsonFields, fields: JsonFields, texts: JsonFields | undefined): JsonFields {
  const beside = leftovers(value, new Set(['key', 'fields', 'changelog', 'id']))
  const status = nameAt(fields, 'status', 'name')
  const empty = Object.keys(saysNothing).filter((name) => saysNothing[name]?.(fields[name]))
  const watchers = jsonFieldsIn(fields.watches).watchCount
  return {
    ...leftovers(fields, new Set([...told, ...jiraFieldIds(value), ...empty])),
    ...beside,
    ...texts,
    ...(shortText(value.id) ? { id: shortText(value.id) } : {}),
    ...(status ? { status } : {}),
    ...(fields.flagged === true ? { flagged: true } : {}),
    ...(typeof watchers === 'number' && watchers > 0 ? { watchers } : {}),
    ...(fields.creator &&
    fields.reporter &&
    jiraPerson(fields.creator).key !== jiraPerson(fields.reporter).key
      ? { creator: jiraPerson(fields.creator).name }
      : {}),
    ...leftovers({ worklog: jsonFieldsIn(fields.worklog).worklogs }, new Set()),
  }
}

function commentActs(fields: JsonFields, history: IssueHistory, fallback: Millis, readText: ReadText): Act[] {
  const comments = jsonFieldsIn(fields.comment).comments ?? fields.comment
  return objectsIn(comments).flatMap((comment, ordinal) => {
    const at = parseInstant(comment.created) ?? fallback
    const id = shortText(comment.id) || `at ${at} ${ordinal}`
    const editedAt = parseInstant(comment.updated)
    const body = readText(comment.body)
    const editor = jiraPerson(comment.updateAuthor)
    const edited =
      editedAt !== null && editedAt > at
        ? { edited: new Date(editedAt).toISOString(), ...(editor.key ? { editedBy: editor.name } : {}) }
        : undefined
    const beside = leftovers(comment, toldOfComment)
    const source = beside || body.source || edited ? { ...beside, ...body.source, ...edited } : undefined
    // The source keeps the last text alone: what it was before the edit is gone, so the edit is said beside, not as an event.
    return [
      {
        at,
        tell: () =>
          history.comment(id, body.text, {
            by: jiraPerson(comment.author),
            at,
            key: [id],
            source,
            originalHash: body.hash,
          }),
      },
    ]
  })
}

function attachmentActs(fields: JsonFields, history: IssueHistory, fallback: Millis): Act[] {
  return objectsIn(fields.attachment).map((file, ordinal) => {
    const at = parseInstant(file.created) ?? fallback
    const [url, mediaType, size] = [shortText(file.content), shortText(file.mimeType), file.size]
    const tell = () =>
      history.attach(
        {
          name: shortText(file.filename) || 'file',
          ...(url ? { url } : {}),
          ...(typeof size === 'number' ? { size } : {}),
          ...(mediaType ? { mediaType } : {}),
        },
        { by: jiraPerson(file.author), at, key: [shortText(file.id) || String(ordinal)] },
      )
    return { at, tell }
  })
}

/** The status that the issue is in now, where no changelog says how it got there. */
function finalState(
  fields: JsonFields,
  history: IssueHistory,
  identity: RecordIdentity,
  hasChangelog: boolean,
): Act[] {
  const name = nameAt(fields, 'status', 'name')
  const status = mapStatus(name, nameAt(fields, 'status', 'statusCategory', 'key'))
  if (status === 'open' && !hasChangelog) return []
  const resolved = parseInstant(fields.resolutiondate)
  const at = hasChangelog
    ? Number.MAX_SAFE_INTEGER
    : (resolved ?? identity.updatedAt ?? identity.createdAt ?? 0)
  const when = hasChangelog ? (identity.updatedAt ?? identity.createdAt ?? 0) : at
  // Nobody is named: the assignee is most often the one who resolved it, but that is a guess, not a fact.
  const said: Said = {
    by: nobody,
    at: when,
    key: ['final', status, String(when)],
    source: { status: name },
    concluded: true,
  }
  return [{ at, tell: () => history.move(status, said, nameAt(fields, 'resolution', 'name')) }]
}
