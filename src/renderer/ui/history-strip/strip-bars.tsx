import { useId, useMemo } from 'react'
import type { StripBucket } from '#contract/answers/answers.ts'
import { piecesOf } from './bars.ts'
import styles from './history-strip.module.css'
import { isChosen } from './is-chosen.ts'
import { type Slot, spansOf } from './slots.ts'

const height = 24

type Props = {
  readonly width: number
  readonly slots: readonly Slot[]
  readonly buckets: readonly StripBucket[]
  /** The bar that is pointed at, or under the keys. */
  readonly cursor: Slot | undefined
  /** The time that the query asks for. */
  readonly chosen: { readonly from: number; readonly to: number } | null
  readonly isEmpty: boolean
}

/** The bars of the history strip: height is how many events, colour and hatching their kinds. */
export function StripBars({ width, slots, buckets, cursor, chosen, isEmpty }: Props) {
  const pieces = useMemo(() => piecesOf(buckets), [buckets])
  const hatch = useId()
  const marked = slots.filter(({ bucket }) => isChosen(bucket, chosen))
  const [markedFrom, markedTo] = [marked[0], marked.at(-1)]
  return (
    <svg className={styles.bars} width={width} height={height} aria-hidden>
      <defs>
        {/* Hatching repeats what colour says: what nobody did by hand. */}
        <pattern id={hatch} width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="3" height="3" className={styles.hatchGround} />
          <rect width="1.2" height="3" className={styles.hatch} />
        </pattern>
      </defs>
      {!isEmpty &&
        spansOf(slots).map(({ left, right }) => (
          <rect key={left} x={left} y={height - 1} width={right - left} height={1} className={styles.base} />
        ))}
      {cursor && (
        <rect x={cursor.bar.x - 2} width={cursor.bar.width + 4} height={height} className={styles.cursor} />
      )}
      {pieces.map((piece) => (
        <rect
          key={`${piece.bucket}-${piece.kind}`}
          {...slots[piece.bucket]?.bar}
          y={height - (piece.bottom + piece.height) * height}
          height={piece.height * height}
          className={styles[piece.kind]}
          data-aside={chosen !== null && !isChosen(buckets[piece.bucket], chosen)}
          {...(piece.kind === 'automated' ? { fill: `url(#${hatch})` } : {})}
        />
      ))}
      {markedFrom && markedTo && (
        <path
          className={styles.chosen}
          d={`M${markedFrom.bar.x - 2.5} ${height - 4}v3.5H${markedTo.bar.x + markedTo.bar.width + 2.5}v-3.5`}
        />
      )}
    </svg>
  )
}
