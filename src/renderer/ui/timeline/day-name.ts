import { format, isSameYear, isToday, isYesterday } from 'date-fns'
import { shownInstant } from '#core/time/instant.ts'

/** The reader's calendar day of an instant, `2026-03-03`. */
export const shownDayOf = (instant: number): string => format(shownInstant(instant), 'yyyy-MM-dd')

/** A day as people say it: `Today`, `Yesterday`, `Tuesday, 3 March`, `Monday, 3 March 2025`. */
export function relativeDayName(day: string): string {
  const date = new Date(`${day}T00:00`)
  if (isToday(date)) return 'Today'
  if (isYesterday(date)) return 'Yesterday'
  return format(date, isSameYear(date, new Date()) ? 'EEEE, d MMMM' : 'EEEE, d MMMM yyyy')
}
