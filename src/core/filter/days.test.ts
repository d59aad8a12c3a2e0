import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noEntities } from '../entities/kinds/entities.ts'
import { initialFieldValues } from '../issue/fields/fields.ts'
import { defaultWorkflow } from '../workflow/workflow.ts'
import { comparisons } from './filter.ts'
import { type Matchable, matches } from './match-filter.ts'
import { parseFilter } from './parse-filter.ts'
import { type FilterContext, resolveFilter } from './resolve-filter.ts'

const now = Date.UTC(2026, 5, 15, 12)
const context: FilterContext = {
  me: 'me-id',
  ...noEntities,
  workflow: defaultWorkflow,
  findIssue: () => undefined,
  now,
  startOfDay: (of) => Date.parse(`${of}T00:00:00Z`),
  dayOf: (at) => new Date(at).toISOString().slice(0, 10),
}
const today = '2026-06-15'

const issue: Matchable = {
  id: 'id',
  status: 'open',
  open: true,
  archived: false,
  ...initialFieldValues,
  authorId: null,
  assignees: [],
  labels: [],
  comments: 0,
  isActive: () => true,
  createdAt: now,
  updatedAt: now,
  texts: [],
}
function finds(query: string, more: Partial<Matchable>): boolean {
  const read = parseFilter(query)
  const resolved = read.ok ? resolveFilter(read.value, context) : read
  if (!resolved.ok) throw new Error(resolved.error.message)
  return matches(resolved.value, { ...issue, ...more })
}

const compare = {
  '=': (a: number, b: number) => a === b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
}
const comparison = fc.constantFrom(...comparisons)
const anyDay = fc.oneof(
  fc.constantFrom('0000-01-01', '0000-01-02', '9999-12-30', '9999-12-31', '2024-02-29', today),
  fc
    .date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString().slice(0, 10)),
)
const sign = (of: (typeof comparisons)[number]) => (of === '=' ? '' : of)

describe('days and ages in a query', () => {
  it('a due date is compared with a day as days are, from the first that can be written to the last', () => {
    fc.assert(
      fc.property(comparison, anyDay, anyDay, (how, asked, due) => {
        expect(finds(`due:${sign(how)}${asked}`, { dueDate: due })).toBe(
          compare[how](Date.parse(due), Date.parse(asked)),
        )
      }),
    )
  })

  it('so is the time of writing, as a whole day where no sign stands before it', () => {
    fc.assert(
      fc.property(comparison, anyDay, fc.nat(86_399_999), anyDay, (how, asked, inDay, written) => {
        fc.pre(written >= '1970-01-01')
        const createdAt = Date.parse(written) + inDay
        expect(finds(`created:${sign(how)}${asked}`, { createdAt })).toBe(
          compare[how](Date.parse(written), Date.parse(asked)),
        )
      }),
    )
  })

  it('a span ahead of any length begins today and ends with its last day', () => {
    fc.assert(
      fc.property(
        fc.nat(9_999),
        fc.constantFrom(['d', 1] as const, ['w', 7] as const, ['m', 30] as const, ['y', 365] as const),
        anyDay,
        (count, [unit, length], due) => {
          const ahead = (Date.parse(due) - Date.parse(today)) / 86_400_000
          expect(finds(`due:<=${count}${unit}`, { dueDate: due })).toBe(ahead >= 0 && ahead <= count * length)
          expect(finds(`due:>${count}${unit}`, { dueDate: due })).toBe(ahead > count * length)
        },
      ),
    )
  })

  it.each([
    ['updated:<7d', now - 6 * 86_400_000, true],
    ['updated:<7d', now - 8 * 86_400_000, false],
    ['updated:>7d', now - 8 * 86_400_000, true],
    ['updated:>12h', now - 11 * 3_600_000, false],
    ['updated:<9999y', 0, true],
  ])('%s of a change at %d: %s', (query, updatedAt, found) => {
    expect(finds(query, { updatedAt })).toBe(found)
  })

  it('an issue without a due date is found by due:none and -due:… alone', () => {
    expect(
      ['due:none', '-due:2026-01-01', 'due:>2026-01-01', 'due:<9999y', 'due:overdue'].map((query) =>
        finds(query, {}),
      ),
    ).toEqual([true, true, false, false, false])
  })
})
