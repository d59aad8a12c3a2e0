import type { DeliveryAttempt, DeliveryView } from '#contract/answers/inbox-answers.ts'
import { shortTime } from '../../ui/relative-time.tsx'

/** What the log can be narrowed to. */
export const deliveryFilters = [
  ['waiting', 'Waiting'],
  ['retrying', 'Retrying'],
  ['dead', 'Dead'],
  ['done', 'Done'],
  ['skipped', 'Skipped'],
  ['discarded', 'Discarded'],
] as const
export type DeliveryFilter = (typeof deliveryFilters)[number][0]

export const isDeliveryFilter = (text: string | null): text is DeliveryFilter =>
  deliveryFilters.some(([name]) => name === text)

/** How a delivery stands: one that waits after it was tried is told apart from one that was not. */
export const deliveryStanding = ({
  state,
  attempts,
}: Pick<DeliveryView, 'state' | 'attempts'>): DeliveryFilter =>
  state === 'waiting' && attempts > 0 ? 'retrying' : state

export const standName = (stand: DeliveryFilter): string =>
  deliveryFilters.find(([name]) => name === stand)?.[1] ?? stand

export const outcomeName: Readonly<Record<DeliveryAttempt['outcome'], string>> = {
  done: 'Delivered',
  retry: 'Failed',
  give_up: 'Given up',
  skip: 'Skipped',
}

/** `420 ms`, `3.2 s`. */
export const tookText = (millis: number): string =>
  millis < 1_000 ? `${Math.round(millis)} ms` : `${(millis / 1_000).toFixed(1)} s`

/** When a waiting delivery is tried next: `now`, `in 4 min`. @param due milliseconds since 1970 */
export function dueText(due: number, now = Date.now()): string {
  if (due - now < 45_000) return due - now < 2_000 ? 'now' : `in ${Math.ceil((due - now) / 1_000)} s`
  return `in ${shortTime(due, now)}`
}

/** How far behind: `12 s`, `4 min`, `3 h`. */
export function lagText(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`
}

/** `3`, `0.4`: few are told exactly. */
export const rateText = (perMinute: number): string =>
  perMinute >= 10 || Number.isInteger(perMinute)
    ? Math.round(perMinute).toLocaleString()
    : perMinute.toFixed(1)

/** The type of an event as words: `status changed`. */
export const eventWords = (type: string): string => type.replaceAll('_', ' ')
