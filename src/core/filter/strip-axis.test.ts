import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstDayOf, lastDayOf } from './calendar-time.ts'
import { startOfDay } from './local-days.ts'
import { bucketAt, type StripAxis, type StripGrain, stripAxis } from './strip-axis.ts'

const day = 86_400_000
const axisOf = (at: readonly number[], grain: StripGrain = 'day'): StripAxis =>
  stripAxis({ at: at.toSorted((a, b) => a - b), count: at.map(() => 1) }, grain)
const on = (text: string): number => startOfDay(text) + 12 * 3_600_000
const spread = (from: string, to: string, count: number): number[] =>
  Array.from({ length: count }, (_, n) => on(from) + ((on(to) - on(from)) * n) / (count - 1))

describe('the axis of a history strip', () => {
  it('has a place for everything that happened, and says by the calendar what each bar stands for', () => {
    const instant = fc.oneof(
      fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2027, 0, 1) }),
      fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 0, 9) }),
      fc.integer({ min: Date.UTC(1, 0, 3), max: Date.UTC(9999, 11, 29) }),
    )
    fc.assert(
      fc.property(fc.array(instant, { minLength: 1, maxLength: 60 }), (at) => {
        const { buckets, earlier, later } = axisOf(at)
        expect(buckets.length).toBeLessThanOrEqual(134)
        for (const [place, { from, to, when }] of buckets.entries()) {
          expect(to).toBeGreaterThan(from)
          if (place > 0) expect(from).toBe(buckets[place - 1]?.to)
          const [first = '', last = first] = when.split('..')
          expect(startOfDay(firstDayOf(first))).toBe(from)
          expect(startOfDay(lastDayOf(last))).toBeLessThan(to)
        }
        for (const one of at) {
          const place = bucketAt(buckets, one)
          if (place === -1) expect(earlier).not.toBeNull()
          else if (place === buckets.length) expect(later).not.toBeNull()
          else {
            expect(one).toBeGreaterThanOrEqual(buckets[place]?.from ?? 0)
            expect(one).toBeLessThan(buckets[place]?.to ?? 0)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    [3, 'day'],
    [100, 'day'],
    [400, 'week'],
    [3_600, 'month'],
    [9_000, 'three months'],
    [30_000, 'year'],
  ] as const)('of %i days has bars of a %s', (days, unit) => {
    const { buckets, earlier, later } = axisOf(
      spread('2014-11-03', new Date(Date.UTC(2014, 10, 3) + days * day).toISOString().slice(0, 10), 200),
    )
    const length = (buckets[1]?.to ?? 0) - (buckets[1]?.from ?? 0)
    const expected = { day: 1, week: 7, month: 30, 'three months': 91, year: 365 }[unit]
    expect(Math.abs(length / day - expected)).toBeLessThan(3)
    expect([earlier, later]).toEqual([null, null])
    expect(buckets.length).toBeGreaterThanOrEqual(14)
  })

  it('is not squeezed by one event that lies far off, on either side: that has a bar of its own', () => {
    const decade = spread('2010-03-01', '2019-11-20', 120)
    const plain = axisOf(decade)
    expect(plain.buckets[0]?.when).toBe('2010-03')
    const early = axisOf([on('1970-01-02'), ...decade])
    expect(early.buckets).toEqual(plain.buckets)
    expect(early.earlier).toMatchObject({ when: '<2010-03', to: plain.buckets[0]?.from })
    expect(early.later).toBeNull()
    const both = axisOf([on('1970-01-02'), ...decade, on('2099-01-01')])
    expect(both.buckets).toEqual(plain.buckets)
    expect(both.later).toMatchObject({ when: '>2019-11', from: plain.buckets.at(-1)?.to })
    expect(bucketAt(both.buckets, on('2099-01-01'))).toBe(both.buckets.length)
    expect(bucketAt(both.buckets, on('1970-01-02'))).toBe(-1)
  })

  it('leaves nothing aside of a few events, or where that would not make its bars finer', () => {
    expect(axisOf([on('1999-05-05'), on('2014-11-03'), on('2014-11-04')]).earlier).toBeNull()
    const near = axisOf([on('2014-11-01'), ...spread('2014-11-20', '2014-11-30', 100)])
    expect([near.earlier, near.buckets[0]?.when]).toEqual([null, '2014-11-01'])
    // A twelfth of all is no exception.
    expect(
      axisOf([...spread('1999-01-01', '1999-02-01', 10), ...spread('2014-01-01', '2014-12-01', 110)]).earlier,
    ).toBeNull()
  })

  it('of much that happened at one time is made at once', { timeout: 5_000 }, () => {
    const at = on('2026-11-30')
    for (const count of [
      [1, 160],
      [160, 1, 8],
      [20, 20],
    ])
      for (const grain of ['minute', 'hour', 'day'] as const)
        expect(stripAxis({ at: count.map(() => at), count }, grain)).toMatchObject({
          earlier: null,
          later: null,
        })
  })

  it('of nothing is nothing', () => {
    expect(axisOf([])).toEqual({ buckets: [], earlier: null, later: null })
  })
})
