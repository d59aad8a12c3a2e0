import { useVirtualizer } from '@tanstack/react-virtual'
import { format } from 'date-fns'
import { History } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { FeedScope } from '#contract/calls.ts'
import { shownInstant } from '#core/time/instant.ts'
import { useScrollPlace } from '../../lib/use-scroll-position.ts'
import { Button } from '../controls/button.tsx'
import { ErrorState, useSlow, ViewState } from '../page/view-state.tsx'
import { CommentCard } from './comment-card.tsx'
import { relativeDayName, shownDayOf } from './day-name.ts'
import styles from './feed.module.css'
import { FeedFold } from './feed-fold.tsx'
import { FeedLine, type FeedSurroundings } from './feed-line.tsx'
import { groupFeed, type TimelineEntry } from './grouping.ts'
import { useFeedPages } from './use-feed-pages.ts'

/** A moment to show: the newest event before `to`. A new object means a new target, even for the same moment. */
export type FeedJump = { readonly from: number; readonly to: number }

type Props = {
  readonly scope: FeedScope
  /** From the history strip. */
  readonly jump?: FeedJump | null
}

const heightOf = { day: 36, item: 32, fold: 32, comment: 110 }

const timeOf = (entry: TimelineEntry | undefined): number | undefined =>
  entry?.kind === 'item'
    ? entry.item.occurredAt
    : entry?.kind === 'fold'
      ? entry.items.at(-1)?.occurredAt
      : undefined

