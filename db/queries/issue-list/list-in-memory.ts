import type { Sort } from '#core/filter/filter.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { type StatementCache, statementCache } from '../../sqlite/statement-cache.ts'
import { countBits, hasBit, placesOf } from './bitmap.ts'
import type { Matched } from './condition-bitmaps.ts'
import { type ListOptions, type ListPlace, pageOfPlaces } from './page-of-rows.ts'
import { walkQuery } from './sort-walk.ts'

/** Up to this many entries of a sort's index are looked through before a page is put together in memory. */
const walkedAtMost = 1_000

/**
 * The beginning of a sort's index, of which what a filter matches is kept: where much matches, that is the quickest.
 * @returns `undefined` where it does not hold a whole page.
 */
function walked(
  statements: StatementCache,
  { columns, bits, count }: Matched,
  sort: Sort,
  { limit, after, offset = 0 }: ListOptions,
): number[] | undefined {
  if (count === 0) return []
  const total = countBits(columns.present)
  const looked = Math.ceil(((offset + limit) * total * 1.5) / count) + 50
  const walk = looked > walkedAtMost ? undefined : walkQuery(sort, looked, after)
  if (!walk) return undefined
  const rows = statements.all(walk) as { id: number }[]
  const found = rows.flatMap(({ id }) => (hasBit(bits, id) ? id : []))
  return found.length >= offset + limit ? found.slice(offset, offset + limit) : undefined
}

/** Lists put together of what {@link Matched} holds in memory. */
export function listInMemory(database: ReadDatabase) {
  const statements = statementCache(database)
  return {
    /** The ids of a page. */
    page: (matched: Matched, sort: Sort, options: ListOptions): number[] =>
      walked(statements, matched, sort, options) ??
      pageOfPlaces(matched.columns, placesOf(matched.bits, matched.count), sort, options),
    /** The ids of all, in order. */
    order: ({ columns, bits, count }: Matched, sort: Sort): number[] =>
      pageOfPlaces(columns, placesOf(bits, count), sort, { limit: count }),
    /** How many there are, by status. @param statuses by the number that the columns hold */
    count({ columns, bits, count }: Matched, statuses: readonly string[]): Record<string, number> {
      const counts = new Uint32Array(statuses.length)
      for (const place of placesOf(bits, count)) {
        const status = columns.status[place] as number
        counts[status] = (counts[status] as number) + 1
      }
      return Object.fromEntries(
        statuses.flatMap((status, at) => (counts[at] ? [[status, counts[at] as number]] : [])),
      )
    },
    /** SQLite's plan of the walk along a sort's index; `undefined` where the sort has none. */
    plan(sort: Sort, after: ListPlace | undefined): readonly string[] | undefined {
      const walk = walkQuery(sort, walkedAtMost, after)
      return walk && statements.plan(walk)
    },
  }
}
