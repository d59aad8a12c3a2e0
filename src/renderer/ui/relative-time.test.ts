import { expect, it } from 'vitest'
import { bucketName, endName } from './history-strip/bucket-name.ts'
import { agoText, exactTime, shortTime } from './relative-time.tsx'
import { relativeDayName, shownDayOf } from './timeline/day-name.ts'

const absurd = [2 ** 53 - 1, -(2 ** 53 - 1), 8.64e15, Number.NaN, Number.POSITIVE_INFINITY]

it.each(absurd)('an event that says that it happened at %d is shown like any other', (at) => {
  for (const say of [shortTime, agoText, exactTime]) expect(say(at)).toMatch(/\d/)
  expect(relativeDayName(shownDayOf(at))).toMatch(/\d/)
  expect(bucketName(at, at + 3_600_000)).toMatch(/\d/)
  expect(endName(at, 1)).toMatch(/\d/)
})
