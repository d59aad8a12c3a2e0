import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noEntities } from '../entities/kinds/entities.ts'
import { defaultWorkflow } from '../workflow/workflow.ts'
import { type Filterable, filterables } from './compared.ts'
import { ageUnits, type Condition, comparisons, type Filter, isValues, sortKeys } from './filter.ts'
import { parseFilter } from './parse-filter.ts'
import { printFilter } from './print-filter.ts'
import { type FilterContext, resolveFilter } from './resolve-filter.ts'

const name = fc.oneof(
  fc.constantFrom(
    'bug',
    'good first',
    'say "hi"',
    'a,b',
    'x:y',
    'ünïcödé',
    '日本',
    'back\\slash',
    '-dash',
    '@me',
    'none',
    'None',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
)
const names = fc.array(name, { minLength: 1, maxLength: 3 })
const comparison = fc.constantFrom(...comparisons)
const age = fc.record({
  kind: fc.constant('age' as const),
  count: fc.nat(9_999),
  unit: fc.constantFrom(...ageUnits),
})
const day = fc.record({
  kind: fc.constant('day' as const),
  day: fc.constantFrom('2024-02-29', '2026-12-31', '2025-01-01'),
})

/** Every condition on what is compared as its kind of operand is. */
function compares({ key, kind }: Filterable): fc.Arbitrary<Condition> {
  const of = fc.constant(key as never)
  switch (kind.operand) {
    case 'reference':
      return fc
        .record({
          kind: fc.constant('reference' as const),
          of,
          values: fc.array(name, { maxLength: 3 }),
          none: fc.boolean(),
        })
        .filter(({ values, none }) => none || values.length > 0)
    case 'rank':
      return fc.record({
        kind: fc.constant('rank' as const),
        of,
        comparison,
        value: fc.constantFrom(...kind.values),
      })
    case 'instant':
      return fc.oneof(
        fc.record({ kind: fc.constant('instant' as const), of, comparison, when: day }),
        fc.record({
          kind: fc.constant('instant' as const),
          of,
          comparison: fc.constantFrom('<' as const, '>=' as const),
          when: age,
        }),
      )
    case 'day':
      return fc.oneof(
        fc.record({
          kind: fc.constant('day' as const),
          of,
          comparison,
          when: fc.oneof(
            day,
            age.filter((one) => one.unit !== 'h'),
          ),
        }),
        fc.record({ kind: fc.constant('unset' as const), of }),
        fc.record({ kind: fc.constant('overdue' as const), of }),
      )
    case 'number': {
      const { least, most, decimals } = kind
      const scale = 10 ** decimals
      const value = fc
        .integer({ min: least * scale, max: Math.min(most, 99_999) * scale })
        .map((scaled) => scaled / scale)
      const number = fc.record({ kind: fc.constant('number' as const), of, comparison, value })
      const unset: fc.Arbitrary<Condition> = fc.record({ kind: fc.constant('unset' as const), of })
      return (kind.nullable as boolean) ? fc.oneof(number, unset) : number
    }
  }
}

const calendarTime = fc
  .constantFrom('2014', '2014-11', '2014-11-03', '2015-02', '2024-02-29', '0001', '9999-12')
  .map((time) => ({ kind: 'time' as const, from: time, to: time }))

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('is' as const), value: fc.constantFrom(...isValues) }),
  fc.record({
    kind: fc.constantFrom('status' as const, 'author' as const, 'key' as const),
    values: names,
  }),
  fc
    .record({
      kind: fc.constantFrom('assignee' as const, 'label' as const),
      values: fc.array(name, { maxLength: 3 }),
      none: fc.boolean(),
    })
    .filter(({ values, none }) => none || values.length > 0),
  ...filterables.map(compares),
  fc.record({ kind: fc.constant('active' as const), comparison, when: calendarTime }),
  fc.record({
    kind: fc.constant('active' as const),
    comparison: fc.constant('=' as const),
    when: fc.tuple(calendarTime, calendarTime).map(([{ from }, { from: to }]) => ({
      kind: 'time' as const,
      ...(from < to ? { from, to } : { from: to, to: from }),
    })),
  }),
  fc.record({
    kind: fc.constant('active' as const),
    comparison: fc.constantFrom('<' as const, '>=' as const),
    when: age,
  }),
  fc.record({ kind: fc.constant('text' as const), text: name, exact: fc.constant(true) }),
  fc.record({
    kind: fc.constant('text' as const),
    text: fc.stringMatching(/^[a-z]{1,12}$/),
    exact: fc.constant(false),
  }),
)
const filter: fc.Arbitrary<Filter> = fc.record({
  terms: fc.array(fc.record({ condition, negated: fc.boolean(), at: fc.constant({ start: 0, end: 0 }) }), {
    maxLength: 6,
  }),
  sort: fc.option(fc.record({ key: fc.constantFrom(...sortKeys), descending: fc.boolean() })),
})
const withoutPlaces = ({ terms, sort }: Filter) => ({
  terms: terms.map(({ condition: what, negated }) => ({ what, negated })),
  sort,
})

