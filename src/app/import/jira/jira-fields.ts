import type { Priority } from '#core/issue/priority-schema.ts'
import { isTooLarge } from '#core/text/text.ts'
import { nobody, type SourcePerson } from '../history/source-person.ts'
import { isFields, type JsonFields } from '../records/json-records.ts'
import { originalHash } from '../records/said-text.ts'
import { jsonFieldsIn, jsonTextIn, shortText } from '../records/source-text.ts'
import { markdownFromDocument } from './jira-document.ts'
import { markdownFromJira } from './jira-markup.ts'

/** By the names that Jira ships, of the old scheme and the new. */
export const jiraPriority = (name: string): Priority => {
  if (/^(?:highest|blocker|critical|urgent)$/i.test(name)) return 'urgent'
  if (/^(?:high|major)$/i.test(name)) return 'high'
  if (/^(?:medium|normal)$/i.test(name)) return 'medium'
  return /^(?:low|lowest|minor|trivial)$/i.test(name) ? 'low' : 'none'
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
