import { useDroppable } from '@dnd-kit/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useImperativeHandle, useRef, useState } from 'react'
import type { IssueRow } from '#contract/answers/answers.ts'
import type { WorkflowState } from '#core/workflow/workflow.ts'
import { FieldSums } from '../../ui/fields/field-sums.tsx'
import { useIssueRows } from '../../ui/issues/use-issue-rows.ts'
import { StatusRing } from '../../ui/status-ring.tsx'
import styles from './board.module.css'
import { Card, EmptyCard } from './card.tsx'
import type { CardMove } from './card-move.ts'

const cardPitch = 102
/** What is moved, made or put away here is seen at once; all else stays where it is. */
const takenIn = new Set(['transition', 'create', 'archive', 'restore'] as const)

/** What the board asks of a column. */
export type ColumnHandle = {
  readonly rowAt: (index: number) => IssueRow | undefined
  readonly length: () => number
  /** Where an issue's card is, if it is in sight. */
  readonly indexOf: (issueId: string | null) => number | undefined
  /** Brings a card into sight and gives it the focus. */
  readonly show: (index: number) => void
}

type Props = {
  readonly state: WorkflowState
  readonly query: string
  readonly total: number
  /** How many issues the whole board shows; `null` while that is asked for. */
  readonly whole: number | null
  readonly moves: readonly CardMove[]
  /** The card under the cursor; `null` where it is in another column. */
  readonly cursor: { readonly index: number; readonly id: string | null } | null
  /** Whether the card in the hand may come here. */
  readonly target: 'none' | 'open' | 'shut'
  readonly register: (handle: ColumnHandle | null) => void
  readonly onCursor: (index: number, id: string) => void
}

/** The issues in one state, as cards. Only those in sight exist. */
export function BoardColumn({
  state,
  query,
  total,
  whole,
  moves,
  cursor,
  target,
  register,
  onCursor,
}: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState<readonly [number, number]>([0, 12])
  const rows = useIssueRows(`${query} status:${state.id}`.trim(), seen, {
    takes: takenIn,
    whole,
  })
  const { setNodeRef, isOver } = useDroppable({ id: state.id })

  // Cards on the way in stand on top until the host shows them; those on the way out are skipped where they are loaded.
  const held = new Set<string>()
  for (let index = seen[0]; index <= seen[1]; index++) {
    const id = rows.rowAt(index)?.id
    if (id) held.add(id)
  }
  const arriving = moves.filter(({ row, to }) => to === state.id && !held.has(row.id)).map(({ row }) => row)
  const leaving = new Set(moves.filter(({ to }) => to !== state.id).map(({ row }) => row.id))
  const gone: number[] = []
  for (let index = seen[0]; index <= seen[1]; index++) {
    if (leaving.has(rows.rowAt(index)?.id ?? '')) gone.push(index)
  }
  const length = Math.max(0, rows.total + arriving.length - gone.length)
  const rowAt = (index: number): IssueRow | undefined => {
    if (index < arriving.length) return arriving[index]
    let source = index - arriving.length
    for (const skipped of gone) if (skipped <= source) source++
    return rows.rowAt(source)
  }

  const indexOf = (issueId: string | null): number | undefined => {
    if (issueId === null) return undefined
    for (let index = seen[0]; index <= seen[1] + arriving.length; index++)
      if (rowAt(index)?.id === issueId) return index
    return undefined
  }
  const cursorAt = cursor === null ? -1 : (indexOf(cursor.id) ?? Math.min(cursor.index, length - 1))

  const virtual = useVirtualizer({
    count: length,
    getScrollElement: () => scroller.current,
    estimateSize: () => cardPitch,
    overscan: 4,
    paddingStart: 2,
    paddingEnd: 8,
  })
  const { startIndex = 0, endIndex = 12 } = virtual.range ?? {}
  useEffect(() => {
    setSeen(([from, to]) => (from === startIndex && to === endIndex ? [from, to] : [startIndex, endIndex]))
  }, [startIndex, endIndex])
  const [wanted, setWanted] = useState(-1)
  useImperativeHandle(register, () => ({
    rowAt,
    length: () => length,
    indexOf,
    show: (index) => {
      if (index < 0) return
      virtual.scrollToIndex(index)
      setWanted(index)
    },
  }))
  // The focus follows the cursor once the card is there.
  useEffect(() => {
    if (wanted < 0) return
    const card = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted}"] [data-card]`)
    if (!card) return
    card.focus({ preventScroll: true })
    setWanted(-1)
  })
  const shown = Math.max(total, rows.total) === 0 ? length : rows.count ? length : total
  return (
    <section
      ref={setNodeRef}
      id={`column-${state.id}`}
      className={styles.column}
      aria-label={`${state.name}, ${shown.toLocaleString()}`}
      data-target={target}
      data-over={isOver && target !== 'shut'}
    >
      <h2 className={styles.columnHead}>
        <StatusRing status={state.id} />
        {state.name}
        <span className={styles.count}>{shown.toLocaleString()}</span>
        <FieldSums query={query} status={state.id} className={styles.count} />
      </h2>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it scrolls, so keys must reach it; the cursor then is on its first card */}
      <div
        ref={scroller}
        className={styles.cards}
        tabIndex={cursor && length > 0 ? -1 : 0}
        onFocus={(event) => {
          const first = rowAt(0)
          if (event.target === event.currentTarget && first && !cursor) onCursor(0, first.id)
        }}
      >
        <ul className={styles.cardList} style={{ height: virtual.getTotalSize() }} aria-label={state.name}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rowAt(index)
            return (
              <li
                key={row?.id ?? `empty ${index}`}
                data-index={index}
                className={styles.slot}
                style={{ transform: `translateY(${start}px)` }}
                aria-setsize={length}
                aria-posinset={index + 1}
              >
                {row ? (
                  <Card
                    row={row}
                    left={rows.hasLeft(row)}
                    current={index === cursorAt}
                    onCursor={() => onCursor(index, row.id)}
                  />
                ) : (
                  <EmptyCard />
                )}
              </li>
            )
          })}
        </ul>
        {length === 0 && !rows.waiting && (
          <p className={styles.nothing}>{target === 'open' ? 'Drop here' : 'Nothing here'}</p>
        )}
      </div>
    </section>
  )
}
