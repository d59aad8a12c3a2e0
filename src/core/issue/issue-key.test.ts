import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hlcMillis, nextHlc, totalOrder } from '../events/event-order.ts'
import { body, cleanBody, cleanLine, line, utf8Length } from '../text/text.ts'
import { issueKey, parseKey } from './issue-key.ts'

const id = '01890000-0000-7000-8000-00000000b4f7'

it('a key that was shown is read back as the same number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), (number) => {
      expect(parseKey(issueKey('DOC', { id, number }), 'DOC')).toEqual({
        kind: 'number',
        prefix: 'DOC',
        number,
      })
    }),
  )
})

it.each([
  ['doc-42', { kind: 'number', prefix: 'DOC', number: 42 }],
  ['42', { kind: 'number', prefix: 'DOC', number: 42 }],
  ['#42', { kind: 'number', prefix: 'DOC', number: 42 }],
  ['DOC-~B4F7', { kind: 'provisional', prefix: 'DOC', part: 'B4F7' }],
  ['ALOY-1210', { kind: 'external', key: 'ALOY-1210' }],
  [id, { kind: 'id', id }],
])('%s is understood', (text, expected) => {
  expect(parseKey(text, 'DOC')).toEqual(expected)
})

it('an issue without a number is called by its id’s end', () => {
  expect(issueKey('DOC', { id, number: null })).toBe('DOC-~B4F7')
})

it('the hybrid clock always goes on, and never lags behind the wall clock', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { maxLength: 50 }), (walls) => {
      let last = 0
      for (const wall of walls) {
        const next = nextHlc(last, wall)
        expect(next).toBeGreaterThan(last)
        expect(hlcMillis(next)).toBeGreaterThanOrEqual(wall)
        expect(Number.isSafeInteger(next)).toBe(true)
        last = next
      }
    }),
  )
})

it('the total order is total: antisymmetric and free of ties between different events', () => {
  const placed = fc.record({
    hlc: fc.nat(3),
    replicaId: fc.constantFrom('a', 'b'),
    replicaSeq: fc.nat(3),
    id: fc.constantFrom('x', 'y'),
  })
  fc.assert(
    fc.property(placed, placed, (a, b) => {
      expect(Math.sign(totalOrder(a, b))).toBe(-Math.sign(totalOrder(b, a)) + 0)
      if (totalOrder(a, b) === 0) expect(a).toEqual(b)
    }),
  )
})

it('cleaned text always passes where text is checked', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 800 }), (text) => {
      expect(body.safeParse(cleanBody(text)).success).toBe(true)
      const cleaned = cleanLine(text)
      if (cleaned) expect(line.safeParse(cleaned).success).toBe(true)
    }),
  )
})

it('lengths in bytes are those of UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text.toWellFormed()))
    }),
  )
})
