import type { StripBucket, StripView } from '#contract/answers/answers.ts'

/** Where a bucket stands in the band, in pixels: its place, and the bar in the middle of it. */
export type Slot = {
  readonly bucket: StripBucket
  /** Set apart from the rest: all that lies before or after them. */
  readonly apart: boolean
  readonly left: number
  readonly right: number
  readonly bar: { readonly x: number; readonly width: number }
}

/** A short history has few buckets; its bars stay thin all the same. */
const widest = 10
/** What lies apart has a bar of the usual width, a gap, and the mark of a break in the axis. */
const apartWidth = 18

/** The buckets of a strip from left to right. */
export function slotsOf(strip: StripView | undefined, width: number): readonly Slot[] {
  if (!strip || width === 0) return []
  const { buckets, earlier, later } = strip
  const start = earlier ? apartWidth : 0
  const end = width - (later ? apartWidth : 0)
  const pitch = (end - start) / Math.max(1, buckets.length)
  const apart = (bucket: StripBucket, left: number): Slot => ({
    bucket,
    apart: true,
    left,
    right: left + apartWidth,
    bar: { x: left + (left === 0 ? 0 : apartWidth - widest), width: widest },
  })
  return [
    ...(earlier ? [apart(earlier, 0)] : []),
    ...buckets.map((bucket, at): Slot => {
      const left = start + at * pitch
      const right = left + pitch
      const free = Math.max(1, Math.round(right) - Math.round(left) - (pitch > 4 ? 1 : 0))
      const bar = Math.min(widest, free)
      return {
        bucket,
        apart: false,
        left,
        right,
        bar: { x: Math.round(left) + Math.round((free - bar) / 2), width: bar },
      }
    }),
    ...(later ? [apart(later, end)] : []),
  ]
}

/** The slot at a distance from the left end. */
export function slotAt(slots: readonly Slot[], x: number): number {
  const found = slots.findIndex(({ right }) => x < right)
  return found === -1 ? slots.length - 1 : found
}

/** From where to where the axis runs: it is broken before and after what lies apart. */
export function spansOf(
  slots: readonly Slot[],
): readonly { readonly left: number; readonly right: number }[] {
  const inner = slots.filter(({ apart }) => !apart)
  const [first, last] = [inner[0], inner.at(-1)]
  return [
    ...slots.flatMap(({ apart, bar }) => (apart ? [{ left: bar.x, right: bar.x + bar.width }] : [])),
    ...(first && last ? [{ left: first.left, right: last.right }] : []),
  ].sort((a, b) => a.left - b.left)
}
