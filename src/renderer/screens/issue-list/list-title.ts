import { isListedType } from '#core/entities/kinds/entities.ts'
import { presets } from '../../lib/paths.ts'
import { termsOf } from '../../ui/filter/query-terms.ts'

/** What the lists are called that the sidebar names. */
export const presetTitles = { mine: 'My issues', open: 'All open', closed: 'Recently closed' } as const

/** What to call the list that a filter makes. */
export function titleOf(query: string, me: { readonly handle: string }): string {
  // The strip says which time is shown.
  const terms = termsOf(query).filter(({ field, negated }) => field !== 'active' || negated)
  const texts = new Set(terms.map(({ text }) => text))
  const only = (preset: string) => {
    const wanted = termsOf(preset)
    return wanted.length === terms.length && wanted.every(({ text }) => texts.has(text))
  }
  if (only(presets.mine) || only(`is:open assignee:${me.handle}`)) return presetTitles.mine
  if (only(presets.open)) return presetTitles.open
  if (only(presets.closed)) return presetTitles.closed
  if (terms.length === 0) return 'All issues'
  const [first, ...rest] = terms.filter(({ field, text }) => field !== 'sort' && text !== 'is:open')
  const named = first && isListedType(first.field ?? '') && !first.negated
  if (named && rest.length === 0) return first.value
  return 'Issues'
}
