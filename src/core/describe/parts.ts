import type { ListedType } from '../entities/kinds/entities.ts'

/** A piece of a description that stands for one thing: a surface that can draws it as a sign, the others print it. */
export type Value =
  /** A value as people typed it. */
  | { readonly kind: 'value'; readonly text: string }
  /** What something is called; in quotation marks where no sign sets it off. */
  | { readonly kind: 'name'; readonly text: string }
  /** Says that there is nothing where a text could be. */
  | { readonly kind: 'nothing'; readonly text: string }
  | { readonly kind: 'status'; readonly id: string; readonly name: string }
  | { readonly kind: 'priority'; readonly value: string }
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'colour'; readonly colour: string }
  | { readonly kind: 'entity'; readonly of: ListedType; readonly id: string; readonly name: string }
  | { readonly kind: 'issue'; readonly id: string; readonly key: string; readonly title: string | null }
  | { readonly kind: 'file'; readonly name: string; readonly url: string | null }

/** A piece of a description. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | Value
  /** The issue it happened to, or `otherwise` where whoever reads sees that already. */
  | { readonly kind: 'here'; readonly before: string; readonly otherwise: string }
  /** What something was, where anything, and what it is now: `from → to`, or in words `to X`; `named` where words say both. */
  | { readonly kind: 'change'; readonly from: Value | null; readonly to: Value; readonly named: boolean }
  /** What something was that is gone; left out in words. */
  | { readonly kind: 'was'; readonly value: Value }

// The pieces that descriptions are put together from.
export const text = (words: string): Part => ({ kind: 'text', text: words })
export const value = (words: string): Value =>
  words === '' ? { kind: 'nothing', text: 'empty' } : { kind: 'value', text: words }
export const name = (words: string): Value =>
  words === '' ? { kind: 'nothing', text: 'empty' } : { kind: 'name', text: words }
export const priorityValue = (of: string): Value => ({ kind: 'priority', value: of })
export const dayValue = (of: string): Value => ({ kind: 'day', day: of })
export const colour = (of: string): Value => ({ kind: 'colour', colour: of })
export const here = (before = '', otherwise = ''): Part => ({ kind: 'here', before, otherwise })
export const changePart = (from: Value | null, to: Value): Part => ({
  kind: 'change',
  from,
  to,
  named: false,
})
export const renamed = (from: Value, to: Value): Part => ({ kind: 'change', from, to, named: true })
export const was = (former: Value): Part => ({ kind: 'was', value: former })
