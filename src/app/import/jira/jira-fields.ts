import type { FieldKey } from '#core/issue/fields/fields.ts'
import type { Priority } from '#core/issue/priority-schema.ts'
import { isTooLarge } from '#core/text/text.ts'
import { nobody, type SourcePerson } from '../history/source-person.ts'
import type { SourceFields } from '../history/source-present.ts'
import { parseDay } from '../records/instant.ts'
import { isFields, type JsonFields } from '../records/json-records.ts'
import { originalHash } from '../records/said-text.ts'
import { jsonFieldsIn, jsonTextIn, nameAt, objectsIn, shortText } from '../records/source-text.ts'
import { markdownFromDocument } from './jira-document.ts'
import { markdownFromJira } from './jira-markup.ts'

/** By the names that Jira ships, of the old scheme and the new. */
export const jiraPriority = (name: string): Priority => {
  if (/^(?:highest|blocker|critical|urgent)$/i.test(name)) return 'urgent'
  if (/^(?:high|major)$/i.test(name)) return 'high'
  if (/^(?:medium|normal)$/i.test(name)) return 'medium'
  return /^(?:low|lowest|minor|trivial)$/i.test(name) ? 'low' : 'none'
}

/** How Jira says what a field of Docket holds. */
type JiraField<Key extends FieldKey> = {
  /** As its records name it; of a custom field, those that sites have most often, for files that do not say its name. */
  readonly ids: readonly string[]
  /** As people read it and changelogs name it, lower case. */
  readonly names: readonly string[]
  /** From a record. */
  readonly read: (value: unknown) => SourceFields[Key]
  /** From a changelog, which has the text beside the value. */
  readonly told: (text: string, value: unknown) => SourceFields[Key]
}
type JiraFields = { readonly [Key in Exclude<FieldKey, 'title' | 'project'>]?: JiraField<Key> }

/** An estimate as Docket takes it; `null` for what is none. */
const estimateIn = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 && value <= 1_000_000 ? Math.round(value * 100) / 100 : null

/** The fields that hold one value, each said once for records, changelogs and what is kept beside. */
const jiraFields: JiraFields = {
  priority: {
    ids: ['priority'],
    names: ['priority'],
    read: (value) => jiraPriority(nameAt({ value }, 'value', 'name')),
    told: jiraPriority,
  },
  dueDate: {
    ids: ['duedate'],
    names: ['duedate'],
    read: parseDay,
    told: (text, value) => parseDay(value) ?? parseDay(text),
  },
  // Story points: custom fields, of the cloud's two kinds of projects and of the server.
  estimate: {
    ids: [
      'customfield_10016',
      'customfield_10026',
      'customfield_10028',
      'customfield_10002',
      'customfield_10004',
    ],
    names: ['story points', 'story point estimate'],
    read: (value) => estimateIn(value),
    told: (text) => (text === '' ? null : estimateIn(Number(text))),
  },
}
type JiraKey = keyof JiraFields
const jiraKeys = Object.keys(jiraFields) as readonly JiraKey[]
const jiraField = (key: JiraKey): JiraField<FieldKey> => jiraFields[key] as unknown as JiraField<FieldKey>
const isCustom = (id: string): boolean => id.startsWith('customfield_')

/** By which id a record has a field; `undefined` where it does not say. */
function idIn(issue: JsonFields, key: JiraKey): string | undefined {
  const { ids, names } = jiraField(key)
  const fields = jsonFieldsIn(issue.fields)
  const isNamed = (name: unknown): boolean => names.includes(shortText(name).toLowerCase())
  // Names stand beside an issue that was asked for with `expand=names`; changelogs of the cloud name the id too.
  const named = Object.entries(jsonFieldsIn(issue.names)).flatMap(([id, name]) => (isNamed(name) ? id : []))
  const changed = objectsIn(jsonFieldsIn(issue.changelog).histories).flatMap(({ items }) =>
    objectsIn(items).flatMap(({ field, fieldId }) => (isNamed(field) && fieldId ? shortText(fieldId) : [])),
  )
  const usual = named.length + changed.length > 0 ? ids.filter((id) => !isCustom(id)) : ids
  const found = [...usual, ...named, ...changed].filter((id) => fields[id] !== undefined)
  const holding = found.find((id) => !isCustom(id) || jiraField(key).read(fields[id]) !== null)
  return holding ?? (named[0] || changed[0])
}

