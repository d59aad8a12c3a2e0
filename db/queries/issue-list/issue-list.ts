import { sortableCalled } from '#core/filter/compared.ts'
import type { ResolvedFilter } from '#core/filter/resolve-filter.ts'
import { countedEvents } from '../../log/read/counted-events.ts'
import type { StreamIds } from '../../log/rows/stream-ids.ts'
import { sortedValue } from '../../projections/field-columns.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { hasBit } from './bitmap.ts'
import { conditionBitmaps } from './condition-bitmaps.ts'
import { countedIssues } from './counted-issues.ts'
import { type StatusSums, sumsInColumns } from './field-sums.ts'
import { listInMemory } from './list-in-memory.ts'
import { listOnDisk } from './list-on-disk.ts'
import { type ListedIssue, listedIssues } from './listed-issues.ts'
import type { ListOptions, ListPlace } from './page-of-rows.ts'

export type IssueListQuery = {
  /**
   * Reads on what makes every list equally quick, a few milliseconds at a time; until that is done, lists are read from disk.
   * @returns whether more is waiting.
   */
  warm(): boolean
  page(
    filter: ResolvedFilter,
    options: ListOptions,
  ): { readonly rows: readonly ListedIssue[]; readonly next: ListPlace | null }
  /** The surrogates of a page. */
  ids(filter: ResolvedFilter, options: ListOptions): readonly number[]
  /** The surrogates of all that match, in the filter's order. */
  order(filter: ResolvedFilter): readonly number[]
  /** The surrogates of all that match, a bit each. */
  bits(filter: ResolvedFilter): Uint32Array
  /** Whether an issue has an event that counts as activity in that time. @param to exclusive */
  isActive(issueId: string, from: number, to: number): boolean
  /** The rows of issues by surrogate, in the order given. */
  rows(ids: readonly number[]): readonly ListedIssue[]
  /** Which of these match now. */
  matching(filter: ResolvedFilter, ids: readonly number[]): ReadonlySet<number>
  /** How many match, by status. */
  count(filter: ResolvedFilter): Readonly<Record<string, number>>
  /** What the fields that are added up come to, by status. */
  sums(filter: ResolvedFilter): StatusSums
  /** Tells whether an issue, by its surrogate, matches now. */
  matcher(filter: ResolvedFilter): (issue: number) => boolean
  /** SQLite's plan of the query that walks to a page, for tests: once warm, that of the sort's index. */
  plan(filter: ResolvedFilter, options: ListOptions): readonly string[]
}

/** Pages of issues under any filter and sort, by keyset or by offset, and counts: from memory where that is warm, from disk until then. */
export function issueList(database: ReadDatabase, streamIds: StreamIds): IssueListQuery {
  const activity = countedEvents(database, streamIds)
  const bitmaps = conditionBitmaps(database, streamIds, activity)
  const counters = countedIssues(database, streamIds)
  const disk = listOnDisk(database, streamIds, activity, counters)
  const memory = listInMemory(database)
  const rows = listedIssues(database, streamIds)

  /** The ids of a page, from memory; `undefined` where that is not ready. */
  function fromMemory(filter: ResolvedFilter, options: ListOptions): number[] | undefined {
    const matched = bitmaps.match(filter)
    return matched && memory.page(matched, filter.sort, options)
  }

  return {
    warm: () => bitmaps.columns.warm(),
    page(filter, options) {
      const quick = fromMemory(filter, options)
      const found = quick ? undefined : disk.page(filter, options)
      const ids = quick ?? found?.map(({ id }) => id) ?? []
      const listed = rows(ids)
      const lastId = ids.at(-1)
      if (lastId === undefined || ids.length !== options.limit) return { rows: listed, next: null }
      if (found) return { rows: listed, next: { value: found.at(-1)?.value ?? null, id: lastId } }
      const { key, descending } = filter.sort
      const last = listed.at(-1)
      const value = last && sortedValue(sortableCalled(key), descending, last)
      return { rows: listed, next: value === undefined ? null : { value, id: lastId } }
    },
    ids: (filter, options) => fromMemory(filter, options) ?? disk.page(filter, options).map(({ id }) => id),
    order(filter) {
      const matched = bitmaps.match(filter)
      // To SQLite a limit below zero is none.
      return matched
        ? memory.order(matched, filter.sort)
        : disk.page(filter, { limit: -1 }).map(({ id }) => id)
    },
    bits: (filter) => bitmaps.match(filter)?.bits ?? disk.bits(filter),
    isActive(issueId, from, to) {
      const issue = streamIds.find(issueId, 'issue')
      return issue !== undefined && activity.isActive(issue.id, from, to)
    },
    rows,
    matching(filter, ids) {
      const matched = bitmaps.match(filter)
      return matched ? new Set(ids.filter((id) => hasBit(matched.bits, id))) : disk.matching(filter, ids)
    },
    count(filter) {
      const counted = counters.byStatus(filter)
      if (counted) return counted
      const matched = bitmaps.match(filter)
      return matched ? memory.count(matched, bitmaps.columns.statuses) : disk.count(filter)
    },
    sums(filter) {
      const matched = bitmaps.match(filter)
      return matched ? sumsInColumns(matched, bitmaps.columns.statuses) : disk.sums(filter)
    },
    matcher(filter) {
      const matched = bitmaps.match(filter)
      if (matched) return (issue) => hasBit(matched.bits, issue)
      const ids = disk.all(filter)
      return (issue) => ids.has(issue)
    },
    plan: (filter, options) =>
      (bitmaps.match(filter) && memory.plan(filter.sort, options.after)) ?? disk.plan(filter, options),
  }
}
