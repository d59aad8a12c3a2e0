import type { FeedItem } from '#contract/answers/answers.ts'
import { factsOf } from '#core/events/shipped-facts.ts'

/** What a feed draws, in order: a day's separator, one event, or several that fold into one line. */
export type TimelineEntry =
  | { readonly kind: 'day'; readonly key: string; readonly day: string }
  | { readonly kind: 'item'; readonly key: string; readonly item: FeedItem }
  /** At least two, newest first. */
  | { readonly kind: 'fold'; readonly key: string; readonly items: readonly FeedItem[] }

/** The longest time between the first and the last event of a fold: ten minutes. */
export const foldSpanMillis = 600_000

/** Whether the event may fold with its neighbours. One without effect, without content or not known here is always seen by itself. */
export const isSmall = (item: FeedItem): boolean =>
  factsOf(item.type).feed !== 'alone' && !item.superseded && !item.erased && !item.waiting

const sameIssue = (a: FeedItem, b: FeedItem): boolean => a.issue !== null && a.issue.id === b.issue?.id

/** Whether `next`, which is older, may join the fold that `run` (newest first, not empty) has become. */
function joins(run: readonly FeedItem[], next: FeedItem): boolean {
  const first = run[0]
  if (!first || !isSmall(first) || !isSmall(next)) return false
  if (Math.abs(first.occurredAt - next.occurredAt) > foldSpanMillis) return false
  if (first.triggeredBy !== next.triggeredBy) return false
  // Who only looked is one line, whoever it was.
  if (first.type === 'viewed' || next.type === 'viewed')
    return first.type === next.type && (sameIssue(first, next) || first.actorId === next.actorId)
  if (first.actorId !== next.actorId) return false
  return run.every((item) => sameIssue(item, next)) || run.every((item) => item.type === next.type)
}

/**
 * Folds consecutive small events of one person within ten minutes, and puts a separator before each day. No item is lost and the
 * order is kept.
 * @param items as the host answers them, newest first.
 * @param dayOf the calendar day of an instant where the reader is; equal for equal days.
 */
export function groupFeed(
  items: readonly FeedItem[],
  dayOf: (instant: number) => string,
): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = []
  let run: FeedItem[] = []
  let day: string | undefined
  const days = new Map<string, number>()
  const flush = () => {
    const first = run[0]
    if (!first) return
    // Keyed by the oldest, which stays when newer ones join at the top.
    const key = (run.at(-1) ?? first).id
    entries.push(
      run.length === 1
        ? { kind: 'item', key, item: first }
        : { kind: 'fold', key: `fold-${key}`, items: run },
    )
    run = []
  }
  for (const item of items) {
    const itsDay = dayOf(item.occurredAt)
    if (itsDay !== day) {
      flush()
      // Newest first a day comes once; should an order ever be broken, keys still differ.
      const again = days.get(itsDay) ?? 0
      days.set(itsDay, again + 1)
      entries.push({ kind: 'day', key: `day-${itsDay}${again === 0 ? '' : `-${again}`}`, day: itsDay })
      day = itsDay
    }
    if (run.length > 0 && !joins(run, item)) flush()
    run.push(item)
  }
  flush()
  return entries
}
