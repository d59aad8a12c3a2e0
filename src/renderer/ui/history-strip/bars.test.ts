import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countsOf, nextWithEvents, piecesOf, totalOf } from './bars.ts'

const none = { created: 0, moved: 0, talked: 0, changed: 0, automated: 0 }
const count = fc.nat(10_000)
const bucket = fc.record({ created: count, moved: count, talked: count, changed: count, automated: count })

describe('the bars of a history strip', () => {
  it('stay inside of the band, and every bucket with events has one that can be seen', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(bucket, fc.constant(none)), { maxLength: 40 }), (buckets) => {
        const pieces = piecesOf(buckets)
        buckets.forEach((each, index) => {
          const own = pieces.filter((piece) => piece.bucket === index)
          const top = own.reduce((sum, piece) => sum + piece.height, 0)
          expect(top).toBeLessThanOrEqual(1.000001)
          if (totalOf(each) > 0) expect(top).toBeGreaterThanOrEqual(0.139)
          else expect(own).toEqual([])
        })
      }),
    )
  })

  it('say their counts in words', () => {
    expect(countsOf({ ...none, moved: 2, talked: 1 })).toBe('2 moved, 1 talked')
    expect(countsOf(none)).toBe('nothing')
  })

  it('are walked from one with events to the next', () => {
    const buckets = [none, { ...none, moved: 1 }, none, none, { ...none, talked: 1 }]
    expect(nextWithEvents(buckets, 1, 1)).toBe(4)
    expect(nextWithEvents(buckets, 4, -1)).toBe(1)
    expect(nextWithEvents(buckets, 4, 1)).toBe(4)
  })
})
