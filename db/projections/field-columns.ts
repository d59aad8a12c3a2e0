import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Compared, Sortable } from '#core/filter/compared.ts'
import {
  eachField,
  type FieldKey,
  type FieldStates,
  type FieldValue,
  type FieldValues,
  fields,
  fieldValue,
  type IssueField,
} from '#core/issue/fields/fields.ts'
import { titleOrder } from '#core/text/title-order.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { issues } from '../schema.ts'

/** What a text is put in order by stands beside it: `titleOrder`. */
type OrderKey = `${Extract<Compared, { readonly kind: { readonly operand: 'text' } }>['key']}Order`
/** The columns of `issues` that hold fields. */
export type FieldColumn = FieldKey | OrderKey

/** A value as `issues` holds it: ranks by number, references by surrogate. */
export type StoredValue = string | number | null

/** The column of each field. */
export const fieldColumns = eachField(({ key }) => issues[key]) as unknown as {
  readonly [Key in FieldKey]: (typeof issues)[Key]
}

const orderKey = (key: string): OrderKey => `${key}Order` as OrderKey

/** The names of all columns that hold fields. */
export const fieldColumnNames: readonly FieldColumn[] = fields.flatMap(({ key, kind }): FieldColumn[] =>
  kind.operand === 'text' ? [key, orderKey(key)] : [key],
)

/** The column that what is compared is sorted and compared by. */
export const comparedColumn = ({ key, kind }: Compared): SQLiteColumn =>
  kind.operand === 'text' ? issues[orderKey(key)] : issues[key]

function stored(field: IssueField, value: FieldValue, streamIds: StreamIds): StoredValue {
  if (value === null) return null
  switch (field.kind.operand) {
    case 'rank':
      return rankOf(field.kind.values, value)
    case 'reference':
      return streamIds.ensure(String(value), field.kind.to).id
    default:
      return value
  }
}

const rankOf = (values: readonly string[], value: FieldValue): number => values.indexOf(String(value))

/** A state's fields as columns of `issues`. */
export function storedFields(
  state: FieldStates,
  streamIds: StreamIds,
): Readonly<Record<FieldColumn, StoredValue>> {
  const row: Partial<Record<FieldColumn, StoredValue>> = {}
  for (const field of fields) {
    const value = fieldValue(state, field)
    row[field.key] = stored(field, value, streamIds)
    if (field.kind.operand === 'text') row[orderKey(field.key)] = titleOrder(String(value))
  }
  return row as Record<FieldColumn, StoredValue>
}

/** The fields of a row of `issues`, with words for ranks and UUIDs for surrogates. */
export function readFields(row: Readonly<Record<FieldKey, StoredValue>>, streamIds: StreamIds): FieldValues {
  return eachField(({ key, kind }) => {
    const value = row[key]
    if (kind.operand === 'rank') return kind.values[Number(value)] ?? kind.values[0]
    return kind.operand === 'reference' && value !== null ? streamIds.stream(Number(value)).uuid : value
  }) as unknown as FieldValues
}

/** Past every number that a field may have; a cursor holds it, so it is finite. */
const beyond = 1e18

/** What stands for no value where that comes last: after everything there is, whichever way. `undefined` where it needs nothing. */
export function lastOf({ kind, sort }: Sortable, descending: boolean): string | number | undefined {
  const nullable: boolean = kind.nullable
  if (!nullable || sort.nulls !== 'last') return undefined
  if (kind.operand === 'day') return descending ? '' : '~'
  return descending ? -beyond : beyond
}

/** What a row is sorted by, as the database compares it. @param row with its fields as people read them. */
export function sortedValue(
  sortable: Sortable,
  descending: boolean,
  row: FieldValues &
    Readonly<Record<'createdAt' | 'updatedAt' | 'comments', number>> & { readonly number: number | null },
): StoredValue {
  const { key, kind } = sortable
  const value = row[key]
  if (kind.operand === 'text') return titleOrder(String(value))
  if (kind.operand === 'rank') return rankOf(kind.values, value)
  return value ?? lastOf(sortable, descending) ?? null
}
