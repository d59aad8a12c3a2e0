import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { navigate } from '../../lib/hash-location.ts'
import { issuePath } from '../../lib/paths.ts'
import { useKeptKeys, useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { useIssueActions } from '../../ui/issues/use-issue-actions.tsx'
import { type IssueRows, useIssueRows } from '../../ui/issues/use-issue-rows.ts'
import { useSlow } from '../../ui/page/view-state.tsx'
import { BulkBar } from './bulk-bar.tsx'
import styles from './issue-list-page.module.css'
import { EmptyRow, IssueLine, rowId } from './issue-row.tsx'
import { leaveList, listLeft } from './left-lists.ts'
import { NoRows } from './no-rows.tsx'
import { rowHeight } from './row-height.ts'
import { clear, nothingSelected, type Selection, toggle } from './selection.ts'
import { useFocusOnceFilled } from './use-focus-once-filled.ts'
import { useListSelection } from './use-list-selection.ts'
import { useStable } from './use-stable.ts'

/** What is made, put away or taken back here is seen at once; an issue that was only changed stays where the hand left it. */
const takenIn = new Set(['create', 'archive', 'restore'] as const)

type Props = {
  readonly query: string
  /** What stands above the rows. */
  readonly children: (rows: IssueRows) => ReactNode
}

/** A list of issues with a cursor, a selection, and everything that the keys do to them. */
export function ListOfIssues({ query, children }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState<readonly [number, number]>([0, 40])
  const [selection, setSelection] = useState<Selection>(() => listLeft(query)?.selection ?? nothingSelected)
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
    initialOffset: () => listLeft(query)?.offset ?? 0,
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
    } else setSelection(listLeft(shown.query)?.selection ?? nothingSelected)
  }
  const wasQuery = useRef(shown.query)
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a new list only
  useLayoutEffect(() => {
    const renewed = wasQuery.current === shown.query
    wasQuery.current = shown.query
    virtual.scrollToOffset(
      renewed
        ? Math.max(0, (virtual.scrollOffset ?? 0) + shift * rowHeight)
        : (listLeft(shown.query)?.offset ?? 0),
    )
  }, [shown])
  useFocusOnceFilled(scroller, total > 0)
  useEffect(() => {
    activeId.current = selection.activeId
    leaveList(shown.query, selection, virtual.scrollOffset ?? 0)
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

  const { targets, go, selectAll, press } = useListSelection({
    rows,
    active,
    selection,
    setSelection,
    scrollTo: (index) => virtual.scrollToIndex(index),
    offset: () => virtual.scrollOffset ?? 0,
  })
  const actions = useIssueActions({ targets, anchor: () => document.getElementById(rowId(active)) })

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
