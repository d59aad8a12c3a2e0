import { shownInstant } from '../time/instant.ts'
import { calendarTime } from './calendar-time.ts'
import { dayOf, startOfDay } from './local-days.ts'

/** Times at which something happened, upwards, and how much did at each. */
export type Happenings = { readonly at: ArrayLike<number>; readonly count: ArrayLike<number> }

/** A stretch of time that one bar stands for: `from` inclusive, `to` exclusive, milliseconds. */
export type Stretch = {
  readonly from: number
  readonly to: number
  /** The same as the value of an `active:` term. */
  readonly when: string
}

/** What the bars of a history strip stand for. */
export type StripAxis = {
  readonly buckets: readonly Stretch[]
  /** All time before the buckets, where a few things happened too far off to be on one axis with the rest. */
  readonly earlier: Stretch | null
  /** All time after them. */
  readonly later: Stretch | null
}

/** The shortest bars there may be. */
export type StripGrain = 'minute' | 'hour' | 'day'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** The most bars of an axis, however wide the window is: one set of data has one axis. */
const most = 132
/** The least: a short history has signs, not walls. */
const least = 14
/** So few may be put aside, and only of at least `several`. */
const aside = 1 / 50
const several = 10

type Unit = {
  readonly millis: number
  /** The first day of the unit that holds a day, for units of whole days. */
  readonly begin?: (day: string) => string
  /** The first day of the n-th unit after the one that begins on a day. */
  readonly step?: (day: string, n: number) => string
}

const utc = (day: string): Date => new Date(`${day}T00:00:00Z`)
const textOf = (date: Date): string => date.toISOString().split('T')[0] as string
function shifted(day: string, by: { readonly days?: number; readonly months?: number }): string {
  const date = utc(day)
  if (by.months) date.setUTCMonth(date.getUTCMonth() + by.months)
  date.setUTCDate(date.getUTCDate() + (by.days ?? 0))
  return textOf(date)
}
const daysUnit = (days: number, begin: Unit['begin']): Unit => ({
  millis: days * day,
  begin: begin ?? ((of) => of),
  step: (of, n) => shifted(of, { days: days * n }),
})
const monthsUnit = (months: number): Unit => ({
  millis: months * 30.44 * day,
  begin(of) {
    const months0 = Number(of.slice(0, 4)) * 12 + Number(of.slice(5, 7)) - 1
    const first = Math.max(12, Math.floor(months0 / months) * months)
    return `${String(Math.floor(first / 12)).padStart(4, '0')}-${String((first % 12) + 1).padStart(2, '0')}-01`
  },
  step: (of, n) => shifted(of, { months: months * n }),
})
/** Weeks begin on Mondays. */
const weekBegin = (of: string): string => shifted(of, { days: -((utc(of).getUTCDay() + 6) % 7) })

const units: readonly Unit[] = [
  { millis: minute },
  { millis: 15 * minute },
  { millis: hour },
  daysUnit(1, undefined),
  daysUnit(7, weekBegin),
  ...[1, 3, 12, 60, 120, 600, 1200].map(monthsUnit),
]
const smallest: Record<StripGrain, number> = { minute: 0, hour: 2, day: 3 }

function unitFor(span: number, grain: StripGrain): Unit {
  const fine = units.slice(smallest[grain])
  return fine.find(({ millis }) => span / millis <= most - 2) ?? (fine.at(-1) as Unit)
}

