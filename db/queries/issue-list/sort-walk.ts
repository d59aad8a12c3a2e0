import { type SQL, sql } from 'drizzle-orm'
import { type Sortable, sortables } from '#core/filter/compared.ts'
import type { Sort, SortKey } from '#core/filter/filter.ts'
import { comparedColumn, lastOf } from '../../projections/field-columns.ts'
import { issues } from '../../schema.ts'
import type { ListPlace } from './page-of-rows.ts'

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

/** What a sort compares, and the index along which a page of it is a walk; `null` where there is none. */
export const walkOf = ({ key, descending }: Sort): Walk =>
  descending ? sortColumns[key].down : sortColumns[key].up

/** A condition: what comes behind a row. Numbers may be missing, which no comparison of rows sees: those come first upwards, last downwards. */
export function afterPlace(sort: Sort, { value: from, id }: ListPlace): SQL {
  const { key, descending } = sort
  const { value } = walkOf(sort)
  const behind = descending ? sql`<` : sql`>`
  if (from === null)
    return descending
      ? sql`(${value} IS NULL AND ${issues.id} < ${id})`
      : sql`(${value} IS NOT NULL OR ${issues.id} > ${id})`
  const rows = sql`(${value}, ${issues.id}) ${behind} (${from}, ${id})`
  return key === 'number' && descending ? sql`(${rows} OR ${value} IS NULL)` : rows
}

/** The order of a sort, ties by the issue's number in the file. */
export const inOrderOf = (sort: Sort): SQL => {
  const way = sort.descending ? sql`DESC` : sql`ASC`
  return sql`${walkOf(sort).value} ${way}, ${issues.id} ${way}`
}

/** The first ids along a sort's index; `undefined` where the sort has none. @param looked how many */
export function walkQuery(sort: Sort, looked: number, after: ListPlace | undefined): SQL | undefined {
  const { index } = walkOf(sort)
  if (index === null) return undefined
  const from = after ? afterPlace(sort, after) : sql`1`
  return sql`SELECT ${issues.id} AS id FROM ${issues} INDEXED BY ${sql.raw(index)} WHERE ${from} ORDER BY ${inOrderOf(sort)} LIMIT ${looked}`
}
