import { and, type SQL, sql } from 'drizzle-orm'
import { type Sortable, sortableCalled, sortables } from '#core/filter/compared.ts'
import type { Sort, SortKey } from '#core/filter/filter.ts'
import type { ResolvedFilter } from '#core/filter/resolve-filter.ts'
import type { StreamIds } from '../../log/rows/stream-ids.ts'
import { comparedColumn, lastOf, sortedValue } from '../../projections/field-columns.ts'
import { facets } from '../../projections/issue-projection.ts'
import { issueAssignees, issueCounts, issueLabels, issues } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { statementCache } from '../../sqlite/statement-cache.ts'
import { countedEvents } from '../counted-events.ts'
import { bitmap, countBits, hasBit, placesOf, setBit } from './bitmap.ts'
import { conditionBitmaps, type Matched } from './condition-bitmaps.ts'
import { type FieldSums, sumsInColumns, sumsOfRows, sumsQuery } from './field-sums.ts'
import { filterConditions, type NamingCondition, namedIds } from './filter-sql.ts'
import { type ListedIssue, listedIssues } from './listed-issues.ts'
import { type ListPlace, pageOfPlaces } from './page-of-rows.ts'

export type ListOptions = {
  readonly limit: number
  readonly after?: ListPlace | undefined
  readonly offset?: number | undefined
}

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
  sums(filter: ResolvedFilter): FieldSums
  /** Tells whether an issue, by its surrogate, matches now. */
  matcher(filter: ResolvedFilter): (issue: number) => boolean
  /** SQLite's plan of the query that walks to a page, for tests: once warm, that of the sort's index. */
  plan(filter: ResolvedFilter, options: ListOptions): readonly string[]
}

type Walk = { readonly value: SQL; readonly index: string | null }
type SortColumn = { readonly up: Walk; readonly down: Walk }

/** What a sort compares; written as the indexes are, so that a page is a walk along one. */
function sortColumn(sortable: Sortable): SortColumn {
  const { sort } = sortable
  const column = comparedColumn(sortable)
  const index = sort.indexed ? `issues_${sort.key}` : null
  const walk = (descending: boolean): Walk => {
    const last = lastOf(sortable, descending)
    if (last === undefined) return { value: sql`${column}`, index }
    const none = typeof last === 'string' ? `'${last}'` : String(last)
    return {
      value: sql.raw(`coalesce(${column.name}, ${none})`),
      index: index && descending ? `${index}_down` : index,
    }
  }
  return { up: walk(false), down: walk(true) }
}
const sortColumns = Object.fromEntries(
  sortables.map((sortable) => [sortable.sort.key, sortColumn(sortable)]),
) as Readonly<Record<SortKey, SortColumn>>

/** Up to this many candidates it is quicker to fetch and sort them than to walk a sort's index and look at each row. */
const fewCandidates = 6_000
/** Up to this many entries of a sort's index are looked through before a page is put together in memory. */
const walkedAtMost = 1_000

