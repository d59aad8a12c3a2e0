import { type ActivityKind, activityKinds } from '#core/events/facts/event-facts.ts'

/** What people read for a kind of event. */
export const kindName: Readonly<Record<ActivityKind, string>> = {
  created: 'created',
  moved: 'moved',
  talked: 'talked',
  changed: 'changed',
  automated: 'automated',
}

type Bucket = Readonly<Record<ActivityKind, number>>

/** Events in a bucket, whatever their kind. */
export const totalOf = (bucket: Bucket | undefined): number =>
  bucket ? activityKinds.reduce((sum, kind) => sum + bucket[kind], 0) : 0

/** One piece of a stacked bar. `bottom` and `height` are fractions of the band, from its foot. */
export type Piece = {
  readonly bucket: number
  readonly kind: ActivityKind
  readonly bottom: number
  readonly height: number
}

/** A lone event in a busy year must still be seen: no bar is lower than this fraction of the band. */
const lowest = 0.14

/**
 * Bars for the buckets that have events, kinds always stacked in the same order. Heights grow with the logarithm of the number,
 * so that one busy day (an import, a clean-up) does not flatten all others.
 */
export function piecesOf(buckets: readonly Bucket[]): readonly Piece[] {
  const most = Math.max(1, ...buckets.map(totalOf))
  return buckets.flatMap((bucket, index) => {
    const total = totalOf(bucket)
    if (total === 0) return []
    const tall = Math.max(lowest, Math.log1p(total) / Math.log1p(most))
    let bottom = 0
    return activityKinds.flatMap((kind) => {
      if (bucket[kind] === 0) return []
      const height = (tall * bucket[kind]) / total
      const piece = { bucket: index, kind, bottom, height }
      bottom += height
      return [piece]
    })
  })
}

/** The counts of a bucket in words, without the kinds that have none: `2 moved, 1 talked`. */
export function countsOf(bucket: Bucket | undefined): string {
  const counts = bucket
    ? activityKinds.flatMap((kind) => (bucket[kind] > 0 ? [`${bucket[kind]} ${kindName[kind]}`] : []))
    : []
  return counts.join(', ') || 'nothing'
}

/** The nearest bucket with events in a direction, or where it already is. */
export function nextWithEvents(buckets: readonly Bucket[], from: number, step: 1 | -1): number {
  for (let at = from + step; at >= 0 && at < buckets.length; at += step) {
    if (totalOf(buckets[at]) > 0) return at
  }
  return from
}
