import { useQueryClient } from '@tanstack/react-query'
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { Inbox, SearchX } from 'lucide-react'
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { IssuePageView, IssueRow as Row } from '#contract/answers/answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { issuePath, issuesPath, presets } from '../../lib/paths.ts'
import { CallError } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { runAction, useKeptKeys, useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { keysFor } from '../../lib/shortcuts/actions.ts'
import { Button } from '../../ui/controls/button.tsx'
import { useIssueActions } from '../../ui/issues/use-issue-actions.tsx'
import { type IssueRows, useIssueRows } from '../../ui/issues/use-issue-rows.ts'
import { KeyHint, keyWord } from '../../ui/key-hint.tsx'
import { ErrorState, useSlow, ViewState } from '../../ui/page/view-state.tsx'
import { BulkBar } from './bulk-bar.tsx'
import styles from './issue-list-page.module.css'
import { EmptyRow, IssueLine, rowId } from './issue-row.tsx'
import { clear, extendTo, moveTo, nothingSelected, type Selection, toggle } from './selection.ts'

const rowHeight = 36
/** The most issues that one gesture selects. */
const mostSelected = 500
/** What is made, put away or taken back here is seen at once; an issue that was only changed stays where the hand left it. */
const takenIn = new Set(['create', 'archive', 'restore'] as const)

/** Where each list was left, so that coming back from an issue finds it as it was. */
const left = new Map<string, { readonly selection: Selection; readonly offset: number }>()

/** Every row that the cache holds, by issue. */
function cachedRows(pages: readonly [unknown, IssuePageView | undefined][]): ReadonlyMap<string, Row> {
  return new Map(pages.flatMap(([, page]) => (page?.rows ?? []).map((row) => [row.id, row] as const)))
}

type Props = {
  readonly query: string
  /** What stands above the rows. */
  readonly children: (rows: IssueRows) => ReactNode
}

/** A list of issues with a cursor, a selection, and everything that the keys do to them. */
export function ListOfIssues({ query, children }: Props) {
  const client = useQueryClient()
  const scroller = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState<readonly [number, number]>([0, 40])
  const [selection, setSelection] = useState<Selection>(() => left.get(query)?.selection ?? nothingSelected)
  // Where the cursor's issue stands in a renewed order, from just before that is shown.
  const comesTo = useRef<number | null>(null)
  const activeId = useRef<string | null>(null)
  const cursor = useMemo(
    () => ({
      id: () => activeId.current,
      comesTo: (index: number | null) => {
        comesTo.current = index
      },
    }),
    [],
  )
  const rows = useIssueRows(query, seen, { takes: takenIn, cursor })
  const { total, rowAt, shown } = rows
  const active = Math.min(selection.active, total - 1)

  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    initialOffset: () => left.get(query)?.offset ?? 0,
    // The row under the cursor is always there: the list points to it by id.
    rangeExtractor: (range: Range) => {
      const indexes = defaultRangeExtractor(range)
      return active < 0 || indexes.includes(active) ? indexes : [...indexes, active].sort((a, b) => a - b)
    },
  })
  const items = virtual.getVirtualItems()
  const { startIndex = 0, endIndex = 40 } = virtual.range ?? {}
  useEffect(() => {
    setSeen(([from, to]) => (from === startIndex && to === endIndex ? [from, to] : [startIndex, endIndex]))
  }, [startIndex, endIndex])

  // A new filter starts at its top, unless the list was here before. A renewed order keeps the cursor on its issue, and that in its place on the screen.
  const [listed, setListed] = useState(shown)
  const [shift, setShift] = useState(0)
  if (listed !== shown) {
    setListed(shown)
    if (listed.query === shown.query) {
      const to = comesTo.current ?? Math.min(active, total - 1)
      setShift(to - active)
      setSelection((now) => ({ ...now, active: to, anchor: to, activeId: now.activeId }))
    } else setSelection(left.get(shown.query)?.selection ?? nothingSelected)
  }
  const wasQuery = useRef(shown.query)
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a new list only
  useLayoutEffect(() => {
    const renewed = wasQuery.current === shown.query
    wasQuery.current = shown.query
    virtual.scrollToOffset(
      renewed
        ? Math.max(0, (virtual.scrollOffset ?? 0) + shift * rowHeight)
        : (left.get(shown.query)?.offset ?? 0),
    )
  }, [shown])
  // The keys work at once: the list takes the focus where nothing else has it.
  const filled = total > 0
  useEffect(() => {
    const focused = document.activeElement
    if (filled && (focused === document.body || focused === document.getElementById('main')))
      scroller.current?.focus({ preventScroll: true })
  }, [filled])
  useEffect(() => {
    activeId.current = selection.activeId
    left.set(shown.query, { selection, offset: virtual.scrollOffset ?? 0 })
    if (left.size > 30) left.delete(left.keys().next().value ?? '')
  })

  // Rows may move while one looks: the cursor stays with its issue while that is in sight.
  const at = rowAt(active)
  if (at && selection.activeId !== at.id) {
    const moved = items.find(({ index }) => rowAt(index)?.id === selection.activeId)
    setSelection((now) => ({
      ...now,
      active: moved ? moved.index : active,
      activeId: moved ? now.activeId : at.id,
    }))
  }

  const targets = (): readonly Row[] => {
    if (selection.ids.size === 0) return at ? [at] : []
    const cached = cachedRows(client.getQueriesData<IssuePageView>({ queryKey: ['issues.list'] }))
    return [...selection.ids].flatMap((id) => cached.get(id) ?? [])
  }
  const anchor = () => document.getElementById(rowId(active))
  const actions = useIssueActions({ targets, anchor })

  const go = (index: number, extending = false) => {
    if (total === 0) return
    const to = Math.max(0, Math.min(total - 1, index))
    const id = rowAt(to)?.id ?? null
    virtual.scrollToIndex(to)
    if (extending) void extend(to, id)
    else setSelection((now) => moveTo(now, to, id))
  }
  const extend = async (to: number, id: string | null) => {
    const [from, until] = [
      Math.min(selection.anchor, to),
      Math.min(Math.max(selection.anchor, to), Math.min(selection.anchor, to) + mostSelected - 1),
    ]
    const held = Array.from({ length: until - from + 1 }, (_, offset) => rowAt(from + offset))
    const page = held.every((row) => row !== undefined)
      ? held
      : (await callHost('issues.list', { ...shown, limit: until - from + 1, offset: from })).rows
    setSelection((now) =>
      extendTo(
        now,
        to,
        id,
        page.flatMap((row) => row?.id ?? []),
      ),
    )
  }
  const selectAll = async () => {
    const page = await client.fetchQuery({
      queryKey: ['issues.list', { ...shown, limit: mostSelected, offset: 0 }],
      queryFn: () => callHost('issues.list', { ...shown, limit: mostSelected, offset: 0 }),
    })
    setSelection((now) => ({ ...now, ids: new Set(page.rows.map(({ id }) => id)) }))
  }
  const press = (index: number, row: Row, how: 'open' | 'toggle' | 'extend') => {
    if (how === 'open') {
      const opened = moveTo(selection, index, row.id)
      setSelection(opened)
      // Kept by hand: the view goes before it has rendered this.
      left.set(shown.query, { selection: opened, offset: virtual.scrollOffset ?? 0 })
      navigate(issuePath(row.key))
    } else if (how === 'toggle') setSelection((now) => toggle(now, index, row.id))
    else void extend(index, row.id)
  }
  const perPage = Math.max(1, endIndex - startIndex - 1)

  // Until the rows that were asked for are there: keys are meant for them, not for those of the filter before.
  useKeptKeys(rows.waiting)
  useViewActions('list', {
    ...actions.handlers,
    'list.next': () => go(active + 1),
    'list.previous': () => go(active - 1),
    'list.extend-down': () => go(active + 1, true),
    'list.extend-up': () => go(active - 1, true),
    'list.first': () => go(0),
    'list.last': () => go(total - 1),
    'list.page-down': () => go(active + perPage),
    'list.page-up': () => go(active - perPage),
    'list.select': () => at && setSelection((now) => toggle(now, active, at.id)),
    'list.select-all': () => void selectAll(),
    'list.open': () => at && navigate(issuePath(at.key)),
    'list.back': () => {
      if (selection.ids.size > 0) setSelection(clear)
      else scroller.current?.focus({ preventScroll: true })
    },
  })

  const slow = useSlow(rows.waiting)
  const onPress = useStable(press)
  return (
    <div className={styles.page}>
      {children(rows)}
      <div className={styles.body}>
        {total > 0 ? (
          <div
            ref={scroller}
            className={styles.list}
            role="listbox"
            aria-label="Issues"
            aria-multiselectable
            tabIndex={0}
            aria-activedescendant={active >= 0 ? rowId(active) : undefined}
            aria-busy={rows.waiting}
            data-waiting={slow}
          >
            <div className={styles.rows} style={{ height: virtual.getTotalSize() }} role="presentation">
              {items.map(({ index, start }) => {
                const row = rowAt(index)
                return row ? (
                  <IssueLine
                    key={row.id}
                    row={row}
                    left={rows.hasLeft(row)}
                    index={index}
                    total={total}
                    top={start}
                    active={index === active}
                    selected={selection.ids.has(row.id)}
                    selecting={selection.ids.size > 0}
                    onPress={onPress}
                  />
                ) : (
                  <EmptyRow key={`empty ${index}`} index={index} total={total} top={start} />
                )
              })}
            </div>
          </div>
        ) : (
          <NoRows query={query} rows={rows} slow={slow} />
        )}
        {selection.ids.size > 0 && (
          <BulkBar
            count={selection.ids.size}
            total={total}
            actions={actions}
            onClear={() => setSelection(clear)}
          />
        )}
      </div>
      {actions.picker}
    </div>
  )
}

