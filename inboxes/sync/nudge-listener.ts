import { usualPace } from '../contract/inbox.ts'
import { backoff } from '../shared/backoff.ts'
import type { NudgeOptions } from './server/nudge-stream.ts'

/** The server's nudges that it grew, for as long as they are wanted: one stream at a time. */
export type NudgeListener = {
  /** Opens a stream where none is and none is waited for. */
  listen(): void
  /** Ends the stream; `onOver` is not called. */
  stop(): void
  /** Whether streams do not get through, so that only rounds find out what is new. */
  readonly polling: boolean
  /** Somebody asked: a stream is opened again also where the server closed one for a newer. */
  reopen(): void
}

export type NudgeListenerOptions = {
  readonly nudges: (options: NudgeOptions) => Promise<void>
  readonly onOpen: () => void
  readonly onNudge: NudgeOptions['onNudge']
  /** It ended, or none could be opened, and it is time to find out why. */
  readonly onOver: () => void
  readonly now: () => number
  readonly random: () => number
}

/** A stream that ends sooner than this, in milliseconds, or that never opened, is one that something on the way does not let through. */
const lastingMillis = 5_000
const pace = { ...usualPace, firstBackoffMillis: 1_000, longestBackoffMillis: 15_000 }
/** One may end early because the server was started anew. */
const shortThatCount = 2
/** How often it is asked what is new where the server wants no stream of this device any more. */
const askMillis = 300_000

/**
 * Where no stream lasts, `onOver` comes less and less often, down to every quarter of a minute: the rounds that follow it are then how this copy finds out
 * anything.
 */
export function nudgeListener({
  nudges,
  onOpen,
  onNudge,
  onOver,
  now,
  random,
}: NudgeListenerOptions): NudgeListener {
  let stream: AbortController | undefined
  let wait: NodeJS.Timeout | undefined
  /** Streams in a row that did not last. */
  let short = 0
  /** When the stream that is open was opened. */
  let openedAt: number | undefined
  /** The device has too many streams: others with its token would be driven out by another of this copy's, and drive that out. */
  let closed = false

  function over(): void {
    wait = undefined
    onOver()
  }

  return {
    listen() {
      if (stream || wait) return
      if (closed) {
        wait = setTimeout(over, askMillis)
        wait.unref()
        return
      }
      const opened = new AbortController()
      stream = opened
      void nudges({
        signal: opened.signal,
        onOpen() {
          if (stream !== opened) return
          openedAt = now()
          onOpen()
        },
        onNudge,
        onClosed() {
          closed = true
        },
        onEnd() {
          if (stream !== opened) return
          stream = undefined
          short = openedAt === undefined || now() - openedAt < lastingMillis ? short + 1 : 0
          openedAt = undefined
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
      openedAt = undefined
    },
    get polling() {
      return short >= shortThatCount && openedAt === undefined
    },
    reopen() {
      if (!closed) return
      closed = false
      clearTimeout(wait)
      wait = undefined
    },
  }
}
