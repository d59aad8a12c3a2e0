import {
  type KeyboardEvent,
  type PointerEvent,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useCall } from '../../lib/queries/use-call.ts'
import { bucketName, endName } from '../../ui/history-strip/bucket-name.ts'
import styles from './delivery-plot.module.css'
import { plotCounts, plotKindOf, plotKinds, plotPieces, plotSums, plotTotal } from './plot-bars.ts'

const height = 56
/** A bar and the gap after it, in pixels. */
const pitch = 8
/** Widths are taken in steps of so many bars, so that dragging the window's edge asks seldom. */
const step = 12
const most = 144

const spans = [
  [24, '24 hours'],
  [24 * 7, '7 days'],
  [24 * 30, '30 days'],
] as const

/** Deliveries over time. @param inbox of one inbox alone */
export function DeliveryPlot({ inbox }: { readonly inbox: string | undefined }) {
  const [hours, setHours] = useState<number>(24)
  const plot = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = plot.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    setWidth(element.clientWidth)
    return () => observer.disconnect()
  }, [])
  const wanted = Math.min(most, Math.max(step, Math.floor(width / pitch / step) * step))
  const { data, isError } = useCall(
    'deliveries.plot',
    { hours, buckets: wanted, ...(inbox === undefined ? {} : { inbox }) },
    { enabled: width > 0, keepPrevious: true },
  )
  const buckets = useMemo(() => data?.buckets ?? [], [data])
  const pieces = useMemo(() => plotPieces(buckets), [buckets])
  const sums = useMemo(() => plotSums(buckets), [buckets])
  const [at, setAt] = useState<number | null>(null)
  const [shown, setShown] = useState(false)
  const hatch = useId()

  const slot = buckets.length === 0 ? 0 : width / buckets.length
  const chosen = Math.max(0, Math.min(at ?? buckets.length - 1, buckets.length - 1))
  const startOf = (bucket: number): number => (data ? data.from + bucket * data.bucketMillis : 0)
  const nameOf = (bucket: number): string => bucketName(startOf(bucket), startOf(bucket + 1))
  const spanMillis = data ? data.bucketMillis * buckets.length : 0
  const follow = (event: PointerEvent) => {
    const left = plot.current?.getBoundingClientRect().left ?? 0
    if (slot === 0) return
    setAt(Math.max(0, Math.min(buckets.length - 1, Math.floor((event.clientX - left) / slot))))
    setShown(true)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: chosen - 1,
      ArrowDown: chosen - 1,
      ArrowRight: chosen + 1,
      ArrowUp: chosen + 1,
      Home: 0,
      End: buckets.length - 1,
    }
    const next = moves[event.key]
    if (next !== undefined) {
      setAt(Math.max(0, Math.min(buckets.length - 1, next)))
      setShown(true)
    } else if (event.key === 'Escape' && shown) setShown(false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const spanName = spans.find(([value]) => value === hours)?.[1] ?? ''
  return (
    <section className={styles.section} aria-label="Deliveries over time">
      <div className={styles.head}>
        <ul className={styles.legend} aria-label={`In the last ${spanName}`}>
          {plotKinds.map((kind) => (
            <li key={kind} className={styles.kind}>
              <i className={styles.swatch} data-kind={kind} aria-hidden />
              <b>{sums[kind].toLocaleString()}</b> {plotKindOf(kind, sums[kind])}
            </li>
          ))}
        </ul>
        <fieldset className={styles.spans} aria-label="Time shown">
          {spans.map(([value, name]) => (
            <button
              key={value}
              type="button"
              className={styles.span}
              aria-pressed={hours === value}
              onClick={() => setHours(value)}
            >
              {name}
            </button>
          ))}
        </fieldset>
      </div>
      <div
        ref={plot}
        className={styles.plot}
        role="slider"
        tabIndex={0}
        aria-label={`Deliveries in the last ${spanName}: ${plotCounts(sums)}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, buckets.length - 1)}
        aria-valuenow={chosen}
        aria-valuetext={data ? `${nameOf(chosen)}: ${plotCounts(buckets[chosen])}` : 'nothing yet'}
        onPointerMove={follow}
        onPointerLeave={() => setShown(false)}
        onFocus={(event) => setShown(event.target.matches(':focus-visible'))}
        onBlur={() => setShown(false)}
        onKeyDown={onKeyDown}
      >
        <svg className={styles.bars} width={width} height={height} aria-hidden>
          <defs>
            {/* Hatching repeats what colour says: what did not arrive is hatched, the dead closely. */}
            {(['failed', 'dead'] as const).map((kind) => (
              <pattern
                key={kind}
                id={`${hatch}-${kind}`}
                width={kind === 'dead' ? 3 : 5}
                height={kind === 'dead' ? 3 : 5}
                patternUnits="userSpaceOnUse"
                patternTransform={`rotate(${kind === 'dead' ? 45 : -45})`}
              >
                <rect width="5" height="5" className={styles.ground} data-kind={kind} />
                <rect width={kind === 'dead' ? 1.6 : 2} height="5" className={styles.line} data-kind={kind} />
              </pattern>
            ))}
          </defs>
          {shown && (
            <rect
              x={Math.round(chosen * slot)}
              width={Math.max(1, Math.round(slot))}
              height={height}
              className={styles.cursor}
            />
          )}
          {pieces.map(({ bucket, kind, bottom, height: tall }) => (
            <rect
              key={`${bucket}-${kind}`}
              x={Math.round(bucket * slot) + 1}
              width={Math.max(1, Math.min(14, Math.round(slot) - 2))}
              y={height - 1 - (bottom + tall) * (height - 1)}
              height={tall * (height - 1)}
              {...(kind === 'done' ? { className: styles.done } : { fill: `url(#${hatch}-${kind})` })}
            />
          ))}
          <rect y={height - 1} width={width} height={1} className={styles.base} />
        </svg>
        {isError && <span className={styles.note}>The deliveries could not be counted.</span>}
        {data && plotTotal(sums) === 0 && <span className={styles.note}>No deliveries in this time.</span>}
        {shown && data && (
          <div
            className={styles.tip}
            style={{ left: `clamp(0px, ${(chosen + 0.5) * slot}px - 110px, 100% - 220px)` }}
            aria-hidden
          >
            <div className={styles.when}>{nameOf(chosen)}</div>
            {plotTotal(buckets[chosen]) === 0 && <div className={styles.count}>nothing</div>}
            {plotKinds.map((kind) =>
              (buckets[chosen]?.[kind] ?? 0) > 0 ? (
                <div key={kind} className={styles.count}>
                  <i className={styles.swatch} data-kind={kind} />
                  {plotKindOf(kind, buckets[chosen]?.[kind] ?? 0)}
                  <b>{buckets[chosen]?.[kind].toLocaleString()}</b>
                </div>
              ) : null,
            )}
          </div>
        )}
      </div>
      <div className={styles.ends} aria-hidden>
        <span>{data ? endName(data.from, spanMillis) : ''}</span>
        <span>now</span>
      </div>
    </section>
  )
}
