import type { Priority } from '#core/priority.ts'
import { maxBodyBytes, utf8Length } from '#core/text.ts'
import { nobody, type SourcePerson } from './import-directory.ts'
import { markdownFromJira } from './jira-markup.ts'
import type { Fields } from './json-records.ts'
import { fieldsOf, listOf, shortText, textOf } from './source-text.ts'

/** By the names that Jira ships, of the old scheme and the new. */
export const jiraPriority = (name: string): Priority => {
  if (/^(?:highest|blocker|critical|urgent)$/i.test(name)) return 'urgent'
  if (/^(?:high|major)$/i.test(name)) return 'high'
  if (/^(?:medium|normal)$/i.test(name)) return 'medium'
  return /^(?:low|lowest|minor|trivial)$/i.test(name) ? 'low' : 'none'
}

/** A Jira user, of the server's (`key`, `name`) or the cloud's (`accountId`) kind. */
export function jiraPerson(from: unknown): SourcePerson {
  const user = fieldsOf(from)
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

/** Text of the source in Markdown, with the original beside it where the conversion lost something. */
export function jiraText(from: unknown): { readonly text: string; readonly source?: Fields } {
  // REST v3 has documents instead of wiki text; their text is kept, their layout is not.
  const wiki = typeof from === 'string' ? from : documentText(from)
  if (utf8Length(wiki) > maxBodyBytes) return { text: wiki }
  const { markdown, lossy } = markdownFromJira(wiki)
  return lossy ? { text: markdown, source: { wiki: wiki } } : { text: markdown }
}

function documentText(node: unknown): string {
  const { text, content, type } = fieldsOf(node)
  if (typeof text === 'string') return text
  const inner = listOf(content).map(documentText).join('')
  return /^(?:paragraph|heading|listItem|codeBlock|blockquote)$/.test(textOf(type)) ? `${inner}\n\n` : inner
}
