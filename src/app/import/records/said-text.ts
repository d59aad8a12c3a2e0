import { hash } from 'node:crypto'
import { isFields, type JsonFields } from './json-records.ts'

/** A text as the source last said it, remembered by hashes: enough to tell whether it says something else now. */
export type SaidText = {
  /** Of the source's own words; `null` where an earlier Docket kept neither them nor their hash. */
  readonly original: string | null
  /** Where the original is not known, of what was made of it, and of the letters and digits of that: marks are where converters differ. */
  readonly made: string | null
  readonly letters: string | null
}

/** The first 16 digits of a text's SHA-256. */
export const textHash = (text: string): string => hash('sha256', text, 'hex').slice(0, 16)

const lettersOf = (text: string): string => textHash(text.replace(/[^\p{L}\p{N}]+/gu, ''))

/** The hash of the source's own words; a document (Jira's REST v3) counts as its JSON. */
export function originalHash(from: unknown): string {
  if (typeof from === 'string') return textHash(from)
  return textHash(isFields(from) ? JSON.stringify(from) : '')
}

/** What an event's text and metadata tell of the text as it was said. */
export function saidText(text: string, metadata: JsonFields): SaidText {
  const { source } = metadata
  if (typeof metadata.originalHash === 'string')
    return { original: metadata.originalHash, made: null, letters: null }
  const { wiki, adf } = isFields(source) ? source : {}
  const kept = typeof adf === 'string' ? adf : wiki
  if (typeof kept === 'string') return { original: textHash(kept), made: null, letters: null }
  return text === ''
    ? { original: textHash(''), made: null, letters: null }
    : { original: null, made: textHash(text), letters: lettersOf(text) }
}

/** Whether the source says the same as before, however it was converted then. @param text what is made of it now, under its original's hash. */
export function saysTheSame(said: SaidText, hash: string, text: string): boolean {
  if (said.original !== null) return said.original === hash
  return said.made === textHash(text) || said.letters === lettersOf(text)
}
