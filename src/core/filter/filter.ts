import type { FieldKind } from '../issue/fields/field.ts'
import { fieldsOf } from '../issue/fields/fields.ts'
import { type FilterableKey, type Sortable, sortableCalled, sortables } from './compared.ts'

/** Where in the text something stands: `start` inclusive, `end` exclusive. */
export type TextRange = { readonly start: number; readonly end: number }

export const comparisons = ['=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof comparisons)[number]

/** A day, `2025-01-01`, or an age, `7d`: hours, days, weeks, months or years back from now (for days: ahead). */
export type When =
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'age'; readonly count: number; readonly unit: AgeUnit }
export const ageUnits = ['h', 'd', 'w', 'm', 'y'] as const
export type AgeUnit = (typeof ageUnits)[number]

/**
 * A time as a calendar has it: a year, a month or a day, `2014`, `2014-11`, `2014-11-03`, or from one to another, both in it; or an age, as in {@link When}.
 */
export type ActiveWhen =
  | { readonly kind: 'time'; readonly from: string; readonly to: string }
  | Extract<When, { kind: 'age' }>

export const isValues = ['open', 'closed', 'archived', 'all'] as const
export type IsValue = (typeof isValues)[number]

export type Condition =
  | { readonly kind: 'is'; readonly value: IsValue }
  | { readonly kind: 'status'; readonly values: readonly string[] }
  /** `@me`, a handle or a name. */
  | { readonly kind: 'author'; readonly values: readonly string[] }
  /** Names, of people as for `author`; `none` where none at all will do: what is called "none" is a name in quotes. */
  | { readonly kind: 'assignee' | 'label'; readonly values: readonly string[]; readonly none: boolean }
  // What is compared as its kind of operand is; `of` is the property that it is of.
  | {
      readonly kind: 'reference'
      readonly of: FilterableKey<'reference'>
      readonly values: readonly string[]
      readonly none: boolean
    }
  | {
      readonly kind: 'rank'
      readonly of: FilterableKey<'rank'>
      readonly comparison: Comparison
      readonly value: string
    }
  | {
      readonly kind: 'instant'
      readonly of: FilterableKey<'instant'>
      readonly comparison: Comparison
      readonly when: When
    }
  | {
      readonly kind: 'day'
      readonly of: FilterableKey<'day'>
      readonly comparison: Comparison
      readonly when: When
    }
  | {
      readonly kind: 'number'
      readonly of: FilterableKey<'number'>
      readonly comparison: Comparison
      readonly value: number
    }
  /** Without a value. */
  | { readonly kind: 'unset'; readonly of: FilterableKey<'day' | 'number'> }
  /** Open after its day. */
  | { readonly kind: 'overdue'; readonly of: FilterableKey<'day'> }
  /** With an event in that time, one of those that the history strip counts. */
  | { readonly kind: 'active'; readonly comparison: Comparison; readonly when: ActiveWhen }
  | { readonly kind: 'key'; readonly values: readonly string[] }
  | { readonly kind: 'text'; readonly text: string; readonly exact: boolean }

/** One condition; all of a filter's terms must hold. */
export type Term = { readonly condition: Condition; readonly negated: boolean; readonly at: TextRange }

export type SortKey = Sortable['sort']['key']
export const sortKeys: readonly SortKey[] = sortables.map(({ sort }) => sort.key)
export type Sort = { readonly key: SortKey; readonly descending: boolean }

/** The most terms of one query: far more than anybody writes, and few enough for the database to compile as one expression. */
export const maxTerms = 200

/** What a query says, before any name in it is looked up. */
export type Filter = { readonly terms: readonly Term[]; readonly sort: Sort | null }

/** The order where a query names none. */
export const defaultSort: Sort = { key: 'updated', descending: true }
/** Which way a sort runs where the query does not say: text and days upwards, all else newest, largest or most pressing first. */
export const descendsByItself = (key: SortKey): boolean => sortableCalled(key).sort.descends

const called = (...operands: readonly FieldKind['operand'][]): readonly string[] =>
  fieldsOf(...operands).flatMap(({ filter }) => filter?.key ?? [])

/** The keys of the language, in the order in which they are suggested. */
export const filterKeys: readonly string[] = [
  'is',
  'assignee',
  'label',
  ...called('reference', 'rank'),
  'status',
  'author',
  'created',
  'updated',
  'active',
  ...called('day', 'number'),
  'comments',
  'key',
  'sort',
]
