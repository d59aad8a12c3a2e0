import { firstDayOf, lastDayOf } from './calendar-time.ts'
import type { ActiveWhen, AgeUnit, Comparison, When } from './filter.ts'

/** The time of day and the calendar of whoever asks. */
export type Calendar = {
  /** Milliseconds since 1970. */
  readonly now: number
  /** The start of a calendar day where the viewer is, in milliseconds. @param day `2025-01-31`. */
  readonly startOfDay: (day: string) => number
  /** The viewer's day at an instant. */
  readonly dayOf: (instant: number) => string
}

const hour = 3_600_000
const hoursOf: Record<AgeUnit, number> = { h: 1, d: 24, w: 168, m: 30 * 24, y: 365 * 24 }
const forever = Number.MAX_SAFE_INTEGER

/** The time that `created:` and `updated:` ask for, `from` inclusive, `to` exclusive. */
export function instants(
  comparison: Comparison,
  when: When,
  context: Calendar,
): { from: number; to: number } {
  if (when.kind === 'age') {
    const at = context.now - when.count * hoursOf[when.unit] * hour
    // "Less than 7 days" is nearer than that instant, "more" is before it.
    return comparison === '<' || comparison === '<=' ? { from: at, to: forever } : { from: 0, to: at }
  }
  const start = context.startOfDay(when.day)
  const end = when.day === lastDay ? forever : context.startOfDay(nextDay(when.day))
  switch (comparison) {
    case '=':
      return { from: start, to: end }
    case '<':
      return { from: 0, to: start }
    case '<=':
      return { from: 0, to: end }
    case '>':
      return { from: end, to: forever }
    case '>=':
      return { from: start, to: forever }
  }
}

/** The time that `active:` asks for, `from` inclusive, `to` exclusive: years, months and days are those of the viewer's calendar. */
export function activeInstants(
  comparison: Comparison,
  when: ActiveWhen,
  context: Calendar,
): { from: number; to: number } {
  if (when.kind === 'age') return fromLongAgo(instants(comparison, when, context))
  const { from } = instants('>=', { kind: 'day', day: firstDayOf(when.from) }, context)
  const { to } = instants('<=', { kind: 'day', day: lastDayOf(when.to) }, context)
  switch (comparison) {
    case '=':
      return { from, to }
    case '<':
      return { from: longAgo, to: from }
    case '<=':
      return { from: longAgo, to }
    case '>':
      return { from: to, to: forever }
    case '>=':
      return { from, to: forever }
  }
}
const longAgo = Number.MIN_SAFE_INTEGER
const fromLongAgo = ({ from, to }: { from: number; to: number }) => ({
  from: from === 0 ? longAgo : from,
  to,
})

const firstDay = '0000-01-01'
const lastDay = '9999-12-31'
/** After every day there is. Days are compared as text, and a year of five digits would come before them all. */
const afterLastDay = '9999-12-32'

function shiftDay(day: string, days: number): string {
  if (day === afterLastDay) return days < 0 ? lastDay : afterLastDay
  const shifted = new Date(Date.parse(`${day}T00:00:00Z`) + days * 24 * hour)
  const year = shifted.getUTCFullYear()
  return year > 9999 ? afterLastDay : year < 0 ? '' : shifted.toISOString().slice(0, 10)
}
const nextDay = (day: string): string => shiftDay(day, 1)

/** The days that `due:` asks for, both inclusive. */
export function days(comparison: Comparison, when: When, context: Calendar): { from: string; to: string } {
  const today = context.dayOf(context.now)
  const day =
    when.kind === 'day' ? when.day : shiftDay(today, Math.round((when.count * hoursOf[when.unit]) / 24))
  // A span ahead begins today: what is overdue is asked for by name.
  const begin = when.kind === 'age' ? today : firstDay
  switch (comparison) {
    case '=':
      return { from: day, to: day }
    case '<':
      return { from: begin, to: shiftDay(day, -1) }
    case '<=':
      return { from: begin, to: day }
    case '>':
      return { from: nextDay(day), to: lastDay }
    case '>=':
      return { from: day, to: lastDay }
  }
}
