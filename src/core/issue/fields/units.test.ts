import { describe, expect, it } from 'vitest'
import { command } from '../../commands.ts'
import { dueDate } from './due-date.ts'
import { estimate } from './estimate.ts'
import { isUnitOf, numberText, summedFields, unitOf, unitsOf } from './units.ts'

describe('a number with a unit', () => {
  it('is written with the unit that the workspace chose, or else the first', () => {
    expect(numberText(estimate, 3, {})).toBe('3 points')
    expect(numberText(estimate, 1, {})).toBe('1 point')
    expect(numberText(estimate, 1.5, { estimate: 'hours' })).toBe('1.5 h')
    expect(numberText(estimate, 12_000, { estimate: 'elephants' })).toBe('12,000 points')
    expect(unitOf(estimate, { estimate: 'hours' })?.name).toBe('hours')
    expect(unitsOf(dueDate)).toEqual([])
    expect(summedFields).toEqual([estimate])
  })

  it('takes a unit of its own alone', () => {
    expect(isUnitOf('estimate', 'hours')).toBe(true)
    expect(isUnitOf('estimate', 'days')).toBe(false)
    expect(isUnitOf('due_date', 'hours')).toBe(false)
    const choose = (field: string, unit: string) => command.safeParse({ type: 'choose_unit', field, unit })
    expect(choose('estimate', 'hours').success).toBe(true)
    expect(choose('estimate', 'days').error?.issues[0]?.message).toBe(
      'is not one that the field is counted in',
    )
  })

  it.each([
    [0, true],
    [0.25, true],
    [1_000_000, true],
    [-1, false],
    [0.125, false],
    [1_000_001, false],
    [null, true],
    ['3', false],
  ])('an estimate of %s may be set: %s', (value, allowed) => {
    const issueId = '01990000-0000-7000-8000-000000000001'
    expect(command.safeParse({ type: 'change_estimate', issueId, estimate: value }).success).toBe(allowed)
  })
})
