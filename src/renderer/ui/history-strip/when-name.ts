import { format } from 'date-fns'

const units: Readonly<Record<string, string>> = { h: 'hour', d: 'day', w: 'week', m: 'month', y: 'year' }
const forms = { 4: 'yyyy', 7: 'MMMM yyyy', 10: 'd MMMM yyyy' } as const

/** A day of the calendar as a date here, whatever the time zone. */
function dateOf(time: string): Date {
  const [year = 1, month = 1, day = 1] = time.split('-').map(Number)
  const date = new Date(2000, month - 1, day)
  date.setFullYear(year, month - 1, day)
  return date
}
const calendarName = (time: string): string =>
  format(dateOf(time), forms[time.length as keyof typeof forms] ?? 'd MMMM yyyy')

function rangeName(from: string, to: string): string {
  if (from.length === 10 && to.length === 10 && from.slice(0, 7) === to.slice(0, 7))
    return `${Number(from.slice(8))}\u2013${calendarName(to)}`
  if (from.length === 7 && to.length === 7 && from.slice(0, 4) === to.slice(0, 4))
    return `${format(dateOf(from), 'MMMM')} \u2013 ${calendarName(to)}`
  return `${calendarName(from)} \u2013 ${calendarName(to)}`
}

/** The value of an `active:` term as people say it: `November 2014`, `3–9 November 2014`, `before 2010`, `the last 7 days`. */
export function whenName(when: string): string {
  const [, sign = '', rest = ''] = /^(<=|>=|<|>|=)?(.*)$/.exec(when) ?? []
  const age = /^(\d+)([hdwmy])$/.exec(rest)
  if (age) {
    const unit = units[age[2] as string] as string
    const span = age[1] === '1' ? `1 ${unit}` : `${age[1]} ${unit}s`
    return sign.startsWith('<') ? `the last ${age[1] === '1' ? unit : span}` : `more than ${span} ago`
  }
  const [from = '', to] = rest.split('..')
  if (to !== undefined) return rangeName(from, to)
  const name = calendarName(from)
  switch (sign) {
    case '<':
      return `before ${name}`
    case '<=':
      return `until ${name}`
    case '>':
      return `after ${name}`
    case '>=':
      return `since ${name}`
    default:
      return name
  }
}

/** An end of the strip in a few characters: the month for a long history, the day for a short one. @param day as the calendar has it where the workspace is */
export const endOfWhen = (day: string, span: number): string =>
  format(dateOf(day), span > 400 * 86_400_000 ? 'MMM yyyy' : 'd MMM yyyy')
