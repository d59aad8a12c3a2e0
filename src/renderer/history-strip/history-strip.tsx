import {
  type KeyboardEvent,
  type PointerEvent,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { CallInput } from '#contract/calls.ts'
import { activityKinds } from '#core/events/event-facts.ts'
import { useCall } from '../queries/use-call.ts'
import { countsOf, kindName, nextWithEvents, piecesOf, totalOf } from './bars.ts'
import { bucketName, endName } from './bucket-name.ts'
import styles from './history-strip.module.css'

type Props = {
  /** Whose events: one feed's, or those of the issues that a query matches. */
  readonly over: CallInput<'history.strip'>['over']
  /** A stretch of time was chosen, in milliseconds: `from` inclusive, `to` exclusive. */
  readonly onJump: (from: number, to: number) => void
}

const height = 24
/** A bar and the gap after it, in pixels. */
const pitch = 6
/** A short history has few buckets; its bars are signs, not walls. */
const widest = 10
/** Widths are taken in steps of so many bars, so that dragging the window's edge asks seldom. */
const step = 20

/** The band of bars over everything that has a history: how much happened when, and of what kind. */
export function HistoryStrip({ over, onJump }: Props) {
  const band = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = band.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    setWidth(element.clientWidth)
    return () => observer.disconnect()
  }, [])
  const wanted = Math.min(400, Math.max(step, Math.floor(width / pitch / step) * step))
  const { data, isError } = useCall(
    'history.strip',
    { over, buckets: wanted },
    { enabled: width > 0, keepPrevious: true },
  )
  const buckets = useMemo(() => data?.buckets ?? [], [data])
  const pieces = useMemo(() => piecesOf(buckets), [buckets])
  const [at, setAt] = useState<number | null>(null)
  const [shown, setShown] = useState(false)
  const hatch = useId()

  const slot = buckets.length === 0 ? 0 : width / buckets.length
  const total = buckets.reduce((sum, bucket) => sum + totalOf(bucket), 0)
  const newest = nextWithEvents(buckets, buckets.length, -1)
  const chosen = Math.min(at ?? newest, Math.max(0, buckets.length - 1))
  const startOf = (bucket: number): number => (data ? data.from + bucket * data.bucketMillis : 0)
  const endOf = (bucket: number): number => (data ? Math.min(data.to, startOf(bucket + 1)) : 0)
  const nameOf = (bucket: number): string =>
    bucketName(startOf(bucket), Math.max(startOf(bucket) + 1, endOf(bucket)))

  const barAt = (bucket: number): { x: number; width: number } => {
    const left = Math.round(bucket * slot)
    const free = Math.max(1, Math.round((bucket + 1) * slot) - left - (slot > 4 ? 1 : 0))
    const width = Math.min(widest, free)
    return { x: left + Math.round((free - width) / 2), width }
  }
  const jump = (bucket: number) => {
    if (data && total > 0) onJump(startOf(bucket), endOf(bucket))
  }
  const follow = (event: PointerEvent) => {
    const left = band.current?.getBoundingClientRect().left ?? 0
    if (slot === 0) return
    setAt(Math.max(0, Math.min(buckets.length - 1, Math.floor((event.clientX - left) / slot))))
    setShown(true)
  }
  const moveTo = (key: string): number | undefined => {
    if (key === 'ArrowLeft' || key === 'ArrowDown') return nextWithEvents(buckets, chosen, -1)
    if (key === 'ArrowRight' || key === 'ArrowUp') return nextWithEvents(buckets, chosen, 1)
    if (key === 'Home') return nextWithEvents(buckets, -1, 1)
    return key === 'End' ? newest : undefined
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const target = moveTo(event.key)
    if (target !== undefined) {
      setAt(Math.max(0, target))
      setShown(true)
    } else if (event.key === 'Enter' || event.key === ' ') jump(chosen)
    else if (event.key === 'Escape' && shown) setShown(false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const summary =
    total === 0 || !data
      ? 'History: no events'
      : `History: ${total.toLocaleString()} ${total === 1 ? 'event' : 'events'}, ${bucketName(data.from, data.to)}`
  const middle = (chosen + 0.5) * slot

  return (
    <div className={styles.strip}>
      <span className={styles.end}>{data && total > 0 ? endName(data.from, data.to - data.from) : ''}</span>
      <div
        ref={band}
        className={styles.band}
        role="slider"
        tabIndex={0}
        aria-label={summary}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, buckets.length - 1)}
        aria-valuenow={Math.max(0, chosen)}
        aria-valuetext={data && total > 0 ? `${nameOf(chosen)}: ${countsOf(buckets[chosen])}` : 'no events'}
        onPointerMove={follow}
        onPointerLeave={() => setShown(false)}
        onFocus={(event) => setShown(event.target.matches(':focus-visible'))}
        onBlur={() => setShown(false)}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const left = band.current?.getBoundingClientRect().left ?? 0
          if (slot > 0)
            jump(Math.max(0, Math.min(buckets.length - 1, Math.floor((event.clientX - left) / slot))))
        }}
      >
        <svg className={styles.bars} width={width} height={height} aria-hidden>
          <defs>
            {/* The second sign beside colour: what nobody did by hand is hatched. */}
            <pattern
              id={hatch}
              width="3"
              height="3"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="3" height="3" className={styles.hatchGround} />
              <rect width="1.2" height="3" className={styles.hatch} />
            </pattern>
          </defs>
          <rect y={height - 1} width={width} height={1} className={styles.base} />
          {shown && total > 0 && (
            <rect
              x={barAt(chosen).x - 2}
              width={barAt(chosen).width + 4}
              height={height}
              className={styles.cursor}
            />
          )}
          {pieces.map((piece) => (
            <rect
              key={`${piece.bucket}-${piece.kind}`}
              {...barAt(piece.bucket)}
              y={height - (piece.bottom + piece.height) * height}
              height={piece.height * height}
              className={styles[piece.kind]}
              {...(piece.kind === 'automated' ? { fill: `url(#${hatch})` } : {})}
            />
          ))}
        </svg>
        {isError && <span className={styles.note}>The history could not be counted.</span>}
        {shown && data && total > 0 && (
          <div
            className={styles.tip}
            style={{ left: `clamp(0px, ${middle}px - 110px, 100% - 220px)` }}
            aria-hidden
          >
            <div className={styles.when}>{nameOf(chosen)}</div>
            {totalOf(buckets[chosen]) === 0 ? (
              <div className={styles.count}>nothing happened</div>
            ) : (
              activityKinds.map((kind) =>
                (buckets[chosen]?.[kind] ?? 0) > 0 ? (
                  <div key={kind} className={styles.count}>
                    <i className={styles.swatch} data-kind={kind} />
                    {kindName[kind]}
                    <b>{buckets[chosen]?.[kind].toLocaleString()}</b>
                  </div>
                ) : null,
              )
            )}
          </div>
        )}
      </div>
      <span className={styles.end}>{data && total > 0 ? endName(data.to, data.to - data.from) : ''}</span>
    </div>
  )
}
