import { usualPace } from '../inbox.ts'
import { backoff } from '../lane.ts'
import type { NudgeOptions } from './nudge-stream.ts'

/** Hears when the server grows, for as long as it is wanted: one stream at a time. */
export type Hearing = {
  /** Opens a stream where none is and none is waited for. */
  listen(): void
  /** Ends it without a word. */
  stop(): void
}

export type HearingOptions = {
  readonly nudges: (options: NudgeOptions) => Promise<void>
  readonly onOpen: () => void
  readonly onNudge: NudgeOptions['onNudge']
  /** It ended, or none could be opened, and it is time to find out why. */
  readonly onOver: () => void
  readonly now: () => number
  readonly random: () => number
}

/** A stream that ends sooner is one that something on the way does not let through. */
const lastingMillis = 5_000
const pace = { ...usualPace, firstBackoffMillis: 1_000, longestBackoffMillis: 60_000 }

/** Where no stream lasts, `onOver` comes less and less often: the rounds that follow it are then how this copy hears anything. */
export function hearing({ nudges, onOpen, onNudge, onOver, now, random }: HearingOptions): Hearing {
  let stream: AbortController | undefined
  let wait: NodeJS.Timeout | undefined
  /** Streams in a row that did not last. */
  let short = 0

  return {
    listen() {
      if (stream || wait) return
      const begun = now()
      const opened = new AbortController()
      stream = opened
      void nudges({
        signal: opened.signal,
        onOpen,
        onNudge,
        onEnd() {
          if (stream !== opened) return
          stream = undefined
          short = now() - begun < lastingMillis ? short + 1 : 0
          const over = (): void => {
            wait = undefined
            onOver()
          }
          wait = setTimeout(over, short === 0 ? 0 : backoff(short, pace, random))
          wait.unref()
        },
      })
    },
    stop() {
      clearTimeout(wait)
      wait = undefined
      stream?.abort()
      stream = undefined
    },
  }
}
