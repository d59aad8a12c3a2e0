import type { ClockStanding } from '#core/corrected-time.ts'
import type { TimesCorrected } from '#core/time-events.ts'
import type { FeedItem } from './views.ts'

const spans = [
  ['year', 365 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** A length of time in its largest unit, rounded down: `6 minutes`, `2 days`, `1 year`. */
export function spanText(millis: number): string {
  const [name, length] = spans.find(([, each]) => millis >= each) ?? ['second', 1_000]
  const count = Math.max(1, Math.floor(millis / length))
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

/** What is said of wrong clocks, a sentence each; none where they were right. */
export function standingWords({ events, ahead }: ClockStanding): readonly string[] {
  return [
    ...(events > 0
      ? [`A clock jumped by more than a day at ${events} event${events === 1 ? '' : 's'}, which feeds mark`]
      : []),
    ...(ahead !== null
      ? [`The newest event is ${spanText(ahead)} ahead of this computer’s clock: one of the two is wrong`]
      : []),
  ]
}

/** What corrects the newest run of events that a clock ahead recorded, as it is typed; `undefined` where there is none. */
export function correctingCommand({ newest }: ClockStanding): string | undefined {
  if (!newest) return undefined
  const parts: string[] = []
  let left = Math.ceil(newest.millis / 60_000)
  for (const [unit, minutes] of [
    ['d', 1_440],
    ['h', 60],
    ['m', 1],
  ] as const) {
    if (left >= minutes) parts.push(`${Math.floor(left / minutes)}${unit}`)
    left %= minutes
  }
  return `docket times correct ${newest.from} ${newest.to} --by=-${parts.join('')}`
}

/** What a correction says, after who said it: `corrected the times of 12 events by 2 days back`. */
export function correctionWords({ fromSeq, toSeq, byMillis }: TimesCorrected['data']): string {
  const count = toSeq - fromSeq + 1
  return `put the time of ${count} event${count === 1 ? '' : 's'} ${spanText(Math.abs(byMillis))} ${byMillis < 0 ? 'back' : 'forward'}`
}

/** What is wrong with an event's time, or was; `null` where nothing is. */
export function clockWords({
  clockAheadMillis,
  clockJumpMillis,
}: Pick<FeedItem, 'clockAheadMillis' | 'clockJumpMillis'>): string | null {
  if (clockJumpMillis !== null)
    return clockJumpMillis > 0
      ? `Recorded by a clock that was ${spanText(clockJumpMillis)} ahead`
      : `Recorded after its clock went back by ${spanText(-clockJumpMillis)}`
  return clockAheadMillis === null ? null : `Recorded by a clock that was ${spanText(clockAheadMillis)} ahead`
}
