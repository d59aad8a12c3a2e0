import type { FieldKey } from '#core/issue/fields/fields.ts'
import type { LinkKind } from '#core/issue/issue-events.ts'
import type { Priority } from '#core/issue/priority-schema.ts'
import type { Millis } from '#core/values/ids.ts'
import type { IssueHistory, Said } from '../history/source-acts.ts'
import { nobody, type SourcePerson } from '../history/source-person.ts'
import type { Present, SourceFields } from '../history/source-present.ts'
import { mapStatus } from '../history/status-mapping.ts'
import { parseDay, parseInstant } from '../records/instant.ts'
import { isFields, type JsonFields } from '../records/json-records.ts'
import { originalHash } from '../records/said-text.ts'
import { jsonTextIn, leftovers, listOf, objectsIn, shortText } from '../records/source-text.ts'

/** Beads knows people, and programs, by one name. */
export const beadsPerson = (from: unknown): SourcePerson => {
  const name = shortText(from)
  return name
    ? { key: name, name, ...(name.includes('@') ? { email: name, handle: name.split('@')[0] ?? name } : {}) }
    : nobody
}

/** Beads ranks from 0, the most pressing, to 4, the backlog. */
const beadsPriority = (rank: unknown): Priority =>
  (['urgent', 'high', 'medium', 'low'] as const)[Number(rank ?? 4)] ?? 'none'

/** How beads says what a field of Docket holds. */
type BeadsField<Key extends FieldKey> = {
  readonly name: string
  readonly read: (value: unknown) => SourceFields[Key]
  /** Kept beside the creation by name as well, where earlier Dockets did so. */
  readonly keptBeside?: true
  /** Whether a change of what is kept by its name sets the field as well. */
  readonly followed?: true
}
type BeadsFields = { readonly [Key in Exclude<FieldKey, 'title' | 'project'>]?: BeadsField<Key> }

/** Minutes as hours. */
const hoursOf = (minutes: unknown): number | null =>
  typeof minutes === 'number' && minutes > 0 && minutes <= 6e7 ? Math.round((minutes / 60) * 100) / 100 : null

/** The fields that hold one value, each said once for records and changes. */
const beadsFields: BeadsFields = {
  priority: { name: 'priority', read: beadsPriority },
  dueDate: { name: 'due_at', read: parseDay, keptBeside: true },
  // Whichever unit the workspace counts in: an import says the same on every replica.
  estimate: { name: 'estimated_minutes', read: hoursOf, keptBeside: true, followed: true },
}
type BeadsKey = keyof BeadsFields
const beadsKeys = Object.keys(beadsFields) as readonly BeadsKey[]
const beadsField = (key: BeadsKey): BeadsField<FieldKey> =>
  beadsFields[key] as unknown as BeadsField<FieldKey>

/** What a record's fields are. */
export const beadsValues = (issue: JsonFields): { readonly [Key in BeadsKey]?: SourceFields[Key] } =>
  Object.fromEntries(beadsKeys.map((key) => [key, beadsField(key).read(issue[beadsField(key).name])]))

/** What the creation keeps of them beside, by name. */
export const beadsKeptAs = (issue: JsonFields): NonNullable<Present['keptAs']> =>
  Object.fromEntries(
    beadsKeys.flatMap((key) => {
      const { name, keptBeside } = beadsField(key)
      return keptBeside ? [[key, { name, value: issue[name] }]] : []
    }),
  )

/** What a change of what is kept by its name sets as well. */
export function beadsFieldFollowing(
  name: string,
  value: unknown,
): { readonly key: BeadsKey; readonly to: SourceFields[BeadsKey] } | undefined {
  const key = beadsKeys.find(
    (candidate) => beadsField(candidate).followed && beadsField(candidate).name === name,
  )
  return key && { key, to: beadsField(key).read(value) as SourceFields[BeadsKey] }
}

/** What a change of a field sets; `undefined` where it is kept by its name. */
export function beadsFieldTold(
  name: string,
  value: unknown,
): { readonly key: BeadsKey; readonly to: SourceFields[BeadsKey] } | undefined {
  const key = beadsKeys.find((candidate) => {
    const field = beadsField(candidate)
    return field.name === name && !field.keptBeside
  })
  return key && { key, to: beadsField(key).read(value) as SourceFields[BeadsKey] }
}

/** Long texts of their own, kept as fields. */
export const textFields: readonly string[] = ['design', 'acceptance_criteria', 'notes']

/** A link as the dependencies of an issue name it. */
export type BeadsLink = {
  readonly kind: LinkKind
  readonly target: string
  readonly at: Millis | null
  readonly by: unknown
  readonly type: string
}

const kinds: Readonly<Record<string, LinkKind>> = {
  'parent-child': 'parent',
  duplicates: 'duplicates',
  'duplicate-of': 'duplicates',
}
const blocking = new Set(['blocks', 'blocked-by', 'conditional-blocks', 'waits-for'])

