import { foldedName } from '#core/text/folded-name.ts'

/** One piece of a filter, such as `-label:bug`, `"exact words"` or `crash`, and where it stands. */
export type QueryTerm = {
  readonly from: number
  readonly to: number
  readonly text: string
  /** Before the colon, lower case; `null` for free text. */
  readonly field: string | null
  /** After the colon, without its quotes; but `"none"` keeps them, for `none` means none at all. */
  readonly value: string
  readonly negated: boolean
}

const isNone = /^"none"$/i
/** A name as the value of a term: what is called "none" is put in quotes. */
export const nameAsValue = (name: string): string => (/^none$/i.test(name) ? `"${name}"` : name)

const pattern = /(?:[^\s"]|"[^"]*(?:"|$))+/g

/** The pieces of a filter as they are typed. It only cuts; what they mean, and whether they are right, the host says. */
export function termsOf(query: string): readonly QueryTerm[] {
  return [...query.matchAll(pattern)].map((match) => {
    const text = match[0]
    const parts = /^(-?)([A-Za-z_]+):(.*)$/s.exec(text)
    const place = { from: match.index, to: match.index + text.length, text }
    if (!parts)
      return { ...place, field: null, value: text.replaceAll('"', ''), negated: text.startsWith('-') }
    const [, sign, field = '', value = ''] = parts
    const bare = isNone.test(value) ? value : value.replaceAll('"', '')
    return { ...place, field: field.toLowerCase(), value: bare, negated: sign === '-' }
  })
}

const joined = (terms: readonly string[]): string => terms.filter((text) => text !== '').join(' ')

/** The values that a field has in the filter, those that are excluded left out. */
export const valuesOf = (query: string, field: string): readonly string[] =>
  termsOf(query)
    .filter((term) => term.field === field && !term.negated)
    .map((term) => term.value)

const quoted = (value: string): string =>
  isNone.test(value) || /^[\p{L}\p{N}@._+/<>=-]+$/u.test(value) ? value : `"${value.replaceAll('"', '')}"`

/** The filter with one value for the field instead of those that it had; `null` takes the field out. Keeps the order of the rest. */
export function withField(query: string, field: string, value: string | null): string {
  const kept = termsOf(query).filter((term) => term.field !== field || term.negated)
  return joined([...kept.map(({ text }) => text), value === null ? '' : `${field}:${quoted(value)}`])
}

/** The filter with this value of the field added, or taken out where it was there. */
export function toggled(query: string, field: string, value: string): string {
  const terms = termsOf(query)
  const same = (term: QueryTerm) =>
    term.field === field && !term.negated && foldedName(term.value) === foldedName(value)
  const kept = terms.filter((term) => !same(term)).map(({ text }) => text)
  return joined(terms.some(same) ? kept : [...kept, `${field}:${quoted(value)}`])
}
