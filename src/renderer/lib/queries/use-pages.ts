import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { KeptCall } from '#contract/follows.ts'

export type Pages<Row> = {
  /** In the host's order, without repeats. */
  readonly rows: readonly Row[]
  readonly state: 'loading' | 'failed' | 'ready'
  readonly error: Error | null
  readonly hasMore: boolean
  readonly loadMore: () => void
  readonly retry: () => void
}

/** Where the pages of a list lie in the query cache. */
export const pagesKey = (name: KeptCall, filter: object) => [name, filter, 'endless'] as const

type Page<Row, Cursor> = { readonly rows: readonly Row[]; readonly next: Cursor | null }

/**
 * A list that the host gives by keyset, page by page as one scrolls.
 * @param load one page; `before` is the `next` of the page before
 */
export function usePages<
  Row extends { readonly id: number | string },
  Cursor extends number | string = number,
>(
  name: KeptCall,
  filter: object,
  load: (before: Cursor | undefined) => Promise<Page<Row, Cursor>>,
): Pages<Row> {
  const query = useInfiniteQuery({
    queryKey: pagesKey(name, filter),
    // While the cursor's type is open, the library's own types lose it.
    queryFn: ({ pageParam }) => load(pageParam as Cursor | undefined),
    initialPageParam: undefined as Cursor | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => {
    // While pages are asked for again one after the other, a row may lie on two of them.
    const seen = new Set<number | string>()
    return (query.data?.pages ?? [])
      .flatMap((page) => page.rows)
      .filter(({ id }) => !seen.has(id) && seen.add(id))
  }, [query.data])
  return {
    rows,
    state: query.data ? 'ready' : query.isError ? 'failed' : 'loading',
    error: query.error,
    hasMore: query.hasNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage && !query.isPlaceholderData)
        void query.fetchNextPage()
    },
    retry: () => void query.refetch(),
  }
}