/** What issues are counted by, beside all together. */
type Facet = Exclude<keyof typeof facets, 'all'>
/** The label, person or project that a filter asks for alone, and how many issues have it. */
type Driver = {
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

/** What comes behind a row. Numbers may be missing, which no comparison of rows sees: those come first upwards, last downwards. */
function afterPlace({ key, descending }: Sort, { value: from, id }: ListPlace): SQL {
  const { value } = descending ? sortColumns[key].down : sortColumns[key].up
  const behind = descending ? sql`<` : sql`>`
  if (from === null)
    return descending
      ? sql`(${value} IS NULL AND ${issues.id} < ${id})`
      : sql`(${value} IS NOT NULL OR ${issues.id} > ${id})`
  const rows = sql`(${value}, ${issues.id}) ${behind} (${from}, ${id})`
  return key === 'number' && descending ? sql`(${rows} OR ${value} IS NULL)` : rows
}

/** Pages of issues under any filter and sort, by keyset or by offset, and counts. */
export function issueList(database: ReadDatabase, streamIds: StreamIds): IssueListQuery {
  const { orm } = database
  const statements = statementCache(database)
  const p = sql.placeholder
  const hydrate = listedIssues(database, streamIds)
  const activity = countedEvents(database, streamIds)
  const sets = conditionBitmaps(database, streamIds, activity)
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

  /** The label, person or project that the fewest issues have, where the filter asks for one alone. */
  function bestDriver(filter: ResolvedFilter): Driver | undefined {
    if (filter.archived === 'with') return undefined
    const drivers = filter.terms.flatMap(({ condition, negated }): Driver[] => {
      const named = !negated && isNaming(condition) ? facetedBy(condition, streamIds) : undefined
      if (!named) return []
      const { facet, ref } = named
      return [{ facet, ref, count: facetCount.get({ facet: facets[facet], ref })?.count ?? 0 }]
    })
    return drivers.toSorted((a, b) => a.count - b.count)[0]
  }

  /** Whether the filter asks for one status that few issues are in. */
  function fewOfStatus(filter: ResolvedFilter): boolean {
    return filter.terms.some(({ condition, negated }) => {
      if (
        condition.kind !== 'status' ||
        negated ||
        condition.statuses.length !== 1 ||
        filter.archived === 'with'
      )
        return false
      const counts = plainCounts.all({ facet: facets.all, ref: 0 })
      return (counts.find((row) => row.status === condition.statuses[0])?.count ?? 0) <= fewCandidates
    })
  }

  function query(filter: ResolvedFilter, { limit, after, offset = 0 }: ListOptions): SQL {
    const { key, descending } = filter.sort
    const { value, index } = descending ? sortColumns[key].down : sortColumns[key].up
    const way = descending ? sql`DESC` : sql`ASC`
    const conditions = filterConditions(filter, streamIds, activity)
    if (after) conditions.push(afterPlace(filter.sort, after))
    const where = conditions.length > 0 ? and(...conditions) : sql`1`
    const driver = bestDriver(filter)
    const status = fewOfStatus(filter)
    // Which way is taken is decided here, from the counters, and not by the planner, which knows nothing of the data.
    const few = driver && driver.count <= fewCandidates
    if (few && (driver.facet === 'label' || driver.facet === 'assignee')) {
      const table = driver.facet === 'label' ? issueLabels : issueAssignees
      const on = driver.facet === 'label' ? issueLabels.labelId : issueAssignees.memberId
      return sql`SELECT ${issues.id} AS id, ${value} AS value FROM ${table} CROSS JOIN ${issues} ON ${issues.id} = ${table.issueId} AND ${on} = ${driver.ref} WHERE ${where} ORDER BY ${value} ${way}, ${issues.id} ${way} LIMIT ${limit} OFFSET ${offset}`
    }
    const walked = few ? `issues_${driver.facet}` : status ? 'issues_status' : index
    const along = walked ? sql.raw(` INDEXED BY ${walked}`) : sql``
    return sql`SELECT ${issues.id} AS id, ${value} AS value FROM ${issues}${along} WHERE ${where} ORDER BY ${value} ${way}, ${issues.id} ${way} LIMIT ${limit} OFFSET ${offset}`
  }

  /** Where the counters hold the answer: everything, or one label, person or project, by open, closed or status. */
  function countedFacet(
    filter: ResolvedFilter,
  ): { facet: number; ref: number; keep: (status: string) => boolean } | undefined {
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

  function tally({ columns, bits, count }: Matched): Record<string, number> {
    const counts = new Uint32Array(sets.columns.statuses.length)
    for (const place of placesOf(bits, count)) {
      const status = columns.status[place] as number
      counts[status] = (counts[status] as number) + 1
    }
    return Object.fromEntries(
      sets.columns.statuses.flatMap((status, at) => (counts[at] ? [[status, counts[at] as number]] : [])),
    )
  }

  /** The sort value of a row, as the SQL has it. */
  const sortValue = ({ key, descending }: Sort, row: ListedIssue): ListPlace['value'] =>
    sortedValue(sortableCalled(key), descending, row)

  function walkQuery(sort: Sort, looked: number, after: ListPlace | undefined): SQL | undefined {
    const { value, index } = sort.descending ? sortColumns[sort.key].down : sortColumns[sort.key].up
    if (index === null) return undefined
    const way = sort.descending ? sql`DESC` : sql`ASC`
    const from = after ? afterPlace(sort, after) : sql`1`
    return sql`SELECT ${issues.id} AS id FROM ${issues} INDEXED BY ${sql.raw(index)} WHERE ${from} ORDER BY ${value} ${way}, ${issues.id} ${way} LIMIT ${looked}`
  }

  /**
   * The beginning of a sort's index, of which what a filter matches is kept: where much matches, that is the quickest.
   * @returns `undefined` where it does not hold a whole page.
   */
  function walked(
    { bits, count }: Matched,
    total: number,
    sort: Sort,
    { limit, after, offset = 0 }: ListOptions,
  ): number[] | undefined {
    if (count === 0) return []
    const looked = Math.ceil(((offset + limit) * total * 1.5) / count) + 50
    const walk = looked > walkedAtMost ? undefined : walkQuery(sort, looked, after)
    if (!walk) return undefined
    const rows = statements.all(walk) as { id: number }[]
    const found = rows.flatMap(({ id }) => (hasBit(bits, id) ? id : []))
    return found.length >= offset + limit ? found.slice(offset, offset + limit) : undefined
  }

  /** The page's surrogates, put together in memory; `undefined` where that is not ready. */
  function fromSets(filter: ResolvedFilter, options: ListOptions): number[] | undefined {
    const matched = sets.match(filter)
    if (!matched) return undefined
    const { columns, bits, count } = matched
    return (
      walked(matched, countBits(columns.present), filter.sort, options) ??
      pageOfPlaces(columns, placesOf(bits, count), filter.sort, options)
    )
  }

  return {
    warm: () => sets.columns.warm(),
    page(filter, options) {
      const quick = fromSets(filter, options)
      if (quick) {
        const rows = hydrate(quick)
        const [lastRow, lastId] = [rows.at(-1), quick.at(-1)]
        return {
          rows,
          next:
            lastRow && lastId !== undefined && quick.length === options.limit
              ? { value: sortValue(filter.sort, lastRow), id: lastId }
              : null,
        }
      }
      const found = statements.all(query(filter, options)) as { id: number; value: ListPlace['value'] }[]
      const last = found.at(-1)
      return {
        rows: hydrate(found.map((row) => row.id)),
        next: last && found.length === options.limit ? { value: last.value, id: last.id } : null,
      }
    },
    ids(filter, options) {
      const quick = fromSets(filter, options)
      return quick ?? (statements.all(query(filter, options)) as { id: number }[]).map(({ id }) => id)
    },
    order(filter) {
      const matched = sets.match(filter)
      if (matched) {
        const { columns, bits, count } = matched
        return pageOfPlaces(columns, placesOf(bits, count), filter.sort, { limit: count })
      }
      // To SQLite a limit below zero is none.
      return (statements.all(query(filter, { limit: -1 })) as { id: number }[]).map(({ id }) => id)
    },
    bits(filter) {
      const matched = sets.match(filter)
      if (matched) return matched.bits
      const conditions = filterConditions(filter, streamIds, activity)
      const where = conditions.length > 0 ? and(...conditions) : sql`1`
      const found = statements.get(
        sql`SELECT json_group_array(${issues.id}) AS ids, coalesce(max(${issues.id}), 0) AS most FROM ${issues} WHERE ${where}`,
      ) as { ids: string; most: number }
      const bits = bitmap(Math.ceil((found.most + 1) / 32) * 32)
      for (const id of JSON.parse(found.ids) as number[]) setBit(bits, id, true)
      return bits
    },
    isActive(issueId, from, to) {
      const issue = streamIds.find(issueId, 'issue')
      return issue !== undefined && activity.isActive(issue.id, from, to)
    },
    rows: hydrate,
    matching(filter, ids) {
      const matched = sets.match(filter)
      if (matched) return new Set(ids.filter((id) => hasBit(matched.bits, id)))
      const among = sql`${issues.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`
      const where = and(among, ...filterConditions(filter, streamIds, activity))
      const rows = statements.all(sql`SELECT ${issues.id} AS id FROM ${issues} WHERE ${where}`) as {
        id: number
      }[]
      return new Set(rows.map(({ id }) => id))
    },
    count(filter) {
      const counted = countedFacet(filter)
      if (counted) {
        const { facet, ref, keep } = counted
        return Object.fromEntries(
          plainCounts
            .all({ facet, ref })
            .filter((row) => keep(row.status))
            .map((row) => [row.status, row.count]),
        )
      }
      const matched = sets.match(filter)
      if (matched) return tally(matched)
      const conditions = filterConditions(filter, streamIds, activity)
      const where = conditions.length > 0 ? and(...conditions) : sql`1`
      const rows = statements.all(
        sql`SELECT ${issues.status} AS status, count(*) AS count FROM ${issues} WHERE ${where} GROUP BY ${issues.status}`,
      )
      return Object.fromEntries(
        (rows as { status: string; count: number }[]).map((row) => [row.status, row.count]),
      )
    },
    sums(filter) {
      const matched = sets.match(filter)
      return matched
        ? sumsInColumns(matched, sets.columns.statuses)
        : sumsOfRows(statements.all(sumsQuery(filterConditions(filter, streamIds, activity))))
    },
    matcher(filter) {
      const matched = sets.match(filter)
      if (matched) return (issue) => hasBit(matched.bits, issue)
      const conditions = filterConditions(filter, streamIds, activity)
      const where = conditions.length > 0 ? and(...conditions) : sql`1`
      const rows = statements.all(sql`SELECT ${issues.id} AS id FROM ${issues} WHERE ${where}`) as {
        id: number
      }[]
      const ids = new Set(rows.map(({ id }) => id))
      return (issue) => ids.has(issue)
    },
    plan(filter, options) {
      const walk = sets.match(filter) && walkQuery(filter.sort, walkedAtMost, options.after)
      return statements.plan(walk ?? query(filter, options))
    },
  }
}