describe('the filter language', () => {
  it('a filter that is written is read as the same filter', () => {
    fc.assert(
      fc.property(filter, (one) => {
        const read = parseFilter(printFilter(one))
        expect(read.ok ? withoutPlaces(read.value) : read.error).toEqual(withoutPlaces(one))
      }),
      { numRuns: 500 },
    )
  })

  it('any text is read or refused, never thrown at; a refusal points inside the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.stringMatching(/^[-":,<>=a-z0-9@ ]{0,40}$/),
        ),
        (text) => {
          const read = parseFilter(text)
          if (read.ok) return
          const at = read.error.details?.at as { start: number; end: number } | undefined
          const { start, end } = at ?? { start: -1, end: -1 }
          expect(read.error.code).toBe('invalid_query')
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeLessThanOrEqual(text.length)
          expect(end).toBeGreaterThanOrEqual(start)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('what any accepted text means is kept when it is written out and read again', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 40 }),
          fc.stringMatching(/^[-":,\\\\<>=a-c1@ ]{0,30}$/),
          fc
            .array(
              fc.constantFrom(
                '-',
                '"',
                'label:',
                'assignee:',
                ',',
                '\\',
                'a',
                ' ',
                'is:open',
                ':',
                'sort:due',
              ),
              { maxLength: 12 },
            )
            .map((parts) => parts.join('')),
        ),
        (text) => {
          const first = parseFilter(text)
          if (!first.ok) return
          const again = parseFilter(printFilter(first.value))
          expect(again.ok ? withoutPlaces(again.value) : again.error).toEqual(withoutPlaces(first.value))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('each term knows its place in the text', () => {
    fc.assert(
      fc.property(filter, (one) => {
        const text = printFilter({ ...one, sort: null })
        const read = parseFilter(text)
        const places = read.ok ? read.value.terms.map((term) => text.slice(term.at.start, term.at.end)) : []
        expect(places.join(' ')).toBe(text)
      }),
    )
  })

  it('two hundred terms are read, one more is refused where it stands', () => {
    expect(parseFilter('a '.repeat(200)).ok).toBe(true)
    expect(parseFilter('a '.repeat(201))).toMatchObject({
      ok: false,
      error: { code: 'invalid_query', details: { at: { start: 400 } } },
    })
  })

  it.each([
    ['is:open colour:red', 'colour:', 'There is no filter "colour:"'],
    ['is:maybe', 'maybe', 'is: takes one of open, closed, archived, all'],
    ['crash label:"good first', '"good first', 'This quote is never closed'],
    ['priority:>=huge', '>=huge', 'priority: takes one of none, low, medium, high, urgent'],
    ['updated:7d', '7d', 'needs < or > before an age'],
    ['created:2025-02-30', '2025-02-30', 'created: takes a day'],
    ['due:soon', 'soon', 'due: takes none, overdue'],
    ['active:soon', 'soon', 'active: takes a year, a month or a day'],
    ['active:2014-13', '2014-13', 'active: takes'],
    ['active:2015-02..2014-11', '2015-02..2014-11', 'active: takes'],
    ['active:>2014..2015', '>2014..2015', 'active: takes'],
    ['active:7d', '7d', 'active: takes'],
    ['active:2014,2015', '2014', 'active: takes'],
    ['comments:many', 'many', 'comments: takes a number'],
    ['sort:size', 'size', 'sort: takes one of'],
    ['sort:due sort:title', 'sort:title', 'one way only'],
    ['label: x', 'label:', 'label: needs a value'],
    ['-is:', '-is:', 'is: needs a value'],
  ])('"%s" is refused at "%s"', (text, place, sentence) => {
    const read = parseFilter(text)
    expect(read).toMatchObject({
      ok: false,
      error: { code: 'invalid_query', message: expect.stringContaining(sentence) },
    })
    const at = (read.ok ? { start: 0, end: 0 } : read.error.details?.at) as { start: number; end: number }
    expect(text.slice(at.start, at.end)).toBe(place)
  })

  it('free words, quoted words, negation and lists are told apart', () => {
    const read = parseFilter('crash -slow "exact words" label:a,"b c" -assignee:none')
    expect(read.ok && read.value.terms.map((term) => [term.negated, term.condition])).toEqual([
      [false, { kind: 'text', text: 'crash', exact: false }],
      [true, { kind: 'text', text: 'slow', exact: false }],
      [false, { kind: 'text', text: 'exact words', exact: true }],
      [false, { kind: 'label', values: ['a', 'b c'], none: false }],
      [true, { kind: 'assignee', values: [], none: true }],
    ])
  })
})

describe('names in a query', () => {
  const context: FilterContext = {
    me: 'me-id',
    ...noEntities,
    members: [{ id: 'ada-id', name: 'Ada Lovelace', handle: 'ada' }],
    labels: [
      { id: 'bug-id', name: 'Bug' },
      { id: 'ui-id', name: 'interface' },
      { id: 'none-id', name: 'None' },
      { id: 'cafe-id', name: 'Cafe\u0301' },
      { id: 'cafe-too', name: 'caf\u00e9' },
    ],
    projects: [{ id: 'site-id', name: 'Web site' }],
    workflow: defaultWorkflow,
    findIssue: (key) => (key === 'DOC-1' ? 'issue-id' : undefined),
    now: Date.UTC(2026, 5, 15, 12),
    startOfDay: (of) => Date.parse(`${of}T00:00:00Z`),
    dayOf: (at) => new Date(at).toISOString().slice(0, 10),
  }
  const resolve = (text: string) => {
    const read = parseFilter(text)
    return read.ok ? resolveFilter(read.value, context) : read
  }

  it.each([
    ['assignee:@me', { kind: 'assignee', members: ['me-id'], none: false }],
    ['assignee:ADA,none', { kind: 'assignee', members: ['ada-id'], none: true }],
    ['author:"ada lovelace"', { kind: 'author', members: ['ada-id'] }],
    ['label:none', { kind: 'label', labels: [], none: true }],
    ['label:"none",bug', { kind: 'label', labels: ['none-id', 'bug-id'], none: false }],
    ['label:CAF\u00c9', { kind: 'label', labels: ['cafe-id', 'cafe-too'], none: false }],
    ['label:BUG', { kind: 'label', labels: ['bug-id'], none: false }],
    ['project:"web site",none', { kind: 'reference', of: 'project', ids: ['site-id'], none: true }],
    ['status:"In progress"', { kind: 'status', statuses: ['in_progress'] }],
    ['status:in-progress', { kind: 'status', statuses: ['in_progress'] }],
    ['key:DOC-1', { kind: 'key', issues: ['issue-id'] }],
    [
      'updated:<7d',
      { kind: 'instant', of: 'updatedAt', from: Date.UTC(2026, 5, 8, 12), to: Number.MAX_SAFE_INTEGER },
    ],
    [
      'created:2026-06-01',
      { kind: 'instant', of: 'createdAt', from: Date.UTC(2026, 5, 1), to: Date.UTC(2026, 5, 2) },
    ],
    ['active:2014-11', { from: Date.UTC(2014, 10, 1), to: Date.UTC(2014, 11, 1) }],
    ['active:2014', { from: Date.UTC(2014, 0, 1), to: Date.UTC(2015, 0, 1) }],
    ['active:2014-11..2015-02', { from: Date.UTC(2014, 10, 1), to: Date.UTC(2015, 2, 1) }],
    ['active:>=2014-11', { from: Date.UTC(2014, 10, 1), to: Number.MAX_SAFE_INTEGER }],
    ['active:>2014-11', { from: Date.UTC(2014, 11, 1), to: Number.MAX_SAFE_INTEGER }],
    ['active:<2014', { from: Number.MIN_SAFE_INTEGER, to: Date.UTC(2014, 0, 1) }],
    ['active:<=2014-02', { from: Number.MIN_SAFE_INTEGER, to: Date.UTC(2014, 2, 1) }],
    ['active:<7d', { from: Date.UTC(2026, 5, 8, 12), to: Number.MAX_SAFE_INTEGER, moves: true }],
    ['due:<=3d', { kind: 'day', of: 'dueDate', from: '2026-06-15', to: '2026-06-18' }],
    ['due:overdue', { kind: 'overdue', of: 'dueDate', before: '2026-06-15' }],
  ])('%s is looked up', (text, expected) => {
    const resolved = resolve(text)
    expect(resolved.ok && resolved.value.terms[0]?.condition).toMatchObject(expected)
  })

  it.each([
    ['label:bugs', 'There is no label "bugs". Did you mean Bug?'],
    ['project:web', 'There is no project "web". Did you mean Web site?'],
    ['assignee:adaa', 'Nobody here is called "adaa". Did you mean ada?'],
    ['status:done', 'There is no status "done". There are open, in_progress, resolved, closed.'],
    ['key:DOC-9', 'There is no issue DOC-9.'],
    ['project:"none"', 'There is no project "none".'],
    ['label:bgu', 'There is no label "bgu". Did you mean Bug?'],
    ['project:stie', 'There is no project "stie". Did you mean Web site?'],
    ['label:zebra', 'There is no label "zebra".'],
    [
      'label:bug %',
      'There is no word to look for in "%": letters, digits and emoji are found, other signs are not.',
    ],
  ])('%s is refused with what is near', (text, message) => {
    expect(resolve(text)).toMatchObject({ ok: false, error: { code: 'invalid_query', message } })
  })

  it('archived issues are left out unless they are asked for', () => {
    const archived = (text: string) => {
      const resolved = resolve(text)
      return resolved.ok && resolved.value.archived
    }
    expect(['', 'is:open', 'is:closed'].map(archived)).toEqual(['without', 'without', 'without'])
    expect(['is:archived', 'is:all', '-is:archived', 'key:DOC-1'].map(archived)).toEqual([
      'with',
      'with',
      'with',
      'with',
    ])
  })
})
