import { and, type SQL, sql } from 'drizzle-orm'
import type { ResolvedFilter } from '#core/filter/resolve-filter.ts'
import type { CountedEvents } from '../../log/read/counted-events.ts'
import type { StreamIds } from '../../log/rows/stream-ids.ts'
import { issueAssignees, issueLabels, issues } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { type StatementCache, statementCache } from '../../sqlite/statement-cache.ts'
import { bitmap, setBit } from './bitmap.ts'
import type { CountedIssues } from './counted-issues.ts'
import { type StatusSums, sumsOfRows, sumsQuery } from './field-sums.ts'
import { filterConditions } from './filter-sql.ts'
import type { ListOptions, ListPlace } from './page-of-rows.ts'
import { afterPlace, inOrderOf, walkOf } from './sort-walk.ts'

/** Up to this many candidates it is quicker to fetch and sort them than to walk a sort's index and look at each row. */
const fewCandidates = 6_000

/** Where the statements of lists are made: the log's file, and what is known of it. */
type Disk = {
  readonly statements: StatementCache
  readonly streamIds: StreamIds
  readonly activity: CountedEvents
  readonly counters: CountedIssues
}

const whereOf = ({ streamIds, activity }: Disk, filter: ResolvedFilter, ...more: readonly SQL[]): SQL =>
  and(...filterConditions(filter, streamIds, activity), ...more) ?? sql`1`

/**
 * The query of a page, of `id` and the sort's `value`. Which way is taken is decided here, from the counters, and not by the planner, which
 * knows nothing of the data.
 */
function pageQuery(disk: Disk, filter: ResolvedFilter, { limit, after, offset = 0 }: ListOptions): SQL {
  const { sort } = filter
  const { value, index } = walkOf(sort)
  const where = whereOf(disk, filter, ...(after ? [afterPlace(sort, after)] : []))
  const rest = sql`WHERE ${where} ORDER BY ${inOrderOf(sort)} LIMIT ${limit} OFFSET ${offset}`
  const driver = disk.counters.bestDriver(filter)
  const few = driver && driver.count <= fewCandidates
  if (few && (driver.facet === 'label' || driver.facet === 'assignee')) {
    const table = driver.facet === 'label' ? issueLabels : issueAssignees
    const on = driver.facet === 'label' ? issueLabels.labelId : issueAssignees.memberId
    return sql`SELECT ${issues.id} AS id, ${value} AS value FROM ${table} CROSS JOIN ${issues} ON ${issues.id} = ${table.issueId} AND ${on} = ${driver.ref} ${rest}`
  }
  const rare = disk.counters.isOfRareStatus(filter, fewCandidates)
  const walked = few ? `issues_${driver.facet}` : rare ? 'issues_status' : index
  const along = walked ? sql.raw(` INDEXED BY ${walked}`) : sql``
  return sql`SELECT ${issues.id} AS id, ${value} AS value FROM ${issues}${along} ${rest}`
}

/** Lists as SQLite answers them, for as long as what makes them quicker is not read on. */
export function listOnDisk(
  database: ReadDatabase,
  streamIds: StreamIds,
  activity: CountedEvents,
  counters: CountedIssues,
) {
  const statements = statementCache(database)
  const disk: Disk = { statements, streamIds, activity, counters }
  const idsWhere = (where: SQL): number[] =>
    (statements.all(sql`SELECT ${issues.id} AS id FROM ${issues} WHERE ${where}`) as { id: number }[]).map(
      ({ id }) => id,
    )

  return {
    /** The ids of a page, with what they are sorted by. */
    page: (filter: ResolvedFilter, options: ListOptions) =>
      statements.all(pageQuery(disk, filter, options)) as { id: number; value: ListPlace['value'] }[],
    /** The ids of all that match, a bit each. */
    bits(filter: ResolvedFilter): Uint32Array {
      const where = whereOf(disk, filter)
      const found = statements.get(
        sql`SELECT json_group_array(${issues.id}) AS ids, coalesce(max(${issues.id}), 0) AS most FROM ${issues} WHERE ${where}`,
      ) as { ids: string; most: number }
      const bits = bitmap(Math.ceil((found.most + 1) / 32) * 32)
      for (const id of JSON.parse(found.ids) as number[]) setBit(bits, id, true)
      return bits
    },
    /** Which of these ids match. */
    matching(filter: ResolvedFilter, ids: readonly number[]): Set<number> {
      const among = sql`${issues.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`
      return new Set(idsWhere(whereOf(disk, filter, among)))
    },
    /** The ids of all that match. */
    all: (filter: ResolvedFilter): Set<number> => new Set(idsWhere(whereOf(disk, filter))),
    /** How many match, by status. */
    count(filter: ResolvedFilter): Record<string, number> {
      const rows = statements.all(
        sql`SELECT ${issues.status} AS status, count(*) AS count FROM ${issues} WHERE ${whereOf(disk, filter)} GROUP BY ${issues.status}`,
      )
      return Object.fromEntries(
        (rows as { status: string; count: number }[]).map((row) => [row.status, row.count]),
      )
    },
    /** What the fields that are added up come to, by status. */
    sums: (filter: ResolvedFilter): StatusSums =>
      sumsOfRows(statements.all(sumsQuery(filterConditions(filter, streamIds, activity)))),
    /** SQLite's plan of a page. */
    plan: (filter: ResolvedFilter, options: ListOptions) => statements.plan(pageQuery(disk, filter, options)),
  }
}
