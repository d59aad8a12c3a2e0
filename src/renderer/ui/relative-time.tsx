import { format, formatDistanceToNowStrict } from 'date-fns'
import { useSyncExternalStore } from 'react'
import { isoInstant, shownInstant } from '#core/time/instant.ts'
import styles from './relative-time.module.css'

// One clock for all: a thousand times on the screen must not mean a thousand timers.
let minute = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    minute = Date.now()
    for (const each of listeners) each()
  }, 30_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

const units: Readonly<Record<string, string>> = {
  second: 's',
  minute: 'min',
  hour: 'h',
  day: 'd',
  month: 'mo',
  year: 'y',
}

/** `now`, `4 min`, `3 h`, `2 d`; from thirty days on the day itself: `3 Mar`, `3 Mar 2024`. @param instant milliseconds since 1970 */
export function shortTime(instant: number, now = Date.now()): string {
  const at = shownInstant(instant)
  const age = Math.abs(now - at)
  if (age < 45_000) return 'now'
  if (age >= 30 * 86_400_000)
    return format(at, new Date(at).getFullYear() === new Date(now).getFullYear() ? 'd MMM' : 'd MMM yyyy')
  return formatDistanceToNowStrict(at, { roundingMethod: 'floor' }).replace(
    / (\w+?)s?$/,
    (_, unit: string) => ` ${units[unit] ?? unit}`,
  )
}

/** The same as part of a sentence: `now`, `4 min ago`, `on 3 Mar`. @param at milliseconds since 1970 */
export function agoText(at: number, now = Date.now()): string {
  const short = shortTime(at, now)
  if (short === 'now') return short
  return Math.abs(now - at) >= 30 * 86_400_000 ? `on ${short}` : `${short} ago`
}

/** `3 March 2026, 14:20:07`. */
export const exactTime = (at: number): string => format(shownInstant(at), 'd MMMM yyyy, HH:mm:ss')

type Props = {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Said as part of a sentence. */
  readonly ago?: boolean
}

/** A time as people say it, exact on hover. */
export function RelativeTime({ at, ago = false }: Props) {
  useSyncExternalStore(subscribe, () => minute)
  return (
    <time className={styles.time} dateTime={isoInstant(at)} title={exactTime(at)}>
      {ago ? agoText(at) : shortTime(at)}
    </time>
  )
}
