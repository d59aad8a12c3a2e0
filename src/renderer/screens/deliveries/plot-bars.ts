import type { DeliveryPlotView } from '#contract/answers/inbox-answers.ts'

type Bucket = DeliveryPlotView['buckets'][number]

/** From the foot of a bar to its top. */
export const plotKinds = ['done', 'failed', 'dead'] as const
export type PlotKind = (typeof plotKinds)[number]

const plotKindName: Readonly<Record<PlotKind, string>> = {
  done: 'delivered',
  failed: 'failed attempts',
  dead: 'dead letters',
}

const plotKindSingular: Readonly<Record<PlotKind, string>> = {
  done: 'delivered',
  failed: 'failed attempt',
  dead: 'dead letter',
}

/** `delivered`, `dead letter`, `dead letters`. */
export const plotKindOf = (kind: PlotKind, count: number): string =>
  count === 1 ? plotKindSingular[kind] : plotKindName[kind]

export const plotTotal = (bucket: Bucket | undefined): number =>
  bucket ? bucket.done + bucket.failed + bucket.dead : 0

export const plotSums = (buckets: readonly Bucket[]): Bucket =>
  buckets.reduce(
    (sum, { done, failed, dead }) => ({
      done: sum.done + done,
      failed: sum.failed + failed,
      dead: sum.dead + dead,
    }),
    { done: 0, failed: 0, dead: 0 },
  )

/** One piece of a stacked bar. `bottom` and `height` are fractions of the plot, from its foot. */
export type PlotPiece = {
  readonly bucket: number
  readonly kind: PlotKind
  readonly bottom: number
  readonly height: number
}

/** No piece is lower than this: one dead letter beside a thousand deliveries must still be seen. */
const lowest = 0.06

/** Bars as high as the square root of their counts: small ones stay in sight, and twice as much still looks like more. */
export function plotPieces(buckets: readonly Bucket[]): readonly PlotPiece[] {
  const most = Math.max(1, ...buckets.map(plotTotal))
  return buckets.flatMap((bucket, index) => {
    const total = plotTotal(bucket)
    if (total === 0) return []
    const shown = plotKinds.filter((kind) => bucket[kind] > 0)
    const tall = Math.max(lowest * shown.length, Math.sqrt(total / most))
    // What is above the least of each kind is shared out by count.
    const free = tall - lowest * shown.length
    let bottom = 0
    return shown.map((kind) => {
      const height = lowest + (free * bucket[kind]) / total
      const piece = { bucket: index, kind, bottom, height }
      bottom += height
      return piece
    })
  })
}

/** The counts of a bucket in words: `2 delivered, 1 dead letter`. */
export const plotCounts = (bucket: Bucket | undefined): string =>
  plotKinds
    .flatMap((kind) =>
      bucket && bucket[kind] > 0
        ? [`${bucket[kind].toLocaleString()} ${plotKindOf(kind, bucket[kind])}`]
        : [],
    )
    .join(', ') || 'nothing'
