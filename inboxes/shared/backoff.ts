import type { Pace } from '../contract/inbox.ts'

/**
 * Milliseconds to wait after an attempt: full jitter (M. Brooker, "Exponential Backoff And Jitter", 2015), so that what failed together does
 * not come back together; never less than the receiver asked for.
 * @param attempt the one that failed, 1 for the first. @param random from 0 to below 1.
 */
export function backoff(
  attempt: number,
  pace: Pick<Pace, 'firstBackoffMillis' | 'longestBackoffMillis'>,
  random: () => number,
  askedFor = 0,
): number {
  const ceiling = Math.min(
    pace.longestBackoffMillis,
    pace.firstBackoffMillis * 2 ** Math.min(attempt - 1, 40),
  )
  return Math.max(Math.round(random() * ceiling), askedFor)
}
