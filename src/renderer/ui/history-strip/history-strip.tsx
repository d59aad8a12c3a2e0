import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { StripBucket } from '#contract/answers/answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { countsOf, nextWithEvents, totalOf } from './bars.ts'
import styles from './history-strip.module.css'
import { isChosen } from './is-chosen.ts'
import { slotAt, slotsOf } from './slots.ts'
import { StripBars } from './strip-bars.tsx'
import { StripTip } from './strip-tip.tsx'
import { axisEnd, bucketTitle, countWords, stretchName } from './strip-words.ts'
import { whenName } from './when-name.ts'

type Props = {
  /** Whose events: one feed's, or those of the issues that a query matches. */
  readonly over: CallInput<'history.strip'>['over']
  /** A stretch of time was chosen. */
  readonly onJump: (stretch: StripBucket) => void
  /** The query that asks for a time is to ask for none. */
  readonly onClear?: () => void
}

/** The width of an element, followed. */
function useWidth(of: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = of.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    setWidth(element.clientWidth)
    return () => observer.disconnect()
  }, [of])
  return width
}

/** The band of bars over everything that has a history: how much happened when, and of what kind. */
export function HistoryStrip({ over, onJump, onClear }: Props) {
  const band = useRef<HTMLDivElement>(null)
  const width = useWidth(band)
  const { data, isError } = useCall('history.strip', { over }, { keepPrevious: true })
  const slots = useMemo(() => slotsOf(data, width), [data, width])
  const buckets = useMemo(() => slots.map(({ bucket }) => bucket), [slots])
  const [at, setAt] = useState<number | null>(null)
  const [shown, setShown] = useState(false)

  const total = buckets.reduce((sum, bucket) => sum + totalOf(bucket), 0)
  const newest = nextWithEvents(buckets, buckets.length, -1)
  const current = Math.max(0, Math.min(at ?? newest, buckets.length - 1))
  const slot = slots[current]
  const chosen = data?.chosen ?? null
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
      : `History: ${countWords(total, 'event')}, ${stretchName(first, last)}`

  return (
    <div className={styles.frame}>
      <div className={styles.strip}>
        <span className={styles.end}>{first && total > 0 ? axisEnd(first, 'from', span) : ''}</span>
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
              ? `${bucketTitle(slot.bucket)}: ${countsOf(slot.bucket)}${isChosen(slot.bucket, chosen) ? ', shown' : ''}`
              : 'no events'
          }
          onPointerMove={follow}
          onPointerLeave={() => setShown(false)}
          onFocus={(event) => setShown(event.target.matches(':focus-visible'))}
          onBlur={() => setShown(false)}
          onKeyDown={onKeyDown}
          onClick={(event) => jump(placeOf(event))}
        >
          <StripBars
            width={width}
            slots={slots}
            buckets={buckets}
            cursor={shown && total > 0 ? slot : undefined}
            chosen={chosen}
            isEmpty={total === 0}
          />
          {isError && <span className={styles.note}>The history could not be counted.</span>}
          {shown && slot && total > 0 && <StripTip slot={slot} />}
        </div>
        <span className={styles.end}>{last && total > 0 ? axisEnd(last, 'to', span) : ''}</span>
      </div>
      {chosen && onClear && (
        <p className={styles.shown}>
          <span role="status">
            {countWords(chosen.events, 'event')} on {countWords(chosen.issues, 'issue')},{' '}
            {whenName(chosen.when)}
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
