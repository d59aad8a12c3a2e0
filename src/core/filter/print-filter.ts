import { unreachable } from '../unreachable.ts'
import type { Comparison, Condition, Filter, When } from './filter.ts'

const needsQuotes = /[\s",\\]|^$|^-|:/
const quoted = (text: string): string => `"${text.replace(/["\\]/g, (mark) => `\\${mark}`)}"`
const value = (text: string): string => (needsQuotes.test(text) ? quoted(text) : text)
const comparison = (sign: Comparison): string => (sign === '=' ? '' : sign)
const when = (of: When): string => (of.kind === 'day' ? of.day : `${of.count}${of.unit}`)

function condition(of: Condition): string {
  switch (of.kind) {
    case 'is':
      return `is:${of.value}`
    case 'assignee':
    case 'label':
    case 'project': {
      const names = of.values.map((name) => (/^none$/i.test(name) ? quoted(name) : value(name)))
      return `${of.kind}:${[...names, ...(of.none ? ['none'] : [])].join(',')}`
    }
    case 'status':
    case 'author':
    case 'key':
      return `${of.kind}:${of.values.map(value).join(',')}`
    case 'priority':
      return `priority:${comparison(of.comparison)}${of.value}`
    case 'created':
    case 'updated':
    case 'due':
      return `${of.kind}:${comparison(of.comparison)}${when(of.when)}`
    case 'due_is':
      return `due:${of.value}`
    case 'comments':
      return `comments:${comparison(of.comparison)}${of.count}`
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
