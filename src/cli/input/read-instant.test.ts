import { expect, it } from 'vitest'
import { UsageError } from '../output/output.ts'
import { readInstant } from './read-instant.ts'

const now = Date.UTC(2026, 5, 15, 12)
const day = 86_400_000

it.each([
  ['3d', now - 3 * day],
  ['3d ago', now - 3 * day],
  ['2 weeks ago', now - 14 * day],
  ['1 Month ago', now - 30 * day],
  ['1y', now - 365 * day],
  ['90 min', now - 90 * 60_000],
  ['5h ago', now - 5 * 3_600_000],
  ['now', now],
  ['2026-03-01T14:20Z', Date.UTC(2026, 2, 1, 14, 20)],
  ['2026-03-01T14:20:05.250+0100', Date.UTC(2026, 2, 1, 13, 20, 5, 250)],
  ['2026-03-01 14:20:05-05:30', Date.UTC(2026, 2, 1, 19, 50, 5)],
  ['2026-03-01T14:20+02', Date.UTC(2026, 2, 1, 12, 20)],
  ['2026-03-01T14:20', new Date(2026, 2, 1, 14, 20).getTime()],
  ['2024-02-29', new Date(2024, 1, 29, 23, 59, 59, 999).getTime()],
])('%s is read', (text, instant) => {
  expect(readInstant(text, now)).toBe(instant)
})

it.each([
  '2026-02-30',
  '2026-02-29T10:00',
  '2026-13-01',
  '2026-03-01T25:00',
  '1/2/2026',
  'yesterdayish',
  '3 parsecs ago',
  '-3d',
  '',
])('%s is no time, and is not taken for another one', (text) => {
  expect(() => readInstant(text, now)).toThrow(UsageError)
})
