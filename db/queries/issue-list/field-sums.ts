import { and, type SQL, sql } from 'drizzle-orm'
import type { FieldKey } from '#core/issue/fields/fields.ts'
import { kindOf } from '#core/issue/fields/fields.ts'
import { summedFields } from '#core/issue/fields/units.ts'
import { fieldColumns } from '../../projections/field-columns.ts'
import { issues } from '../../schema.ts'
import { placesOf } from './bitmap.ts'
import type { Matched } from './condition-bitmaps.ts'

/** What the fields that are added up come to, by status. */
export type StatusSums = Readonly<Record<string, { readonly [Key in FieldKey]?: number }>>

/** Adds what fields have no more decimals than: sums of fractions are off by as little as they are. */
function rounded(key: FieldKey, sum: number): number {
  const field = summedFields.find((candidate) => candidate.key === key)
  const kind = field && kindOf(field)
  const scale = 10 ** (kind?.operand === 'number' ? kind.decimals : 0)
  return Math.round(sum * scale) / scale
}

/** Adds up what is held in memory of the issues that match. @param statuses names by the numbers that columns hold. */
export function sumsInColumns({ columns, bits, count }: Matched, statuses: readonly string[]): StatusSums {
  const sums: Record<string, { [Key in FieldKey]?: number }> = {}
  for (const { key } of summedFields) {
    const values = columns.of[key]
    const byStatus = new Float64Array(statuses.length)
    const found = new Uint8Array(statuses.length)
    for (const place of placesOf(bits, count)) {
      const value = values[place] as number
      if (Number.isNaN(value)) continue
      const status = columns.status[place] as number
      byStatus[status] = (byStatus[status] as number) + value
      found[status] = 1
    }
    for (const [at, status] of statuses.entries())
      if (found[at]) sums[status] = { ...sums[status], [key]: rounded(key, byStatus[at] as number) }
  }
  return sums
}

/** The query that adds up where nothing is held in memory. */
export function sumsQuery(conditions: readonly SQL[]): SQL {
  const sums = summedFields.map(({ key }) => sql`sum(${fieldColumns[key]}) AS ${sql.raw(`"${key}"`)}`)
  const where = conditions.length > 0 ? and(...conditions) : sql`1`
  return sql`SELECT ${issues.status} AS status, ${sql.join(sums, sql`, `)} FROM ${issues} WHERE ${where} GROUP BY ${issues.status}`
}

/** The answer of `sumsQuery`. */
export function sumsOfRows(rows: readonly unknown[]): StatusSums {
  const sums: Record<string, { [Key in FieldKey]?: number }> = {}
  for (const row of rows as readonly ({ status: string } & { [Key in FieldKey]?: number | null })[]) {
    for (const { key } of summedFields) {
      const sum = row[key]
      if (typeof sum === 'number') sums[row.status] = { ...sums[row.status], [key]: rounded(key, sum) }
    }
  }
  return sums
}
