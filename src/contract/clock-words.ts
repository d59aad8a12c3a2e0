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
