import { addDays, addHours, nextMonday, set, startOfHour } from 'date-fns'

export type SnoozeTime = { readonly name: string; readonly until: number }

const atNine = (day: Date): number =>
  set(day, { hours: 9, minutes: 0, seconds: 0, milliseconds: 0 }).getTime()

/** Until when something may be put off. @param now milliseconds since 1970; times are those of the person's own day. */
export function snoozeTimes(now: number): readonly SnoozeTime[] {
  const today = new Date(now)
  return [
    { name: 'In three hours', until: startOfHour(addHours(today, 3)).getTime() },
    { name: 'Tomorrow at 9:00', until: atNine(addDays(today, 1)) },
    { name: 'Next Monday at 9:00', until: atNine(nextMonday(today)) },
    { name: 'In a week', until: atNine(addDays(today, 7)) },
  ]
}
