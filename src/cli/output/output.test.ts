import { expect, it } from 'vitest'
import { dayText, printedInstant } from './output.ts'

it('whatever instant is stored can be shown', () => {
  expect(printedInstant(Date.UTC(2026, 10, 30))).toBe('2026-11-30T00:00:00.000Z')
  expect(dayText(2 ** 53 - 1)).toBe('9999-12-30')
  expect(dayText(-(2 ** 53 - 1))).toBe('0001-01-02')
  expect(printedInstant(Number.NaN)).toBe('0001-01-02T00:00:00.000Z')
})
