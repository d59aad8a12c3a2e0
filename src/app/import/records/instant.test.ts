import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDay, parseInstant } from './instant.ts'

const two = (n: number): string => String(Math.trunc(n)).padStart(2, '0')

/** The instant as a clock with that offset shows it. */
function written(at: number, offset: number, separator: string, nanos: string): string {
  const local = new Date(at + offset * 60_000).toISOString().slice(0, 19)
  const sign = offset < 0 ? '-' : '+'
  const zone = `${sign}${two(Math.abs(offset) / 60)}${separator}${two(Math.abs(offset) % 60)}`
  return `${local}.${nanos}${zone}`
}

describe('reading instants', () => {
  it('any instant in any zone is read to the millisecond, with or without a colon, whatever its fraction', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_102_444_800_000 }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        fc.constantFrom('', ':'),
        fc.stringMatching(/^\d{0,6}$/),
        (at, offset, separator, more) => {
          const millis = String(at % 1000).padStart(3, '0')
          expect(parseInstant(written(at, offset, separator, millis + more))).toBe(at)
        },
      ),
    )
  })

  it('never throws, and answers with a whole millisecond since 1970 or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.anything()), (value) => {
        const at = parseInstant(value)
        expect(at === null || (Number.isInteger(at) && at >= 0)).toBe(true)
      }),
    )
  })

  it.each([
    ['2015-09-30T20:08:25.000+0000', Date.UTC(2015, 8, 30, 20, 8, 25)],
    ['2025-12-14T10:33:59.293904612-07:00', Date.UTC(2025, 11, 14, 17, 33, 59, 293)],
    ['2026-02-27T22:59:07Z', Date.UTC(2026, 1, 27, 22, 59, 7)],
    ['2026-02-27 22:59', Date.UTC(2026, 1, 27, 22, 59)],
    ['2026-02-27', Date.UTC(2026, 1, 27)],
    ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
    ['2026-02-27T22:59:07+05', Date.UTC(2026, 1, 27, 17, 59, 7)],
    [1_700_000_000, 1_700_000_000_000],
    [1_700_000_000_123.9, 1_700_000_000_123],
  ])('%s is read', (text, at) => {
    expect(parseInstant(text)).toBe(at)
  })

  it.each([
    '0001-01-01T00:00:00Z',
    '2026-02-31T00:00:00Z',
    '2026-13-01',
    '2026-01-01T25:00:00Z',
    '2026-01-01T10:00:00+99:00',
    'yesterday',
    '',
    null,
    undefined,
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
  ])('%s is no instant', (value) => {
    expect(parseInstant(value)).toBeNull()
  })

  it('a day is read from a day or an instant, as it is written', () => {
    expect(parseDay('2026-11-30')).toBe('2026-11-30')
    expect(parseDay('2026-11-30T23:00:00.000-0700')).toBe('2026-11-30')
    expect(parseDay('2026-02-30')).toBeNull()
    expect(parseDay('2026-11-305')).toBeNull()
  })
})
