import { expect, it } from 'vitest'
import { shiftedDay } from '../rules/occasion.ts'
import { firstInstant, lastInstant } from '../time/instant.ts'
import { dayOf } from './local-days.ts'

it('every instant has a day that can be counted from, an absurd one too', () => {
  expect(dayOf(Date.UTC(2026, 10, 30, 12))).toBe('2026-11-30')
  for (const at of [firstInstant, lastInstant, 2 ** 53 - 1, -(2 ** 53 - 1), Number.NaN]) {
    expect(dayOf(at)).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(shiftedDay(dayOf(at), 1)).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  }
})
