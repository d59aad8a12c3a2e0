import { shownInstant } from '../time/instant.ts'

/** The start of a calendar day where this runs, in milliseconds. @param day `2025-01-31`. */
export const startOfDay = (day: string): number => new Date(`${day}T00:00:00`).getTime()

/** The calendar day of an instant where this runs, `2025-01-31`. */
export function dayOf(instant: number): string {
  const date = new Date(shownInstant(instant))
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part, at) => String(part).padStart(at === 0 ? 4 : 2, '0'))
    .join('-')
}
