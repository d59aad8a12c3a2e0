import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { IssueCount, IssuePage, IssueRow } from '#contract/views.ts'
import { callHost } from '../queries/call-host.ts'
import { callKey, useCall } from '../queries/use-call.ts'

/** Rows asked for at a time. */
export const pageSize = 100
/** Pages kept on either side of what is seen; those farther away are dropped, so that memory does not grow with the list. */
const keptPages = 8
/** A page that is only rushed past is not asked for. */
const settleMillis = 40

const pageInput = (query: string, page: number) => ({ query, limit: pageSize, offset: page * pageSize })

export type IssueRows = {
  readonly total: number
  /** By status, of the whole list. */
  readonly count: IssueCount | undefined
  /** The query whose rows are shown: the wanted one, or the one before it until that has been answered. */
  readonly shown: string
  readonly rowAt: (index: number) => IssueRow | undefined
  /** Where the wanted query was refused or failed. What was shown before stays. */
  readonly error: Error | null
  readonly waiting: boolean
  readonly retry: () => void
}

/**
 * A list of any length by random access: only the pages that are seen are held.
 * @param seen first and last index on the screen
 */
export function useIssueRows(query: string, seen: readonly [number, number]): IssueRows {
  const client = useQueryClient()
  const [shown, setShown] = useState(query)
  const wantedCount = useCall('issues.count', { query })
  const wantedFirst = useCall('issues.list', pageInput(query, 0))
  if (query !== shown && wantedCount.data && wantedFirst.data) setShown(query)
  const count = useCall('issues.count', { query: shown })

  const firstPage = Math.floor(seen[0] / pageSize)
  const lastPage = Math.max(firstPage, Math.floor(seen[1] / pageSize))
  const [settled, setSettled] = useState({ shown, firstPage, lastPage })
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled({ shown, firstPage, lastPage })
      const far = ({ queryKey: [name, input] }: { queryKey: readonly unknown[] }) => {
        const { query: of, offset = 0 } = (input ?? {}) as { query?: string; offset?: number }
        const page = offset / pageSize
        return (
          name === 'issues.list' &&
          of === shown &&
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
  const byPage = new Map<number, IssuePage | undefined>(pages.map((page, at) => [page, loaded[at]?.data]))
  const rowAt = (index: number) => {
    const page = Math.floor(index / pageSize)
    const held =
      byPage.get(page) ?? client.getQueryData<IssuePage>(callKey('issues.list', pageInput(shown, page)))
    return held?.rows[index % pageSize]
  }
  const failed = [wantedCount, wantedFirst].find(({ isError }) => isError)
  return {
    total: count.data?.total ?? 0,
    count: count.data,
    shown,
    rowAt,
    error: failed?.error ?? null,
    waiting: !failed && (query !== shown || !count.data || !wantedFirst.data),
    retry: () => {
      void wantedCount.refetch()
      void wantedFirst.refetch()
    },
  }
}
