import type { Filter } from '#core/filter/filter.ts'
import { printActive } from '#core/filter/print-filter.ts'
import type { ResolvedFilter } from '#core/filter/resolve-filter.ts'

/** The time that a query asks for with one `active:` term, and the query without it; `null` where it has none, or several. */
export function chosenTime(
  { terms }: Filter,
  filter: ResolvedFilter,
): {
  readonly when: string
  readonly from: number
  readonly to: number
  readonly without: ResolvedFilter
} | null {
  const [said, another] = terms.flatMap(({ condition, negated }) =>
    condition.kind === 'active' && !negated ? [condition] : [],
  )
  const term = filter.terms.find(({ condition, negated }) => condition.kind === 'active' && !negated)
  if (!said || another || term?.condition.kind !== 'active') return null
  const { from, to } = term.condition
  const without = { ...filter, terms: filter.terms.filter((one) => one !== term) }
  return { when: printActive(said.comparison, said.when), from, to, without }
}
