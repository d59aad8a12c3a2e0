import { useQueryClient } from '@tanstack/react-query'
import type { Dispatch, SetStateAction } from 'react'
import type { IssuePageView, IssueRow as Row } from '#contract/answers/answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { issuePath } from '../../lib/paths.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import type { IssueRows } from '../../ui/issues/use-issue-rows.ts'
import { leaveList } from './left-lists.ts'
import { extendTo, moveTo, type Selection, toggle } from './selection.ts'

/** The most issues that one gesture selects. */
const mostSelected = 500

/** Every row that the cache holds, by issue. */
function cachedRows(pages: readonly [unknown, IssuePageView | undefined][]): ReadonlyMap<string, Row> {
  return new Map(pages.flatMap(([, page]) => (page?.rows ?? []).map((row) => [row.id, row] as const)))
}

type Input = {
  readonly rows: IssueRows
  /** The row under the cursor. */
  readonly active: number
  readonly selection: Selection
  readonly setSelection: Dispatch<SetStateAction<Selection>>
  readonly scrollTo: (index: number) => void
  /** How far the list is scrolled, in pixels. */
  readonly offset: () => number
}

type ListSelection = {
  /** The issues that a key is meant for: the selected ones, else the one under the cursor. */
  readonly targets: () => readonly Row[]
  /** Moves the cursor. @param extending whether what lies between is selected too */
  readonly go: (index: number, extending?: boolean) => void
  readonly selectAll: () => Promise<void>
  readonly press: (index: number, row: Row, how: 'open' | 'toggle' | 'extend') => void
}

/** Where the cursor of a list goes, and what it selects on the way. */
export function useListSelection({
  rows: { total, rowAt, shown },
  active,
  selection,
  setSelection,
  scrollTo,
  offset,
}: Input): ListSelection {
  const client = useQueryClient()
  const at = rowAt(active)
  const targets = (): readonly Row[] => {
    if (selection.ids.size === 0) return at ? [at] : []
    const cached = cachedRows(client.getQueriesData<IssuePageView>({ queryKey: ['issues.list'] }))
    return [...selection.ids].flatMap((id) => cached.get(id) ?? [])
  }
  const go = (index: number, extending = false) => {
    if (total === 0) return
    const to = Math.max(0, Math.min(total - 1, index))
    const id = rowAt(to)?.id ?? null
    scrollTo(to)
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
      leaveList(shown.query, opened, offset())
      navigate(issuePath(row.key))
    } else if (how === 'toggle') setSelection((now) => toggle(now, index, row.id))
    else void extend(index, row.id)
  }
  return { targets, go, selectAll, press }
}
