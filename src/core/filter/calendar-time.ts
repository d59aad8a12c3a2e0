/** Whether a text is a year, a month or a day: `2014`, `2014-11`, `2014-11-03`. */
export function isCalendarTime(text: string): boolean {
  if (!/^\d{4}(-\d{2}(-\d{2})?)?$/.test(text)) return false
  const first = firstDayOf(text)
  const day = new Date(`${first}T00:00:00Z`)
  return text >= '0001' && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(first)
}

/** The first day of a year, month or day. */
export const firstDayOf = (time: string): string => `${time}-01-01`.slice(0, 10)

/** The last day of a year, month or day. */
export function lastDayOf(time: string): string {
  if (time.length === 4) return `${time}-12-31`
  if (time.length === 10) return time
  const [year = 0, month = 0] = time.split('-').map(Number)
  const last = new Date(Date.UTC(2000, month, 0))
  // Two digits of a year are not the twentieth century's.
  last.setUTCFullYear(year, month, 0)
  return `${time}-${String(last.getUTCDate()).padStart(2, '0')}`
}

/** The shortest way to say from one day to another, both in it: `2014`, `2014-11`, `2014-11-03` or with `..` between two of these. */
export function calendarTime(from: string, to: string): string {
  const whole = [4, 7, 10].find(
    (length) => firstDayOf(from.slice(0, length)) === from && lastDayOf(to.slice(0, length)) === to,
  )
  const [first, last] = [from.slice(0, whole), to.slice(0, whole)]
  return first === last ? first : `${first}..${last}`
}
