import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fitted, type TableColumn, table, widthOf } from './table.ts'

it.each([
  ['plain', 5],
  ['日本語', 6],
  ['ﾊﾝｶｸ', 4],
  ['한국어', 6],
  ['e\u0301tude', 5],
  ['👩‍👩‍👧', 2],
  ['🚀 go', 5],
  ['a\u200bb', 2],
])('%s takes %i cells', (text, cells) => {
  expect(widthOf(text)).toBe(cells)
})

it('a text that is fitted takes exactly the cells that it is given', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.oneof(fc.constantFrom('a', '日', '🚀', 'é', ' '), fc.string({ maxLength: 1 })) }),
      fc.integer({ min: 2, max: 60 }),
      (text, width) => {
        expect(widthOf(fitted(text, width))).toBe(width)
      },
    ),
  )
})

const columns: readonly TableColumn[] = [
  { head: 'KEY' },
  { head: 'TITLE', grows: true },
  { head: 'LABELS', most: 10, spare: 1 },
  { head: 'UPDATED', spare: 2 },
]
const rows = [['DOC-1', 'A title of some length, to be cut', 'bug, ui, performance', '2026-01-01']]

it.each([
  [120, ['KEY', 'TITLE', 'LABELS', 'UPDATED'], true],
  [50, ['KEY', 'TITLE', 'LABELS'], false],
  [36, ['KEY', 'TITLE'], false],
])('a table on %i cells shows %j', (width, heads, whole) => {
  const lines = table(columns, rows, width).split('\n')
  expect(lines[0]?.split(/ +/)).toEqual(heads)
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
  expect(lines[1]?.includes('to be cut')).toBe(whole)
})

it('without a terminal nothing is cut', () => {
  expect(table(columns, rows, Number.POSITIVE_INFINITY)).toContain('bug, ui, performance')
})
