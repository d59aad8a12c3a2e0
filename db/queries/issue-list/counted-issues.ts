import { and, sql } from 'drizzle-orm'
import type { ResolvedFilter } from '#core/filter/resolve-filter.ts'
import { facets } from '#core/issue/fields/issue-facets.ts'
import type { StreamIds } from '../../log/rows/stream-ids.ts'
import { issueCounts } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { type NamingCondition, namedIds } from './filter-sql.ts'

const p = sql.placeholder
/** What issues are counted by, beside all together. */
type Facet = Exclude<keyof typeof facets, 'all'>
/** The label, person or project that a filter asks for alone, and how many issues have it. */
export type Driver = {
  readonly facet: Facet
  readonly ref: number
  readonly count: number
}

const isNaming = (of: { readonly kind: string }): of is NamingCondition =>
  of.kind === 'label' || of.kind === 'assignee' || of.kind === 'reference'

/** What a condition names alone, where issues are counted by it. */
function facetedBy(of: NamingCondition, streamIds: StreamIds): Omit<Driver, 'count'> | undefined {
  const facet = of.kind === 'reference' ? of.of : of.kind
  const said = of.kind === 'reference' ? of.ids : of.kind === 'label' ? of.labels : of.members
  const [ref] = of.none || said.length !== 1 ? [] : namedIds(of, streamIds)
  return ref === undefined || !Object.hasOwn(facets, facet) ? undefined : { facet: facet as Facet, ref }
}

export type CountedIssues = {
  /** The label, person or project that the fewest issues have, where the filter asks for one alone. */
  bestDriver(filter: ResolvedFilter): Driver | undefined
  /** Whether the filter asks for one status that at most so many issues are in. */
  isOfRareStatus(filter: ResolvedFilter, most: number): boolean
  /** How many match, by status, where the counters hold the answer: everything, or one label, person or project. */
  byStatus(filter: ResolvedFilter): Readonly<Record<string, number>> | undefined
}

type CountedFacet = {
  readonly facet: number
  readonly ref: number
  readonly keep: (status: string) => boolean
}

function countedFacet(filter: ResolvedFilter, streamIds: StreamIds): CountedFacet | undefined {
  if (filter.archived === 'with') return undefined
  let facet: number = facets.all
  let ref = 0
  const keeps: ((status: string) => boolean)[] = []
  for (const { condition, negated } of filter.terms) {
    if (condition.kind === 'status') keeps.push((status) => condition.statuses.includes(status) !== negated)
    else if (isNaming(condition) && !negated && facet === facets.all) {
      const named = facetedBy(condition, streamIds)
      if (!named) return undefined
      facet = facets[named.facet]
      ref = named.ref
    } else return undefined
  }
  return { facet, ref, keep: (status) => keeps.every((keep) => keep(status)) }
}

/** What the table of counters knows of issues, so that none is looked at. */
export function countedIssues({ orm }: ReadDatabase, streamIds: StreamIds): CountedIssues {
  const facetCount = orm
    .select({ count: sql<number>`coalesce(sum(${issueCounts.count}), 0)` })
    .from(issueCounts)
    .where(and(sql`${issueCounts.facet} = ${p('facet')}`, sql`${issueCounts.ref} = ${p('ref')}`))
    .prepare()
  const plainCounts = orm
    .select({ status: issueCounts.status, count: issueCounts.count })
    .from(issueCounts)
    .where(
      sql`${issueCounts.facet} = ${p('facet')} AND ${issueCounts.ref} = ${p('ref')} AND ${issueCounts.count} > 0`,
    )
    .prepare()

  return {
    bestDriver(filter) {
      if (filter.archived === 'with') return undefined
      const drivers = filter.terms.flatMap(({ condition, negated }): Driver[] => {
        const named = !negated && isNaming(condition) ? facetedBy(condition, streamIds) : undefined
        if (!named) return []
        const { facet, ref } = named
        return [{ facet, ref, count: facetCount.get({ facet: facets[facet], ref })?.count ?? 0 }]
      })
      return drivers.toSorted((a, b) => a.count - b.count)[0]
    },
    isOfRareStatus(filter, most) {
      return filter.terms.some(({ condition, negated }) => {
        if (
          condition.kind !== 'status' ||
          negated ||
          condition.statuses.length !== 1 ||
          filter.archived === 'with'
        )
          return false
        const counts = plainCounts.all({ facet: facets.all, ref: 0 })
        return (counts.find((row) => row.status === condition.statuses[0])?.count ?? 0) <= most
      })
    },
    byStatus(filter) {
      const counted = countedFacet(filter, streamIds)
      if (!counted) return undefined
      const { facet, ref, keep } = counted
      return Object.fromEntries(
        plainCounts
          .all({ facet, ref })
          .filter((row) => keep(row.status))
          .map((row) => [row.status, row.count]),
      )
    },
  }
}