/**
 * What an issue depends on, in each form that beads and its commands write: records of both ends, records of the other issue
 * (`bd show --json`), ids alone, or lists of ids by type.
 */
function dependenciesOf(issue: JsonFields) {
  const { dependencies } = issue
  const entries: JsonFields[] = isFields(dependencies)
    ? Object.entries(dependencies).flatMap(([type, ids]) => listOf(ids).map((id) => ({ id, type })))
    : listOf(dependencies).map((entry) => (isFields(entry) ? entry : { id: entry }))
  return entries.map((entry) => ({
    target: shortText(entry.depends_on_id) || shortText(entry.id),
    type: shortText(entry.type) || shortText(entry.dependency_type) || 'blocks',
    at: parseInstant(entry.created_at),
    by: entry.created_by,
  }))
}

/** What the issue's own fields link it to. "Discovered from", "tracks" and the like become `relates_to`, their name kept beside. */
export function beadsLinks(issue: JsonFields): readonly BeadsLink[] {
  const links: BeadsLink[] = dependenciesOf(issue)
    .filter(({ type }) => !blocking.has(type))
    .map((entry) => ({
      ...entry,
      kind: (Object.hasOwn(kinds, entry.type) ? kinds[entry.type] : undefined) ?? 'relates_to',
    }))
  const fields = [
    ['parent', 'parent'],
    ['duplicate_of', 'duplicates'],
    ['superseded_by', 'relates_to'],
    ['replies_to', 'relates_to'],
  ] as const
  for (const [field, kind] of fields) {
    const target = shortText(issue[field])
    if (target) links.push({ kind, target, at: null, by: undefined, type: field })
  }
  return links.filter(({ target }) => target !== '')
}

/** The issues that block this one: in Docket the link is theirs, so that it is told in their history. */
export function blockersOf(issue: JsonFields): readonly BeadsLink[] {
  return dependenciesOf(issue)
    .filter(({ type, target }) => blocking.has(type) && target !== '')
    .map((entry) => ({ ...entry, kind: 'blocks' }))
}

/** The names that become labels: those of the source, and the kind of issue. */
export function labelsOf(issue: JsonFields): readonly string[] {
  return [shortText(issue.issue_type).toLowerCase(), ...listOf(issue.labels).map(shortText)].filter(Boolean)
}

/** Fields that become events. Counts are derived, and a hash of the content is of no use once it changed. */
export const toldFields: ReadonlySet<string> = new Set([
  'id',
  'title',
  'description',
  'status',
  'issue_type',
  'created_at',
  'updated_at',
  'created_by',
  'assignee',
  'labels',
  'dependencies',
  'comments',
  'closed_at',
  'close_reason',
  'deleted_at',
  'deleted_by',
  'delete_reason',
  'dependency_count',
  'dependent_count',
  'comment_count',
  'content_hash',
  'parent',
  'duplicate_of',
  'superseded_by',
  'replies_to',
  ...textFields,
  ...beadsKeys.flatMap((key) => (beadsField(key).keptBeside ? [] : beadsField(key).name)),
])

/** Tells how an issue began, as far as a record of its fields at one time knows: all but its status and links. */
export function beginBeads(
  history: IssueHistory,
  issue: JsonFields,
  externalKey: string,
  at: Millis,
  extra?: JsonFields,
): void {
  const said: Said = { by: beadsPerson(issue.created_by), at, key: [], concluded: true }
  const status = shortText(issue.status)
  const source = { ...leftovers(issue, toldFields), ...(status ? { status } : {}), ...extra }
  const { title, description } = issue
  history.begin(
    {
      title,
      description,
      ...beadsValues(issue),
      externalKey,
    },
    { ...said, source, originalHash: originalHash(description) },
  )
  for (const name of labelsOf(issue)) history.label(name, { ...said, key: ['initial', name] })
  if (shortText(issue.assignee)) history.assign(beadsPerson(issue.assignee), { ...said, key: ['initial'] })
  for (const field of textFields)
    if (jsonTextIn(issue[field])) history.field(field, issue[field], { ...said, key: ['initial', field] })
}

/** Brings an issue to a status of the source. A tombstone is closed and out of sight; leaving it brings it back. */
export function moveBeads(history: IssueHistory, status: string, said: Said, reason: string): void {
  const source = { ...said.source, status }
  history.move(mapStatus(status), { ...said, source }, reason)
  if (status === 'tombstone') history.archive({ ...said, source })
  else history.restore({ ...said, source })
}

export type BeadsComment = {
  readonly id: string
  readonly text: unknown
  readonly at: Millis | null
  readonly by: SourcePerson
}

/** Comments. Their numbers were given by unconnected copies, so that one number may be two comments: the time is part of the id. */
export function commentsOf(list: unknown): readonly BeadsComment[] {
  return objectsIn(list).map((comment) => {
    const at = parseInstant(comment.created_at)
    return {
      id: `${shortText(comment.id)} at ${at}`,
      text: comment.text,
      at,
      by: beadsPerson(comment.author),
    }
  })
}
