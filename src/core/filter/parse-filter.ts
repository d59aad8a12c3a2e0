import { didYouMean, nearNames } from '../near-names.ts'
import { priorities } from '../priority.ts'
import { done, type Refusal, type Result, refuse } from '../refusal.ts'
import {
  type AgeUnit,
  ageUnits,
  type Comparison,
  type Condition,
  descendsByItself,
  type Filter,
  filterKeys,
  isValues,
  maxTerms,
  type Place,
  type Sort,
  sortKeys,
  type Term,
  type When,
} from './filter.ts'

/** A refusal that points at its place in the query. */
export function invalidQuery(message: string, at: Place): { ok: false; error: Refusal } {
  return refuse('invalid_query', message, { at })
}

type Token = {
  readonly at: Place
  readonly negated: boolean
  readonly key: string | null
  readonly values: readonly Value[]
}
type Value = { readonly text: string; readonly quoted: boolean; readonly at: Place }
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
    case 'project': {
      const named = token.values.filter((value) => value.quoted || value.text.toLowerCase() !== 'none')
      return done({
        kind: key,
        values: named.map((value) => value.text),
        none: named.length < token.values.length,
      })
    }
    case 'author':
    case 'key':
      return done({ kind: key, values: texts })
    case 'priority': {
      const { comparison, rest } = compared(text)
      const value = priorities.find((candidate) => candidate === rest.toLowerCase())
      return value && single
        ? done({ kind: 'priority', comparison, value })
        : invalidQuery(`priority: takes one of ${listed(priorities)}, with <, <=, > or >= before it.`, at)
    }
    case 'created':
    case 'updated': {
      const { comparison, rest } = compared(text)
      const when = whenOf(rest)
      if (!when || !single) return invalidQuery(`${key}: takes ${whenHelp}.`, at)
      if (when.kind === 'age' && comparison === '=')
        return invalidQuery(`${key}: needs < or > before an age, like ${key}:<${rest}.`, at)
      return done({ kind: key, comparison, when })
    }
    case 'due': {
      const value = (['none', 'overdue'] as const).find((candidate) => candidate === text.toLowerCase())
      if (value && single) return done({ kind: 'due_is', value })
      const { comparison, rest } = compared(text)
      const when = whenOf(rest)
      if (!when || !single || (when.kind === 'age' && when.unit === 'h'))
        return invalidQuery(`due: takes none, overdue, a day like 2025-01-31 or a span ahead like <=3d.`, at)
      return done({ kind: 'due', comparison, when })
    }
    case 'comments': {
      const { comparison, rest } = compared(text)
      return /^\d{1,9}$/.test(rest) && single
        ? done({ kind: 'comments', comparison, count: Number(rest) })
        : invalidQuery('comments: takes a number, like comments:>5.', at)
    }
    default:
      return invalidQuery(
        `There is no filter "${key}:".${nearKeys(key)} There are ${filterKeys.map((known) => `${known}:`).join(' ')}. To search for the words, put them in quotes.`,
        {
          start: token.at.start,
          end: token.at.start + key.length + (token.negated ? 2 : 1),
        },
      )
  }
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
