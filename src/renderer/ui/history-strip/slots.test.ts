import { expect, it } from 'vitest'
import type { StripBucket } from '#contract/answers/answers.ts'
import { slotAt, slotsOf, spansOf } from './slots.ts'

const bucket = (from: number): StripBucket => ({
  created: 1,
  moved: 0,
  talked: 0,
  changed: 0,
  automated: 0,
  from,
  to: from + 1,
  when: '2014',
})

it.each([40, 132])(
  '%i bars stand beside each other, and what lies apart beyond a break in the axis',
  (count) => {
    for (const width of [320, 1_100]) {
      const strip = {
        buckets: Array.from({ length: count }, (_, n) => bucket(n)),
        earlier: bucket(-1),
        later: bucket(count),
        chosen: null,
      }
      const slots = slotsOf(strip, width)
      expect(slots.map(({ bucket: { from } }) => from)).toEqual(
        Array.from({ length: count + 2 }, (_, n) => n - 1),
      )
      for (const [at, { left, right, bar }] of slots.entries()) {
        if (at > 0) expect(left).toBeCloseTo(slots[at - 1]?.right ?? 0)
        expect(bar.width).toBeGreaterThanOrEqual(1)
        expect(bar.x).toBeGreaterThanOrEqual(0)
        expect(bar.x + bar.width).toBeLessThanOrEqual(width)
        expect(slotAt(slots, (left + right) / 2)).toBe(at)
      }
      const [before, axis, after] = spansOf(slots)
      expect(axis && before && axis.left - before.right).toBeGreaterThan(5)
      expect(axis && after && after.left - axis.right).toBeGreaterThan(5)
    }
  },
)

it('without anything there is no place and no line', () => {
  const nothing = { buckets: [], earlier: null, later: null, chosen: null }
  expect(slotsOf(nothing, 500)).toEqual([])
  expect(spansOf([])).toEqual([])
})