/** The latest function under one identity, so that rows don't render for it. */
function useStable<Args extends readonly unknown[]>(
  latest: (...args: Args) => void,
): (...args: Args) => void {
  const held = useRef(latest)
  useLayoutEffect(() => {
    held.current = latest
  })
  const [stable] = useState(
    () =>
      (...args: Args) =>
        held.current(...args),
  )
  return stable
}

function NoRows({
  query,
  rows,
  slow,
}: {
  readonly query: string
  readonly rows: IssueRows
  readonly slow: boolean
}) {
  const everything = useCall('issues.count', { query: '' }, { enabled: rows.count?.total === 0 })
  if (rows.error instanceof CallError && rows.error.code === 'invalid_query') {
    return (
      <ViewState
        icon={<SearchX size={32} strokeWidth={1.25} />}
        title="This filter can’t be read"
        actions={<Button onClick={() => navigate(issuesPath(presets.open))}>Show all open issues</Button>}
      >
        Mend it where it is marked above.
      </ViewState>
    )
  }
  if (rows.error && !rows.count) {
    return <ErrorState what="These issues could not be shown" error={rows.error} onRetry={rows.retry} />
  }
  if (!rows.count) return slow ? <Skeleton /> : <div className={styles.list} aria-busy />
  if (everything.data?.total === 0) {
    return (
      <ViewState
        icon={<Inbox size={32} strokeWidth={1.25} />}
        title="Nothing here yet"
        actions={
          <>
            <Button variant="primary" onClick={() => runAction('new-issue')}>
              New issue
            </Button>
            <Button onClick={() => runAction('import')}>Import issues…</Button>
          </>
        }
      >
        Press <KeyHint keys={keysFor('new-issue') ?? ''} />
        <span className="visually-hidden">{keyWord('new-issue')}</span> to write the first issue, or bring in
        the history of another tracker.
      </ViewState>
    )
  }
  if (!everything.data) return <div className={styles.list} aria-busy />
  return (
    <ViewState
      icon={<SearchX size={32} strokeWidth={1.25} />}
      title={query === presets.mine ? 'Nothing is assigned to you' : 'No issue matches this filter'}
      actions={
        query === presets.open ? null : (
          <Button onClick={() => navigate(issuesPath(presets.open))}>Show all open issues</Button>
        )
      }
    >
      {query === presets.mine
        ? 'What is open and yours comes here.'
        : 'Take a term out of the filter to see more.'}
    </ViewState>
  )
}

function Skeleton() {
  return (
    <div className={styles.list} aria-busy>
      <div className={styles.rows} style={{ height: 12 * rowHeight }}>
        {Array.from({ length: 12 }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bones never move
          <EmptyRow key={index} index={index} total={12} top={index * rowHeight} />
        ))}
      </div>
    </div>
  )
}
