import { spanText } from '#core/describe/span-text.ts'
import type { ClockStanding } from '#core/time/corrected-time.ts'
import type { FeedItem } from './answers/answers.ts'

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
