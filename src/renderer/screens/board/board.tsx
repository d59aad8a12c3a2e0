import {
  DndContext,
  type DragEndEvent,
  DragOverlay,
  PointerSensor,
  pointerWithin,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import { useRef, useState } from 'react'
import { toast } from 'sonner'
import type { IssueCount, IssueRow } from '#contract/answers/answers.ts'
import type { Transition } from '#core/workflow/workflow.ts'
import { navigate } from '../../lib/hash-location.ts'
import { issuePath } from '../../lib/paths.ts'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { useKeptKeys, useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { useIssueActions } from '../../ui/issues/use-issue-actions.tsx'
import styles from './board.module.css'
import { CardFace, cardId } from './card.tsx'
import { BoardColumn, type ColumnHandle } from './column.tsx'
import { useCardMoves } from './use-card-moves.ts'

/** Where the keys work: a place, and the card that was there, so that the cursor stays with it. */
type Cursor = { readonly column: number; readonly index: number; readonly id: string | null }

type Drag = { readonly row: IssueRow; readonly transitions: readonly Transition[] | null }

/** A column for each state; cards move by hand or by keys, only where the issue machine lets them. */
export function Board({
  query,
  count,
  isCounting,
}: {
  readonly query: string
  readonly count: IssueCount | undefined
  /** Whether `count` may be of before. */
  readonly isCounting: boolean
}) {
  const { workflow } = useWorkspace()
  const { moves, moveTo } = useCardMoves()
  const board = useRef<HTMLElement>(null)
  const columns = useRef(new Map<string, ColumnHandle>())
  const [cursor, setCursor] = useState<Cursor>({ column: 0, index: 0, id: null })
  const [drag, setDrag] = useState<Drag | null>(null)
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 5 } }))

  const stateAt = (column: number) => workflow.states[column]?.id ?? ''
  const columnAt = (column: number) => columns.current.get(stateAt(column))
  const current = (): IssueRow | undefined => {
    const column = columnAt(cursor.column)
    return column?.rowAt(column.indexOf(cursor.id) ?? cursor.index)
  }

  const ask = (row: IssueRow) =>
    callHost('issues.get', { key: row.id }).then(({ transitions }) => transitions)
  const moveBy = (step: -1 | 1) => {
    const row = current()
    if (!row) return
    ask(row).then(
      (transitions) => {
        const reachable = workflow.states
          .map(({ id }, at) => (transitions.some(({ to }) => to === id) ? at : -1))
          .filter((at) => at >= 0)
        const target =
          step > 0
            ? reachable.find((at) => at > cursor.column)
            : reachable.findLast((at) => at < cursor.column)
        const to = target === undefined ? stateAt(cursor.column + step) : stateAt(target)
        if (to === '') return
        void moveTo(row, to, transitions)
        if (target !== undefined) {
          setCursor({ column: target, index: 0, id: row.id })
          columnAt(target)?.show(0)
        }
      },
      (error: unknown) => toast.error(sentenceOf(error)),
    )
  }
  const place = () => columnAt(cursor.column)?.indexOf(cursor.id) ?? cursor.index
  const goTo = (column: number, index: number) => {
    const length = columnAt(column)?.length() ?? 0
    const next = Math.max(0, Math.min(length - 1, index))
    setCursor({ column, index: next, id: columnAt(column)?.rowAt(next)?.id ?? null })
    columnAt(column)?.show(next)
    board.current
      ?.querySelector(`#${CSS.escape(`column-${stateAt(column)}`)}`)
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
  const sideways = (step: -1 | 1) => {
    let column = cursor.column + step
    while (stateAt(column) !== '' && (columnAt(column)?.length() ?? 0) === 0) column += step
    if (stateAt(column) !== '') goTo(column, place())
  }
  // The board begins at its first card.
  const filled = workflow.states.findIndex(({ id }) => (count?.byStatus[id] ?? 0) > 0)
  if (
    filled >= 0 &&
    count &&
    (count.byStatus[stateAt(cursor.column)] ?? 0) === 0 &&
    moves.length === 0 &&
    cursor.column !== filled
  ) {
    setCursor({ column: filled, index: 0, id: null })
  }
  const anchor = () => {
    const row = current()
    return row ? document.getElementById(cardId(row.id)) : null
  }
  const actions = useIssueActions({
    targets: () => {
      const row = current()
      return row ? [row] : []
    },
    anchor,
  })
  useKeptKeys(!count)
  useViewActions('board', {
    ...actions.handlers,
    'list.next': () => goTo(cursor.column, place() + 1),
    'list.previous': () => goTo(cursor.column, place() - 1),
    'list.first': () => goTo(cursor.column, 0),
    'list.last': () => goTo(cursor.column, Number.MAX_SAFE_INTEGER),
    'list.open': () => {
      const row = current()
      if (row) navigate(issuePath(row.key))
    },
    'list.back': () => {
      if (drag) setDrag(null)
      else board.current?.focus()
    },
    'board.left': () => sideways(-1),
    'board.right': () => sideways(1),
    'board.move-left': () => moveBy(-1),
    'board.move-right': () => moveBy(1),
    'board.move': () => actions.open('status'),
  })

  const drop = ({ over }: DragEndEvent) => {
    const dragged = drag
    setDrag(null)
    if (!dragged || !over || over.id === dragged.row.status) return
    const to = String(over.id)
    if (dragged.transitions) void moveTo(dragged.row, to, dragged.transitions)
    else
      ask(dragged.row).then(
        (transitions) => moveTo(dragged.row, to, transitions),
        (error: unknown) => toast.error(sentenceOf(error)),
      )
  }
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={pointerWithin}
      onDragStart={({ active }) => {
        const row = active.data.current?.row as IssueRow | undefined
        if (!row) return
        setDrag({ row, transitions: null })
        ask(row).then(
          (transitions) => setDrag((now) => (now?.row.id === row.id ? { row, transitions } : now)),
          () => {},
        )
      }}
      onDragEnd={drop}
      onDragCancel={() => setDrag(null)}
    >
      <section
        ref={board}
        className={styles.board}
        data-board
        tabIndex={-1}
        aria-label="Board. Arrow keys move the cursor, Shift and an arrow moves the card."
      >
        {workflow.states.map((state, column) => (
          <BoardColumn
            key={state.id}
            state={state}
            query={query}
            total={count?.byStatus[state.id] ?? 0}
            whole={isCounting ? null : (count?.total ?? null)}
            moves={moves}
            cursor={cursor.column === column ? cursor : null}
            target={
              !drag || drag.row.status === state.id
                ? 'none'
                : drag.transitions?.some(({ to }) => to === state.id)
                  ? 'open'
                  : drag.transitions
                    ? 'shut'
                    : 'none'
            }
            register={(handle) => {
              if (handle) columns.current.set(state.id, handle)
              else columns.current.delete(state.id)
            }}
            onCursor={(index, id) => setCursor({ column, index, id })}
          />
        ))}
      </section>
      <DragOverlay dropAnimation={null}>{drag && <CardFace row={drag.row} lifted />}</DragOverlay>
      {actions.picker}
    </DndContext>
  )
}
