import { describe, expect, it } from 'vitest'
import { snoozeTimes } from './snooze-times.ts'

describe('snooze times', () => {
  it('are all ahead, on any day and at any hour', () => {
    for (let hour = 0; hour < 24 * 8; hour++) {
      const now = new Date(2026, 10, 16, hour, 59, 30).getTime()
      for (const { until } of snoozeTimes(now)) expect(until).toBeGreaterThan(now)
    }
  })

  it('name the day they say', () => {
    const saturday = new Date(2026, 10, 21, 14, 20).getTime()
    const times = new Map(snoozeTimes(saturday).map(({ name, until }) => [name, new Date(until)]))
    expect(times.get('In three hours')).toEqual(new Date(2026, 10, 21, 17))
    expect(times.get('Tomorrow at 9:00')).toEqual(new Date(2026, 10, 22, 9))
    expect(times.get('Next Monday at 9:00')).toEqual(new Date(2026, 10, 23, 9))
    const monday = new Date(2026, 10, 23, 8).getTime()
    expect(snoozeTimes(monday).find(({ name }) => name.startsWith('Next Monday'))?.until).toBe(
      new Date(2026, 10, 30, 9).getTime(),
    )
  })
})
