import { unreachable } from '../values/unreachable.ts'
import { filterName } from './compared.ts'
import type { ActiveWhen, Comparison, Condition, Filter, When } from './filter.ts'

const needsQuotes = /[\s",\\]|^$|^-|:/
const quoted = (text: string): string => `"${text.replace(/["\\]/g, (mark) => `\\${mark}`)}"`
const value = (text: string): string => (needsQuotes.test(text) ? quoted(text) : text)
const comparison = (sign: Comparison): string => (sign === '=' ? '' : sign)
const when = (of: When): string => (of.kind === 'day' ? of.day : `${of.count}${of.unit}`)

function namedOrNone({
  values,
  none,
}: {
  readonly values: readonly string[]
  readonly none: boolean
}): string {
  const names = values.map((name) => (/^none$/i.test(name) ? quoted(name) : value(name)))
  return [...names, ...(none ? ['none'] : [])].join(',')
}

/** Writes the value of an `active:` term. */
export function printActive(sign: Comparison, of: ActiveWhen): string {
  if (of.kind === 'age') return `${comparison(sign)}${when(of)}`
  return `${comparison(sign)}${of.from === of.to ? of.from : `${of.from}..${of.to}`}`
}

function condition(of: Condition): string {
  switch (of.kind) {
    case 'is':
      return `is:${of.value}`
    case 'assignee':
    case 'label':
      return `${of.kind}:${namedOrNone(of)}`
    case 'reference':
      return `${filterName(of.of)}:${namedOrNone(of)}`
    case 'status':
    case 'author':
    case 'key':
      return `${of.kind}:${of.values.map(value).join(',')}`
    case 'rank':
    case 'number':
      return `${filterName(of.of)}:${comparison(of.comparison)}${of.value}`
    case 'instant':
    case 'day':
      return `${filterName(of.of)}:${comparison(of.comparison)}${when(of.when)}`
    case 'active':
      return `active:${printActive(of.comparison, of.when)}`
    case 'unset':
      return `${filterName(of.of)}:none`
    case 'overdue':
      return `${filterName(of.of)}:overdue`
    case 'text':
      return of.exact ? quoted(of.text) : of.text
    default:
      return unreachable(of)
  }
}

/** Writes a filter so that reading it gives the same filter. */
export function printFilter({ terms, sort }: Filter): string {
  const parts = terms.map((term) => `${term.negated ? '-' : ''}${condition(term.condition)}`)
  if (sort) parts.push(`sort:${sort.key}-${sort.descending ? 'desc' : 'asc'}`)
  return parts.join(' ')
}