/** The places of the first and the last that are on the axis: the few at an end are not where all the rest could be shown much larger without them. */
function bulk({ at, count }: Happenings, grain: StripGrain): readonly [number, number] {
  let total = 0
  for (let place = 0; place < count.length; place++) total += count[place] as number
  let spare = total < several ? 0 : Math.max(1, Math.floor(total * aside))
  let [first, last] = [0, at.length - 1]

  /** The largest gap behind the few at an end. @returns the place at its near side, its length, and how many lie outside */
  function gapFrom(end: number, step: 1 | -1): { place: number; gap: number; outside: number } {
    let best = { place: end, gap: 0, outside: 0 }
    let outside = 0
    for (let place = end; place + step >= first && place + step <= last; place += step) {
      outside += count[place] as number
      if (outside > spare) break
      const gap = Math.abs((at[place + step] as number) - (at[place] as number))
      if (gap > best.gap) best = { place: place + step, gap, outside }
    }
    return best
  }

  const spanned = () => (at[last] as number) - (at[first] as number)
  // What is put aside halves the axis at least, and in the end makes its bars finer.
  let kept = [first, last] as const
  let unit = unitFor(spanned(), grain)
  while (spare > 0 && first < last) {
    const [front, back] = [gapFrom(first, 1), gapFrom(last, -1)]
    const cut = front.gap >= back.gap ? front : back
    if (cut.gap === 0 || cut.gap * 2 < spanned()) break
    spare -= cut.outside
    if (cut === front) first = cut.place
    else last = cut.place
    const finer = unitFor(spanned(), grain)
    if (finer !== unit) kept = [first, last]
    unit = finer
  }
  return kept
}

/** The starts of all buckets, and the end of the last. */
function boundaries(first: number, last: number, unit: Unit): readonly { at: number; day: string }[] {
  const { begin, step, millis } = unit
  if (!begin || !step) {
    const end = Math.floor(last / millis) + 1
    const start = Math.min(Math.floor(first / millis), end - least)
    return Array.from({ length: end - start + 1 }, (_, n) => {
      const at = (start + n) * millis
      return { at, day: dayOf(at) }
    })
  }
  let from = begin(dayOf(first))
  const until = dayOf(last)
  if (millis === day && from > shifted(until, { days: 1 - least })) from = shifted(until, { days: 1 - least })
  const found: { at: number; day: string }[] = []
  for (let n = 0; ; n++) {
    const on = step(from, n)
    // The years end somewhere.
    if (on.length > 10) return [...found, { at: Number.MAX_SAFE_INTEGER, day: '9999-12-31' }]
    found.push({ at: startOfDay(on), day: on })
    if (on > until) return found
  }
}

/** The buckets for what happened, by the calendar where this runs: of minutes, hours, days, weeks, months or years, whichever show the whole of it. */
export function stripAxis(happenings: Happenings, grain: StripGrain): StripAxis {
  const { at } = happenings
  if (at.length === 0) return { buckets: [], earlier: null, later: null }
  const [first, last] = bulk(happenings, grain)
  const [from, to] = [shownInstant(at[first] as number), shownInstant(at[last] as number)]
  const ends = boundaries(from, to, unitFor(to - from, grain))
  const buckets = ends.slice(0, -1).map(({ at: start, day: on }, place): Stretch => {
    const next = ends[place + 1] as { at: number; day: string }
    const lastDay = next.at === Number.MAX_SAFE_INTEGER ? next.day : dayOf(next.at - 1)
    return { from: start, to: next.at, when: calendarTime(on, lastDay) }
  })
  const [head, tail] = [buckets[0] as Stretch, buckets.at(-1) as Stretch]
  const startName = (when: string): string => when.split('..')[0] as string
  return {
    buckets,
    earlier:
      (at[0] as number) < head.from
        ? { from: Number.MIN_SAFE_INTEGER, to: head.from, when: `<${startName(head.when)}` }
        : null,
    later:
      (at[at.length - 1] as number) >= tail.to
        ? { from: tail.to, to: Number.MAX_SAFE_INTEGER, when: `>${tail.when.split('..').at(-1)}` }
        : null,
  }
}

/** The bucket that holds an instant: -1 before them, their number after them. */
export function bucketAt(buckets: readonly Stretch[], instant: number): number {
  let [low, high] = [0, buckets.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((buckets[middle] as Stretch).to <= instant) low = middle + 1
    else high = middle
  }
  return low < buckets.length && instant < (buckets[low] as Stretch).from ? -1 : low
}
