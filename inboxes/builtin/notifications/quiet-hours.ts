/** A time of the day in settings, `22:00`; `''` for none. */
export const timeOfDay = /^(?:([01]\d|2[0-3]):[0-5]\d)?$/

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/**
 * Whether an instant lies in the quiet hours, by the clock on the wall; they may run across midnight. The beginning is in, the end is not.
 * @param from `22:00`, or `''` for no quiet hours. @param instant milliseconds since 1970.
 */
export function isQuietTime(from: string, to: string, instant: number): boolean {
  if (from === '' || to === '') return false
  const begin = minutesOf(from)
  const end = minutesOf(to)
  const wall = new Date(instant)
  const now = wall.getHours() * 60 + wall.getMinutes()
  return begin < end ? now >= begin && now < end : now >= begin || now < end
}