function Skeleton() {
  return (
    <div className={styles.skeleton} aria-hidden>
      {[62, 48, 74, 40, 56].map((width) => (
        <div key={width} className={styles.bone} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}

function Entry({
  entry,
  around,
  open,
  onToggle,
}: {
  readonly entry: TimelineEntry
  readonly around: FeedSurroundings
  readonly open: boolean
  readonly onToggle: (key: string) => void
}) {
  if (entry.kind === 'day') return <h2 className={styles.day}>{relativeDayName(entry.day)}</h2>
  if (entry.kind === 'fold')
    return <FeedFold items={entry.items} around={around} open={open} onToggle={() => onToggle(entry.key)} />
  if (entry.item.type === 'commented' && !entry.item.waiting)
    return <CommentCard item={entry.item} around={around} />
  return <FeedLine item={entry.item} around={around} />
}

/** What happened, newest first: to one issue, in the whole workspace, or by one person. Loads more as one scrolls. */
export function Feed({ scope, jump = null }: Props) {
  const scopeKey = JSON.stringify(scope)
  const [begin, setBegin] = useState<{ readonly scope: string; readonly at: number } | null>(null)
  const at = begin?.scope === scopeKey ? begin.at : null
  const { items, state, stale, error, hasMore, loadingMore, loadMore, retry } = useFeedPages(scope, at)
  const slow = useSlow(state === 'loading')
  const entries = useMemo(() => groupFeed(items, shownDayOf), [items])
  const byId = useMemo(() => new Map(items.map((item) => [item.id, item])), [items])
  const around = useMemo<FeedSurroundings>(
    () => ({ showIssue: scope.kind !== 'issue', find: (id) => byId.get(id) }),
    [scope.kind, byId],
  )
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const toggle = useCallback((key: string) => {
    setOpened((now) => {
      const next = new Set(now)
      if (!next.delete(key)) next.add(key)
      return next
    })
  }, [])

  const list = useRef<HTMLDivElement>(null)
  const { scroller, margin } = useScrollPlace(list)
  const [marked, setMarked] = useState<string | null>(null)
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller,
    scrollMargin: margin,
    scrollPaddingStart: heightOf.day,
    overscan: 8,
    getItemKey: (index) => entries[index]?.key ?? index,
    estimateSize: (index) => {
      const entry = entries[index]
      if (entry?.kind === 'item' && entry.item.type === 'commented') return heightOf.comment
      return heightOf[entry?.kind ?? 'item']
    },
    // Deep in the feed, what arrives at the top must not move what is being read.
    anchorTo: scroller && scroller.scrollTop > margin ? 'end' : 'start',
  })
  const rows = virtual.getVirtualItems()
  const last = rows.at(-1)?.index ?? 0

  useEffect(() => {
    if (hasMore && last >= entries.length - 12) loadMore()
  })

  const [target, setTarget] = useState<FeedJump | null>(null)
  const [wished, setWished] = useState<FeedJump | null>(null)
  if (wished !== jump) {
    setWished(jump)
    setTarget(jump)
  }
  useEffect(() => {
    if (!target || state !== 'ready' || stale) return
    const index = entries.findIndex((entry) => (timeOf(entry) ?? Number.POSITIVE_INFINITY) < target.to)
    const newest = entries.map(timeOf).find((time) => time !== undefined)
    const cutOff = at !== null && (newest === undefined || target.to - 1 > at)
    if (index === -1 || cutOff) {
      // Not among what is loaded: begin there instead of loading everything in between.
      if (at === target.to - 1 || (index === -1 && !hasMore && !cutOff)) setTarget(null)
      else setBegin({ scope: scopeKey, at: target.to - 1 })
      return
    }
    setTarget(null)
    // The first there is stands below the note that says where the feed begins.
    if (at !== null && index <= 1) virtual.scrollToOffset(Math.max(0, margin - 64))
    else virtual.scrollToIndex(index, { align: 'start' })
    setMarked(entries[index]?.key ?? null)
  }, [entries, state, stale, at, hasMore, scopeKey, virtual, target, margin])
  useEffect(() => {
    if (marked === null) return
    const timer = setTimeout(() => setMarked(null), 1_600)
    return () => clearTimeout(timer)
  }, [marked])

  const firstShown = rows.find((row) => row.end > (virtual.scrollOffset ?? 0))?.index ?? 0
  const dayShown = entries.slice(0, firstShown + 1).findLast((entry) => entry.kind === 'day')

  return (
    <section className={styles.feed} aria-label="Feed" aria-busy={state === 'loading'}>
      {at !== null && (
        <div className={styles.begin}>
          <History size={14} strokeWidth={1.5} aria-hidden />
          <span>Showing what happened up to {format(shownInstant(at), 'd MMMM yyyy, HH:mm')}</span>
          <Button variant="quiet" onClick={() => setBegin(null)}>
            Back to the newest
          </Button>
        </div>
      )}
      {state === 'failed' && <ErrorState what="The feed could not be read" error={error} onRetry={retry} />}
      {state === 'loading' && slow && <Skeleton />}
      {state === 'ready' && entries.length === 0 && (
        <ViewState title="Nothing has happened here yet">
          {scope.kind === 'issue'
            ? 'Every change to this issue will be listed here.'
            : 'Every change to an issue will be listed here.'}
        </ViewState>
      )}
      {entries.length > 0 && virtual.scrollOffset !== null && virtual.scrollOffset > margin && dayShown && (
        <div className={styles.sticky} aria-hidden>
          <div className={styles.day}>{relativeDayName(dayShown.day)}</div>
        </div>
      )}
      <div ref={list} className={styles.list} style={{ height: virtual.getTotalSize() }}>
        {rows.map((row) => {
          const entry = entries[row.index]
          return entry ? (
            <div
              key={row.key}
              ref={virtual.measureElement}
              data-index={row.index}
              data-marked={entry.key === marked || undefined}
              className={styles.row}
              style={{ transform: `translateY(${row.start - margin}px)` }}
            >
              <Entry entry={entry} around={around} open={opened.has(entry.key)} onToggle={toggle} />
            </div>
          ) : null
        })}
      </div>
      {loadingMore && <Skeleton />}
      {state === 'ready' && !hasMore && entries.length > 0 && (
        <p className={styles.end}>That is where it began.</p>
      )}
    </section>
  )
}
