import { differenceInCalendarDays, format, parseISO } from 'date-fns'

/** `3 Mar`, with its year where that is another one. @param day `2026-03-03` */
export function shortDay(day: string, now = Date.now()): string {
  const date = parseISO(day)
  return format(date, date.getFullYear() === new Date(now).getFullYear() ? 'd MMM' : 'd MMM yyyy')
}

/** How a deadline stands: `late` once it is past, `soon` within three days. */
export function dayTone(day: string | null, now = Date.now()): 'late' | 'soon' | 'far' {
  if (!day) return 'far'
  const days = differenceInCalendarDays(parseISO(day), now)
  return days < 0 ? 'late' : days <= 3 ? 'soon' : 'far'
}
