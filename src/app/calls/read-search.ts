import { filterKeys } from '#core/filter/filter.ts'
import { parseFilter } from '#core/filter/parse-filter.ts'
import { type FilterContext, type ResolvedFilter, resolveFilter } from '#core/filter/resolve-filter.ts'
import { foldedWords } from '#core/filter/text-words.ts'
import { type Wanted, wantedOf } from '#db/queries/search-query.ts'

/** What was typed into the search field. */
export type ReadSearch = {
  /** The words to find. */
  readonly wanted: readonly Wanted[]
  /** What else must hold of an issue, where anything was said in the filter language. */
  readonly filter?: ResolvedFilter
  /** Why what looks like a filter is none: a sentence. All is taken as words then. */
  readonly mistake: string | null
}

/** `fix: crash` is words; `label:…` is meant as a filter. */
const meantAsFilter = new RegExp(`(?:^|\\s)-?(?:${filterKeys.join('|')}):`, 'i')

/** Reads a search: words, of which the last may be only begun, beside terms of the filter language. Never refuses: one is still typing. */
export function readSearch(text: string, context: FilterContext): ReadSearch {
  const words = { wanted: wantedOf(text), mistake: null }
  const parsed = parseFilter(text)
  const resolved = parsed.ok ? resolveFilter(parsed.value, context) : parsed
  if (!parsed.ok || !resolved.ok)
    return resolved.ok || !meantAsFilter.test(text) ? words : { ...words, mistake: resolved.error.message }
  const { terms, sort } = parsed.value
  if (sort === null && terms.every(({ condition, negated }) => condition.kind === 'text' && !negated))
    return words
  const wanted: Wanted[] = []
  for (const { condition, negated } of terms)
    if (condition.kind === 'text' && !negated) {
      const found = foldedWords(condition.text)
      if (found.length > 0) wanted.push({ words: found, begun: !condition.exact })
    }
  const rest = resolved.value.terms.filter(({ condition, negated }) => condition.kind !== 'text' || negated)
  return { wanted, filter: { ...resolved.value, terms: rest }, mistake: null }
}
