import { format as formatDate, isSameDay, isSameYear } from 'date-fns'
import { shownInstant } from '#core/time/instant.ts'

const day = 86_400_000
const format = (instant: number, as: string): string => formatDate(shownInstant(instant), as)

/** A stretch of time as people say it: `3 March 2026, 14:00–15:00`, `3–9 March 2026`, `March 2024 – May 2024`. */
export function bucketName(from: number, to: number): string {
  // The end is not part of it: a bucket up to midnight ends the day before.
  const last = to - 1
  if (to - from < day) {
    if (isSameDay(from, last)) return `${format(from, 'd MMMM yyyy, HH:mm')}–${format(to, 'HH:mm')}`
    return `${format(from, 'd MMM yyyy, HH:mm')} – ${format(to, 'd MMM, HH:mm')}`
  }
  if (isSameDay(from, last)) return format(from, 'd MMMM yyyy')
  return `${format(from, 'd MMM yyyy')} – ${format(last, 'd MMM yyyy')}`
}

/** An end of the strip in a few characters: the month for a long history, the day for a short one, the time within days. */
export function endName(instant: number, span: number, now = Date.now()): string {
  if (span > 400 * day) return format(instant, 'MMM yyyy')
  if (!isSameYear(instant, now)) return format(instant, 'd MMM yyyy')
  return format(instant, span > 2 * day ? 'd MMM' : 'd MMM HH:mm')
}
