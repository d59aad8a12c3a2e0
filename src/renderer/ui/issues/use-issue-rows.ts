import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { v7 as newId } from 'uuid'
import type { IssueCount, IssuePageView, IssueRow } from '#contract/answers/answers.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import type { OwnChange } from '../../lib/queries/own-changes.ts'
import { callKey, useCall } from '../../lib/queries/use-call.ts'
import { type HeldQuery, keepOrder, orderFor } from './held-query.ts'
import { openOrder } from './open-orders.ts'
import { useFilling } from './use-filling.ts'
import { useOwnChanges } from './use-own-changes.ts'

/** Rows asked for at a time. */
export const pageSize = 100
/** Pages kept on either side of what is seen; those farther away are dropped, so that memory does not grow with the list. */
const keptPages = 8
/** A page that is only rushed past is not asked for. */
const settleMillis = 40

const pageInput = ({ query, held }: HeldQuery, page: number) => ({
  query,
  limit: pageSize,
  offset: page * pageSize,
  held,
})

export type IssueRows = {
  readonly total: number
  /** By status, of all that matches now. */
  readonly count: IssueCount | undefined
  /** The query whose rows are shown: the wanted one, or the one before it until that has been answered. */
  readonly shown: HeldQuery
  readonly rowAt: (index: number) => IssueRow | undefined
  /** Whether a row is in the list only because the list has not been renewed since. */
  readonly hasLeft: (row: IssueRow) => boolean
  /** Where the wanted query was refused or failed. What was shown before stays. */
  readonly error: Error | null
  readonly waiting: boolean
  readonly retry: () => void
}

type Options = {
  /** What this window does that shows at once: the issue comes in, or goes. All else waits for the list to be renewed. */
  readonly takes: ReadonlySet<OwnChange['type']>
  /** How much the whole view shows, where this is a part of it; `null` while that is asked for. */
  readonly whole?: number | null
  /** The issue under the cursor; told where it stands before a renewed order is shown. */
  readonly cursor?: { readonly id: () => string | null; readonly comesTo: (index: number | null) => void }
}

/**
 * A list of any length by random access: only the pages that are seen are held. Its order is the one in which it was opened,
 * whatever changes meanwhile, until it is renewed.
 * @param seen first and last index on the screen
 */
export function useIssueRows(
  query: string,
  seen: readonly [number, number],
  { takes, whole, cursor }: Options,
): IssueRows {
  const client = useQueryClient()
  const [wanted, setWanted] = useState(() => orderFor(query))
  if (wanted.query !== query) setWanted(orderFor(query))
  const [shown, setShown] = useState(wanted)
  const wantedCount = useCall('issues.count', { query })
  const wantedFirst = useCall('issues.list', pageInput(wanted, 0))
  if (wanted !== shown && wanted.query === query && wantedCount.data && wantedFirst.data) setShown(wanted)
  const count = useCall('issues.count', { query: shown.query })
  const first = useCall('issues.list', pageInput(shown, 0))
  const total = first.data?.held?.total ?? 0

  const order = useCall('issues.order', shown, { enabled: first.data !== undefined })
  const changed = order.data?.changed ?? false
  useOwnChanges(shown, takes)
  const renew = useCallback(async () => {
    // Behind a query that is not answered, or was refused, the list before it stays.
    if (query !== shown.query) return
    const next = { query, held: newId() }
    const id = cursor?.id() ?? null
    try {
      const { at } = await callHost('issues.order', {
        ...next,
        ...(id === null ? {} : { find: id as never }),
      })
      cursor?.comesTo(at)
    } catch {
      // A host that is away says so over the view; what is shown stays until it is back.
      return
    }
    keepOrder(next)
    setWanted(next)
  }, [query, shown.query, cursor])
  const filling = useFilling(whole === undefined ? first.data?.held?.total : (whole ?? undefined))
  useEffect(() => {
    if (changed && filling.current) void renew()
    // Of an order that is about to be renewed by itself nothing is said.
    const waits = changed && !filling.current
    return openOrder(shown.held, { changed: waits, renew: () => void renew() })
  }, [shown, changed, filling, renew])

  const firstPage = Math.floor(seen[0] / pageSize)
  const lastPage = Math.max(firstPage, Math.floor(seen[1] / pageSize))
  const [settled, setSettled] = useState({ shown, firstPage, lastPage })
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled({ shown, firstPage, lastPage })
      const far = ({ queryKey: [name, input] }: { queryKey: readonly unknown[] }) => {
        const { held: of, offset = 0 } = (input ?? {}) as { held?: string; offset?: number }
        const page = offset / pageSize
        return (
          name === 'issues.list' &&
          of === shown.held &&
          page > 0 &&
          (page < firstPage - keptPages || page > lastPage + keptPages)
        )
      }
      client.removeQueries({ type: 'inactive', predicate: far })
    }, settleMillis)
    return () => clearTimeout(timer)
  }, [client, shown, firstPage, lastPage])

  const pages = Array.from({ length: lastPage - firstPage + 1 }, (_, at) => firstPage + at)
  const loaded = useQueries({
    queries: pages.map((page) => ({
      queryKey: callKey('issues.list', pageInput(shown, page)),
      queryFn: () => callHost('issues.list', pageInput(shown, page)),
      enabled:
        page === 0 || (settled.shown === shown && page >= settled.firstPage && page <= settled.lastPage),
      gcTime: 15_000,
    })),
  })
  const byPage = new Map<number, IssuePageView | undefined>(pages.map((page, at) => [page, loaded[at]?.data]))
  const left = new Set([...byPage.values()].flatMap((page) => page?.held?.left ?? []))
  const rowAt = (index: number) => {
    const page = Math.floor(index / pageSize)
    const held =
      byPage.get(page) ?? client.getQueryData<IssuePageView>(callKey('issues.list', pageInput(shown, page)))
    return held?.rows[index % pageSize]
  }
  const failed = [wantedCount, wantedFirst].find(({ isError }) => isError)
  return {
    total,
    count: count.data,
    shown,
    rowAt,
    hasLeft: (row) => left.has(row.id),
    error: failed?.error ?? null,
    waiting: !failed && (query !== shown.query || !count.data || !wantedFirst.data),
    retry: () => {
      void wantedCount.refetch()
      void wantedFirst.refetch()
    },
  }
}
