import type { FieldKind } from '../issue/fields/field.ts'
import { didYouMean, nearNames } from '../text/near-names.ts'
import { done, type Refusal, type Result, refuse } from '../values/refusal.ts'
import { firstDayOf, isCalendarTime, lastDayOf } from './calendar-time.ts'
import { type Filterable, type FilterableKey, filterableCalled } from './compared.ts'
import {
  type ActiveWhen,
  type AgeUnit,
  ageUnits,
  type Comparison,
  type Condition,
  descendsByItself,
  type Filter,
  filterKeys,
  isValues,
  maxTerms,
  type Sort,
  sortKeys,
  type Term,
  type TextRange,
  type When,
} from './filter.ts'

/** A refusal that points at its place in the query. */
export function invalidQuery(message: string, at: TextRange): { ok: false; error: Refusal } {
  return refuse('invalid_query', message, { at })
}

type Token = {
  readonly at: TextRange
  readonly negated: boolean
  readonly key: string | null
  readonly values: readonly Value[]
}
type Value = { readonly text: string; readonly quoted: boolean; readonly at: TextRange }
type Reading = { readonly tokens: readonly Token[] } | { readonly error: Refusal }

const blank = /\s/
const keyPattern = /^-?([A-Za-z]+):/

/** Reads a value: quoted (with `\"` inside) or up to the next blank or comma. */
function readValue(
  text: string,
  from: number,
  stopAtComma: boolean,
): { value: Value; next: number } | { error: Refusal } {
  if (text[from] !== '"') {
    let end = from
    while (end < text.length && !blank.test(text[end] ?? '') && !(stopAtComma && text[end] === ',')) end++
    return { value: { text: text.slice(from, end), quoted: false, at: { start: from, end } }, next: end }
  }
  let inside = ''
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) inside += text[++at]
    else if (text[at] === '"')
      return { value: { text: inside, quoted: true, at: { start: from, end: at + 1 } }, next: at + 1 }
    else inside += text[at]
  }
  return {
    error: invalidQuery('This quote is never closed. Add a " at its end.', { start: from, end: text.length })
      .error,
  }
}

function readTokens(text: string): Reading {
  const tokens: Token[] = []
  for (let from = 0; from < text.length; ) {
    if (blank.test(text[from] ?? '')) {
      from++
      continue
    }
    const key = keyPattern.exec(text.slice(from))
    const negated = text[from] === '-' && text.length > from + 1 && !blank.test(text[from + 1] ?? '')
    let at = from + (key ? key[0].length : negated ? 1 : 0)
    const values: Value[] = []
    for (;;) {
      const read = readValue(text, at, key !== null)
      if ('error' in read) return read
      values.push(read.value)
      at = read.next
      if (key === null || text[at] !== ',') break
      at++
    }
    if (tokens.length === maxTerms)
      return {
        error: invalidQuery(`A query can have ${maxTerms} terms at most; take some out.`, {
          start: from,
          end: text.length,
        }).error,
      }
    tokens.push({ at: { start: from, end: at }, negated, key: key?.[1]?.toLowerCase() ?? null, values })
    from = at
  }
  return { tokens }
}

const listed = (values: readonly string[]): string => values.join(', ')

function compared(text: string): { comparison: Comparison; rest: string } {
  const match = /^(<=|>=|<|>|=)?(.*)$/s.exec(text)
  return { comparison: (match?.[1] ?? '=') as Comparison, rest: match?.[2] ?? '' }
}

