import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { FeedItem } from '#contract/answers/answers.ts'
import type { FeedScope } from '#contract/calls.ts'
import { callHost } from '../../lib/queries/call-host.ts'

const pageSize = 60

export type FeedPages = {
  /** Newest first, without repeats. */
  readonly items: readonly FeedItem[]
  readonly state: 'loading' | 'failed' | 'ready'
  /** True while the items of the instant before are shown. */
  readonly stale: boolean
  readonly error: Error | null
  readonly hasMore: boolean
  readonly loadingMore: boolean
  readonly loadMore: () => void
  readonly retry: () => void
}

/** A feed page by page. @param at begin at this instant (milliseconds) and go back from there; the newest where `null`. */
export function useFeedPages(scope: FeedScope, at: number | null): FeedPages {
  const query = useInfiniteQuery({
    queryKey: ['feed.page', at === null ? { scope } : { scope, at }, 'endless'],
    queryFn: ({ pageParam }) =>
      callHost('feed.page', {
        scope,
        limit: pageSize,
        ...(pageParam === undefined ? {} : { before: pageParam }),
        ...(at === null ? {} : { at }),
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // Another scope starts empty; another instant of the same scope keeps what was there until it is answered.
    placeholderData: (previous, before) =>
      JSON.stringify((before?.queryKey[1] as { scope?: unknown } | undefined)?.scope) ===
      JSON.stringify(scope)
        ? keepPreviousData(previous)
        : undefined,
  })
  const items = useMemo(() => {
    // While pages are asked for again one after the other, an event may lie on two of them.
    const seen = new Set<string>()
    return (query.data?.pages ?? [])
      .flatMap((page) => page.items)
      .filter((item) => !seen.has(item.id) && seen.add(item.id))
  }, [query.data])
  return {
    items,
    state: query.data ? 'ready' : query.isError ? 'failed' : 'loading',
    stale: query.isPlaceholderData,
    error: query.error,
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage && !query.isPlaceholderData)
        void query.fetchNextPage()
    },
    retry: () => void query.refetch(),
  }
}
