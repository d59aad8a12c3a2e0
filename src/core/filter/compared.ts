import type { FieldKind, FilterDeclaration, SortDeclaration } from '../issue/fields/field.ts'
import { fields, fieldsOf } from '../issue/fields/fields.ts'

/** What an issue has that nobody sets, and that filters and sorts compare. */
type Measure = {
  /** The property of rows and tables. */
  readonly key: string
  /** An instant is in milliseconds. */
  readonly kind: FieldKind | { readonly operand: 'instant'; readonly nullable: false }
  readonly filter: FilterDeclaration | null
  readonly sort: SortDeclaration | null
}
const measure = <const M extends Measure>(declared: M): M => declared

const instant = { operand: 'instant', nullable: false } as const
const newestFirst = { descends: true, nulls: 'last', indexed: true } as const

const createdAt = measure({
  key: 'createdAt',
  kind: instant,
  filter: { key: 'created', hint: 'such as created:<2025-01-01' },
  sort: { key: 'created', ...newestFirst },
})
const updatedAt = measure({
  key: 'updatedAt',
  kind: instant,
  filter: { key: 'updated', hint: 'such as updated:<7d' },
  sort: { key: 'updated', ...newestFirst },
})
const comments = measure({
  key: 'comments',
  kind: { operand: 'number', nullable: false, least: 0, most: 999_999_999, decimals: 0 },
  filter: { key: 'comments', hint: 'such as comments:>5' },
  // An index would move with every comment.
  sort: { key: 'comments', descends: true, nulls: 'last', indexed: false },
})
/** Of the key; a server may be yet to give it. */
const number = measure({
  key: 'number',
  kind: { operand: 'number', nullable: true, least: 1, most: Number.MAX_SAFE_INTEGER, decimals: 0 },
  filter: null,
  sort: { key: 'number', descends: false, nulls: 'low', indexed: true },
})

/** Everything that filters and sorts compare. */
export const compared = [...fields, createdAt, updatedAt, comments, number] as const
export type Compared = (typeof compared)[number]
export type Filterable = Extract<Compared, { readonly filter: FilterDeclaration }>
export type Sortable = Extract<Compared, { readonly sort: SortDeclaration }>
/** The keys of what a filter compares as one kind of operand. */
export type FilterableKey<Operand extends Compared['kind']['operand']> = Extract<
  Filterable,
  { readonly kind: { readonly operand: Operand } }
>['key']

const isFilterable = (of: Compared): of is Filterable => of.filter !== null
const isSortable = (of: Compared): of is Sortable => of.sort !== null

export const filterables: readonly Filterable[] = compared.filter(isFilterable)
/** In the order in which the language names them. */
export const sortables: readonly Sortable[] = [
  updatedAt,
  createdAt,
  ...fieldsOf('rank', 'number', 'day'),
  comments,
  number,
  ...fieldsOf('text', 'reference'),
].filter(isSortable)

const byKey: ReadonlyMap<string, Compared> = new Map(compared.map((of) => [of.key, of]))
const byFilter: ReadonlyMap<string, Filterable> = new Map(filterables.map((of) => [of.filter.key, of]))
const bySort: ReadonlyMap<string, Sortable> = new Map(sortables.map((of) => [of.sort.key, of]))

/** What has that property. */
export const comparedAt = (key: Compared['key']): Compared => byKey.get(key) as Compared
/** What the language calls so. */
export const filterableCalled = (name: string): Filterable | undefined => byFilter.get(name)
/** What `sort:` calls so. */
export const sortableCalled = (name: Sortable['sort']['key']): Sortable => bySort.get(name) as Sortable
/** How the filter language calls a property. */
export const filterName = (key: Filterable['key']): string => comparedAt(key).filter?.key ?? key
/** The words of a rank, lowest first. */
export function ranksAt(key: FilterableKey<'rank'>): readonly string[] {
  const { kind } = comparedAt(key)
  return kind.operand === 'rank' ? kind.values : []
}
