import { format, isValid, parseISO } from 'date-fns'
import type { Field } from '#core/issue/fields/field.ts'

/** That a field has no value: `No due date`. */
export const noneText = ({ title }: Pick<Field, 'title'>): string => `No ${title.toLowerCase()}`

/** A word of a rank as people read it: `Urgent`; the first of an order stands for none. */
export function rankText(field: Pick<Field, 'title' | 'initial'>, value: string): string {
  return value === field.initial ? noneText(field) : value.charAt(0).toUpperCase() + value.slice(1)
}

/** A value as people read it. @param value what a reference is called */
export function fieldText(field: Pick<Field, 'title' | 'initial' | 'kind'>, value: string): string {
  if (field.kind.operand === 'rank') return rankText(field, value)
  const day = field.kind.operand === 'day' ? parseISO(value) : null
  return day && isValid(day) ? format(day, 'd MMMM yyyy') : value
}