function whenOf(text: string): When | undefined {
  const age = /^(\d{1,4})([a-z])$/.exec(text)
  if (age && ageUnits.includes(age[2] as AgeUnit))
    return { kind: 'age', count: Number(age[1]), unit: age[2] as AgeUnit }
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`)
  if (day && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text))
    return { kind: 'day', day: text }
  return undefined
}

/** What `active:` takes behind its sign, or `undefined`. */
function activeWhenOf(comparison: Comparison, text: string): ActiveWhen | undefined {
  const when = whenOf(text)
  if (when?.kind === 'age') return comparison === '=' ? undefined : when
  const [from = '', to = from, ...more] = text.split('..')
  if (more.length > 0 || !isCalendarTime(from) || !isCalendarTime(to)) return undefined
  if (text.includes('..') && (comparison !== '=' || lastDayOf(to) < firstDayOf(from))) return undefined
  return { kind: 'time', from, to }
}

function nearKeys(typed: string): string {
  return didYouMean(nearNames(typed, filterKeys, (key) => [key]).map((key) => `${key}:`))
}

const whenHelp = 'a day like 2025-01-31 or an age like 12h, 7d, 2w, 3m, 1y, with <, <=, > or >= before it'

function conditionOf(token: Token): Result<Condition> {
  const key = token.key as string
  const [first] = token.values
  const text = first?.text ?? ''
  const at = first?.at.start === first?.at.end ? token.at : (first?.at ?? token.at)
  if (token.values.some((value) => value.text === '')) return invalidQuery(`${key}: needs a value.`, token.at)
  const texts = token.values.map((value) => value.text)
  const single = token.values.length === 1
  switch (key) {
    case 'is': {
      const value = isValues.find((candidate) => candidate === text.toLowerCase())
      return value && single
        ? done({ kind: 'is', value })
        : invalidQuery(`is: takes one of ${listed(isValues)}.`, at)
    }
    case 'status':
    case 'state':
      return done({ kind: 'status', values: texts })
    case 'assignee':
    case 'label':
      return done({ kind: key, ...namedOrNone(token) })
    case 'author':
    case 'key':
      return done({ kind: key, values: texts })
    case 'active': {
      const { comparison, rest } = compared(text)
      const when = activeWhenOf(comparison, rest)
      return when && single
        ? done({ kind: 'active', comparison, when })
        : invalidQuery(
            'active: takes a year, a month or a day like 2014, 2014-11, 2014-11-03, from one to a later one like 2014-11..2015-02, or <, <=, > or >= and one of them or an age like 7d.',
            at,
          )
    }
    default: {
      const of = filterableCalled(key)
      if (of) return comparisonOf(of, token, at)
      return invalidQuery(
        `There is no filter "${key}:".${nearKeys(key)} There are ${filterKeys.map((known) => `${known}:`).join(' ')}. To search for the words, put them in quotes.`,
        {
          start: token.at.start,
          end: token.at.start + key.length + (token.negated ? 2 : 1),
        },
      )
    }
  }
}

/** A condition on what is compared as its kind of operand is. @param at where a mistake is. */
function comparisonOf({ key, kind, filter }: Filterable, token: Token, at: TextRange): Result<Condition> {
  const [first] = token.values
  const typed = first?.text.toLowerCase() ?? ''
  const single = token.values.length === 1
  const { comparison, rest } = compared(first?.text ?? '')
  const refused = (takes: string): Result<Condition> => invalidQuery(`${filter.key}: takes ${takes}.`, at)
  switch (kind.operand) {
    case 'reference':
      return done({ kind: 'reference', of: key as FilterableKey<'reference'>, ...namedOrNone(token) })
    case 'rank': {
      const value = kind.values.find((candidate) => candidate === rest.toLowerCase())
      return value && single
        ? done({ kind: 'rank', of: key as FilterableKey<'rank'>, comparison, value })
        : refused(`one of ${listed(kind.values)}, with <, <=, > or >= before it`)
    }
    case 'instant': {
      const when = whenOf(rest)
      if (!when || !single) return refused(whenHelp)
      if (when.kind === 'age' && comparison === '=')
        return invalidQuery(`${filter.key}: needs < or > before an age, like ${filter.key}:<${rest}.`, at)
      return done({ kind: 'instant', of: key as FilterableKey<'instant'>, comparison, when })
    }
    case 'day': {
      const of = key as FilterableKey<'day'>
      if (typed === 'none' && single) return done({ kind: 'unset', of })
      if (typed === 'overdue' && single && kind.deadline) return done({ kind: 'overdue', of })
      const when = whenOf(rest)
      if (!when || !single || (when.kind === 'age' && when.unit === 'h'))
        return refused(
          `none, ${kind.deadline ? 'overdue, ' : ''}a day like 2025-01-31 or a span ahead like <=3d`,
        )
      return done({ kind: 'day', of, comparison, when })
    }
    case 'number': {
      const of = key as FilterableKey<'number'>
      const nullable: boolean = kind.nullable
      if (typed === 'none' && single && nullable) return done({ kind: 'unset', of })
      return numberPattern(kind).test(rest) && single
        ? done({ kind: 'number', of, comparison, value: Number(rest) })
        : refused(`${nullable ? 'none or ' : ''}a number, like ${filter.key}:>5`)
    }
  }
}

function numberPattern({ least, decimals }: Extract<FieldKind, { operand: 'number' }>): RegExp {
  return new RegExp(`^${least < 0 ? '-?' : ''}\\d{1,9}${decimals > 0 ? `(\\.\\d{1,${decimals}})?` : ''}$`)
}

function namedOrNone({ values }: Token): { readonly values: readonly string[]; readonly none: boolean } {
  const named = values.filter((value) => value.quoted || value.text.toLowerCase() !== 'none')
  return { values: named.map((value) => value.text), none: named.length < values.length }
}

function sortOf(token: Token): Result<Sort> {
  const [value] = token.values
  const match = /^([a-z]+)(?:-(asc|desc))?$/.exec(value?.text.toLowerCase() ?? '')
  const named = match?.[1] === 'key' ? 'number' : match?.[1]
  const key = sortKeys.find((candidate) => candidate === named)
  if (!key || token.values.length !== 1 || token.negated)
    return invalidQuery(
      `sort: takes one of ${listed(sortKeys)}, with -asc or -desc after it.`,
      value?.at ?? token.at,
    )
  return done({ key, descending: match?.[2] ? match[2] === 'desc' : descendsByItself(key) })
}

/** Reads a query. A mistake is a refusal `invalid_query` whose details hold its place, `at: { start, end }`. */
export function parseFilter(text: string): Result<Filter> {
  const reading = readTokens(text)
  if ('error' in reading) return { ok: false, error: reading.error }
  const terms: Term[] = []
  let sort: Sort | null = null
  for (const token of reading.tokens) {
    if (token.key === 'sort') {
      if (sort) return invalidQuery('A query can be sorted one way only; take out one sort:.', token.at)
      const read = sortOf(token)
      if (!read.ok) return read
      sort = read.value
      continue
    }
    if (token.key === null) {
      const [value] = token.values
      if (!value?.text) {
        if (value?.quoted) continue
        return invalidQuery('A minus needs something behind it to leave out.', token.at)
      }
      terms.push({
        condition: { kind: 'text', text: value.text, exact: value.quoted },
        negated: token.negated,
        at: token.at,
      })
      continue
    }
    const condition = conditionOf(token)
    if (!condition.ok) return condition
    terms.push({ condition: condition.value, negated: token.negated, at: token.at })
  }
  return done({ terms, sort })
}
