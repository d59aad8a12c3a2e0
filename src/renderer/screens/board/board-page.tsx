import { List } from 'lucide-react'
import { useCallback } from 'react'
import { Link } from 'wouter'
import { navigate } from '../../lib/hash-location.ts'
import { boardPath, issuesPath } from '../../lib/paths.ts'
import { CallError } from '../../lib/queries/call-error.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { Tooltip } from '../../ui/controls/tooltip.tsx'
import { FilterBar } from '../../ui/filter/filter-bar.tsx'
import { QueryStrip } from '../../ui/filter/query-strip.tsx'
import { termsOf, withField } from '../../ui/filter/query-terms.ts'
import { OrderChanged } from '../../ui/issues/order-changed.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { ErrorState } from '../../ui/page/view-state.tsx'
import styles from './board.module.css'
import { Board } from './board.tsx'

/** The filter without what the columns say: a board shows every state. */
function boardQuery(query: string): string {
  const bare = withField(query, 'status', null)
  return termsOf(bare)
    .filter(({ text }) => text !== 'is:open' && text !== 'is:closed')
    .map(({ text }) => text)
    .join(' ')
}

/** The issues that a filter finds, as cards by state. */
export function BoardPage({ query }: { readonly query: string }) {
  const bare = boardQuery(query)
  const count = useCall('issues.count', { query: bare }, { keepPrevious: true })
  const change = useCallback((next: string) => navigate(boardPath(next), { replace: true }), [])
  const refused = count.error instanceof CallError && count.error.code === 'invalid_query'
  return (
    <div className={styles.page}>
      <ViewHeader note={count.data?.total.toLocaleString()}>
        <OrderChanged />
        <Tooltip text="Show as list">
          <Link href={issuesPath(query)} className={styles.switch} aria-label="Show as list">
            <List size={16} strokeWidth={1.5} aria-hidden />
          </Link>
        </Tooltip>
      </ViewHeader>
      <FilterBar
        query={bare}
        error={count.error}
        answered={!count.isFetching && !count.isPlaceholderData}
        onChange={change}
        without="status"
        normal={boardQuery}
      />
      {!refused && <QueryStrip query={bare} onChange={change} />}
      {count.error && !refused && !count.data ? (
        <ErrorState
          what="The board could not be shown"
          error={count.error}
          onRetry={() => void count.refetch()}
        />
      ) : (
        <Board query={refused ? '' : bare} count={count.data} isCounting={count.isFetching} />
      )}
    </div>
  )
}
