import {
  type KeyboardEvent,
  type PointerEvent,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { StripBucket } from '#contract/answers/answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { activityKinds } from '#core/events/facts/event-facts.ts'
import { firstDayOf, lastDayOf } from '#core/filter/calendar-time.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { countsOf, kindName, nextWithEvents, piecesOf, totalOf } from './bars.ts'
import { bucketName, endName } from './bucket-name.ts'
import styles from './history-strip.module.css'
import { slotAt, slotsOf, spansOf } from './slots.ts'
import { endOfWhen, whenName } from './when-name.ts'

type Props = {
  /** Whose events: one feed's, or those of the issues that a query matches. */
  readonly over: CallInput<'history.strip'>['over']
  /** A stretch of time was chosen. */
  readonly onJump: (stretch: StripBucket) => void
  /** The query that asks for a time is to ask for none. */
  readonly onClear?: () => void
}

const height = 24
const day = 86_400_000

const numbered = (count: number, what: string): string =>
  `${count.toLocaleString()} ${what}${count === 1 ? '' : 's'}`
/** Whether a bar stands for a part of a day: such times are told as the clock here shows them, days and longer ones as the workspace's calendar has them. */
const isShort = ({ from, to }: StripBucket): boolean => to - from < day - 3 * 3_600_000
const nameOf = (bucket: StripBucket): string =>
  isShort(bucket) ? bucketName(bucket.from, bucket.to) : whenName(bucket.when)
function endOf(bucket: StripBucket, side: 'from' | 'to', span: number): string {
  if (isShort(bucket)) return endName(bucket[side], span)
  const days = bucket.when.split('..')
  return side === 'from'
    ? endOfWhen(firstDayOf(days[0] as string), span)
    : endOfWhen(lastDayOf(days.at(-1) as string), span)
}

/** From the first of a row of bars to the last. */
function wholeName(first: StripBucket, last: StripBucket): string {
  const [from, to] = [first.when.split('..')[0], last.when.split('..').at(-1)]
  return whenName(from === to ? `${from}` : `${from}..${to}`)
}

/** The band of bars over everything that has a history: how much happened when, and of what kind. */
export function HistoryStrip({ over, onJump, onClear }: Props) {
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
  const { data, isError } = useCall('history.strip', { over }, { keepPrevious: true })
  const slots = useMemo(() => slotsOf(data, width), [data, width])
  const buckets = useMemo(() => slots.map(({ bucket }) => bucket), [slots])
  const pieces = useMemo(() => piecesOf(buckets), [buckets])
  const [at, setAt] = useState<number | null>(null)
  const [shown, setShown] = useState(false)
  const hatch = useId()

  const total = buckets.reduce((sum, bucket) => sum + totalOf(bucket), 0)
  const newest = nextWithEvents(buckets, buckets.length, -1)
  const current = Math.max(0, Math.min(at ?? newest, buckets.length - 1))
  const slot = slots[current]
  const chosen = data?.chosen ?? null
  /** Whether a bar is in the time that the query asks for. */
  const isChosen = (bucket: StripBucket | undefined): boolean =>
    chosen !== null && bucket !== undefined && bucket.from < chosen.to && bucket.to > chosen.from
  const first = data?.buckets[0]
  const last = data?.buckets.at(-1)
  const span = first && last ? last.to - first.from : 0

  const jump = (place: number) => {
    const bucket = buckets[place]
    if (bucket && total > 0) onJump(bucket)
  }
  const placeOf = (event: { readonly clientX: number }): number =>
    slotAt(slots, event.clientX - (band.current?.getBoundingClientRect().left ?? 0))
  const follow = (event: PointerEvent) => {
    if (slots.length === 0) return
    setAt(placeOf(event))
    setShown(true)
  }
  const moveTo = (key: string): number | undefined => {
    if (key === 'ArrowLeft' || key === 'ArrowDown') return nextWithEvents(buckets, current, -1)
    if (key === 'ArrowRight' || key === 'ArrowUp') return nextWithEvents(buckets, current, 1)
    if (key === 'Home') return nextWithEvents(buckets, -1, 1)
    return key === 'End' ? newest : undefined
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const target = moveTo(event.key)
    if (target !== undefined) {
      setAt(Math.max(0, target))
      setShown(true)
    } else if (event.key === 'Enter' || event.key === ' ') jump(current)
    else if (event.key === 'Escape' && shown) setShown(false)
    else if (event.key === 'Escape' && chosen) onClear?.()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const summary =
    total === 0 || !first || !last
      ? 'History: no events'
      : `History: ${numbered(total, 'event')}, ${wholeName(first, last)}`
  const middle = slot ? (slot.left + slot.right) / 2 : 0
  const marked = slots.filter(({ bucket }) => isChosen(bucket))
  const [markedFrom, markedTo] = [marked[0], marked.at(-1)]

  return (
    <div className={styles.frame}>
      <div className={styles.strip}>
        <span className={styles.end}>{first && total > 0 ? endOf(first, 'from', span) : ''}</span>
        <div
          ref={band}
          className={styles.band}
          role="slider"
          tabIndex={0}
          aria-label={summary}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, buckets.length - 1)}
          aria-valuenow={current}
          aria-valuetext={
            slot && total > 0
              ? `${nameOf(slot.bucket)}: ${countsOf(slot.bucket)}${isChosen(slot.bucket) ? ', shown' : ''}`
              : 'no events'
          }
          onPointerMove={follow}
          onPointerLeave={() => setShown(false)}
          onFocus={(event) => setShown(event.target.matches(':focus-visible'))}
          onBlur={() => setShown(false)}
          onKeyDown={onKeyDown}
          onClick={(event) => jump(placeOf(event))}
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
            {total > 0 &&
              spansOf(slots).map(({ left, right }) => (
                <rect
                  key={left}
                  x={left}
                  y={height - 1}
                  width={right - left}
                  height={1}
                  className={styles.base}
                />
              ))}
            {shown && slot && total > 0 && (
              <rect x={slot.bar.x - 2} width={slot.bar.width + 4} height={height} className={styles.cursor} />
            )}
            {pieces.map((piece) => (
              <rect
                key={`${piece.bucket}-${piece.kind}`}
                {...slots[piece.bucket]?.bar}
                y={height - (piece.bottom + piece.height) * height}
                height={piece.height * height}
                className={styles[piece.kind]}
                data-aside={chosen !== null && !isChosen(buckets[piece.bucket])}
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
          {isError && <span className={styles.note}>The history could not be counted.</span>}
          {shown && slot && total > 0 && (
            <div
              className={styles.tip}
              style={{ left: `clamp(0px, ${middle}px - 110px, 100% - 220px)` }}
              aria-hidden
            >
              <div className={styles.when}>{nameOf(slot.bucket)}</div>
              {totalOf(slot.bucket) === 0 ? (
                <div className={styles.count}>nothing happened</div>
              ) : (
                activityKinds.map((kind) =>
                  slot.bucket[kind] > 0 ? (
                    <div key={kind} className={styles.count}>
                      <i className={styles.swatch} data-kind={kind} />
                      {kindName[kind]}
                      <b>{slot.bucket[kind].toLocaleString()}</b>
                    </div>
                  ) : null,
                )
              )}
            </div>
          )}
        </div>
        <span className={styles.end}>{last && total > 0 ? endOf(last, 'to', span) : ''}</span>
      </div>
      {chosen && onClear && (
        <p className={styles.shown}>
          <span role="status">
            {numbered(chosen.events, 'event')} on {numbered(chosen.issues, 'issue')}, {whenName(chosen.when)}
          </span>
          {' · '}
          <button type="button" onClick={onClear} aria-label="clear: show all of the time">
            clear
          </button>
        </p>
      )}
    </div>
  )
}
