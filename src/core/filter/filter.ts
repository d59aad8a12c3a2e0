import type { Priority } from '../priority.ts'

/** Where in the text something stands: `start` inclusive, `end` exclusive. */
export type Place = { readonly start: number; readonly end: number }

export const comparisons = ['=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof comparisons)[number]

/** A day, `2025-01-01`, or an age, `7d`: hours, days, weeks, months or years back from now (for `due`: ahead). */
export type When =
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'age'; readonly count: number; readonly unit: AgeUnit }
export const ageUnits = ['h', 'd', 'w', 'm', 'y'] as const
export type AgeUnit = (typeof ageUnits)[number]

export const isValues = ['open', 'closed', 'archived', 'all'] as const
export type IsValue = (typeof isValues)[number]

export type Condition =
  | { readonly kind: 'is'; readonly value: IsValue }
  | { readonly kind: 'status'; readonly values: readonly string[] }
  /** `@me`, a handle or a name. */
  | { readonly kind: 'author'; readonly values: readonly string[] }
  /** Names, of people as for `author`; `none` where none at all will do: what is called "none" is a name in quotes. */
  | {
      readonly kind: 'assignee' | 'label' | 'project'
      readonly values: readonly string[]
      readonly none: boolean
    }
  | { readonly kind: 'priority'; readonly comparison: Comparison; readonly value: Priority }
  | { readonly kind: 'created' | 'updated'; readonly comparison: Comparison; readonly when: When }
  | { readonly kind: 'due'; readonly comparison: Comparison; readonly when: When }
  | { readonly kind: 'due_is'; readonly value: 'none' | 'overdue' }
  | { readonly kind: 'comments'; readonly comparison: Comparison; readonly count: number }
  | { readonly kind: 'key'; readonly values: readonly string[] }
  | { readonly kind: 'text'; readonly text: string; readonly exact: boolean }

/** One condition; all of a filter's terms must hold. */
export type Term = { readonly condition: Condition; readonly negated: boolean; readonly at: Place }

export const sortKeys = ['updated', 'created', 'priority', 'due', 'comments', 'number', 'title'] as const
export type SortKey = (typeof sortKeys)[number]
export type Sort = { readonly key: SortKey; readonly descending: boolean }

/** The most terms of one query: far more than anybody writes, and few enough for the database to compile as one expression. */
export const maxTerms = 200

/** What a query says, before any name in it is looked up. */
export type Filter = { readonly terms: readonly Term[]; readonly sort: Sort | null }

/** The order where a query names none. */
export const defaultSort: Sort = { key: 'updated', descending: true }
/** Which way a sort runs where the query does not say: text and days upwards, all else newest, largest or most pressing first. */
export const descendsByItself = (key: SortKey): boolean =>
  key !== 'title' && key !== 'due' && key !== 'number'

/** The keys of the language, in the order in which they are suggested. */
export const filterKeys = [
  'is',
  'assignee',
  'label',
  'project',
  'priority',
  'status',
  'author',
  'created',
  'updated',
  'due',
  'comments',
  'key',
  'sort',
] as const