/** The ids of a record's fields that Docket has as fields of its own. */
export const jiraFieldIds = (issue: JsonFields): ReadonlySet<string> =>
  new Set(
    jiraKeys.flatMap((key) => {
      const id = idIn(issue, key)
      return [...jiraField(key).ids.filter((fixed) => !isCustom(fixed)), ...(id === undefined ? [] : [id])]
    }),
  )

type JiraValues = { readonly [Key in JiraKey]?: SourceFields[Key] | undefined }
const eachKey = (make: (key: JiraKey) => unknown): JiraValues =>
  Object.fromEntries(jiraKeys.map((key) => [key, make(key)])) as JiraValues

/** What a record's fields are. @param said whether the file says what a field is. */
export const jiraValues = (issue: JsonFields, said: (field: string) => boolean): JiraValues =>
  eachKey((key) => {
    const id = idIn(issue, key) ?? jiraField(key).ids.find((candidate) => !isCustom(candidate))
    return id !== undefined && said(id) ? jiraField(key).read(jsonFieldsIn(issue.fields)[id]) : undefined
  })

/** What they were at first. @param first the texts of those that changed, by name. */
export const jiraValuesAtFirst = (issue: JsonFields, first: ReadonlyMap<string, string>): JiraValues =>
  eachKey((key) => {
    const { names, read, told } = jiraField(key)
    const name = names.find((candidate) => first.has(candidate))
    const id = idIn(issue, key)
    return name === undefined
      ? read(id === undefined ? undefined : jsonFieldsIn(issue.fields)[id])
      : told(first.get(name) ?? '', undefined)
  })

/** What a changelog's item sets; `undefined` where Docket has no such field. */
export function jiraFieldTold(
  name: string,
  text: string,
  value: unknown,
): { readonly key: JiraKey; readonly to: SourceFields[JiraKey] } | undefined {
  const key = jiraKeys.find((candidate) => jiraField(candidate).names.includes(name))
  return key && { key, to: jiraField(key).told(text, value) as SourceFields[JiraKey] }
}

/** A Jira user, of the server's (`key`, `name`) or the cloud's (`accountId`) kind. */
export function jiraPerson(from: unknown): SourcePerson {
  const user = jsonFieldsIn(from)
  const name = shortText(user.name)
  const key =
    shortText(user.accountId) ||
    shortText(user.key) ||
    name ||
    shortText(user.emailAddress) ||
    shortText(user.displayName)
  if (!key) return nobody
  const displayed = shortText(user.displayName)
  return {
    key,
    name: displayed || name || key,
    handle: name || displayed,
    email: shortText(user.emailAddress),
  }
}

/** A person's handle by what the source calls them; `undefined` of somebody who is not known. */
type HandleOf = (name: string) => string | undefined

/** A text of the source in Markdown, what is kept of the original beside it, and the hash of the source's own words. */
export type JiraText = { readonly text: string; readonly source?: JsonFields; readonly hash: string }

/** Reads a record's texts, each once however often it is asked for. */
export function jiraTexts(handleOf: HandleOf): ReadText {
  const known = new Map<unknown, JiraText>()
  return (from) => {
    const before = known.get(from)
    if (before) return before
    const read = { ...jiraText(from, handleOf), hash: originalHash(from) }
    known.set(from, read)
    return read
  }
}

export type ReadText = (from: unknown) => JiraText

/**
 * Text of the source in Markdown, with the original beside it: wiki text where the conversion lost something, a document (REST v3) always, but
 * for one that is larger than a body may be.
 * @param handleOf the handle of an account that is known, by its name, key or id.
 */
function jiraText(from: unknown, handleOf: HandleOf): Omit<JiraText, 'hash'> {
  if (isFields(from)) {
    const document = JSON.stringify(from)
    const text = markdownFromDocument(from, (id, shown) => {
      const handle = handleOf(id)
      return handle === undefined ? shown : `@${handle}`
    })
    return isTooLarge(document) || text === '' ? { text } : { text, source: { adf: document } }
  }
  const wiki = jsonTextIn(from)
  if (isTooLarge(wiki)) return { text: wiki }
  const { markdown, lossy } = markdownFromJira(wiki, (name) => `@${handleOf(name) ?? name}`)
  return lossy ? { text: markdown, source: { wiki: wiki } } : { text: markdown }
}
