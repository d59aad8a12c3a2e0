import { Columns3 } from 'lucide-react'
import { useCallback } from 'react'
import { Link } from 'wouter'
import { navigate } from '../../lib/hash-location.ts'
import { boardPath, issuesPath } from '../../lib/paths.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Tooltip } from '../../ui/controls/tooltip.tsx'
import { FieldSums } from '../../ui/fields/field-sums.tsx'
import { LazyFilterBar } from '../../ui/filter/lazy-filter-bar.tsx'
import { QueryStrip } from '../../ui/filter/query-strip.tsx'
import { OrderChanged } from '../../ui/issues/order-changed.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { ListOfIssues } from './issue-list.tsx'
import styles from './issue-list-page.module.css'
import { titleOf } from './list-title.ts'

/** The issues that a filter finds, as lines. */
export function IssueListPage({ query }: { readonly query: string }) {
  const { me } = useWorkspace()
  const change = useCallback((next: string) => navigate(issuesPath(next), { replace: true }), [])
  return (
    <ListOfIssues key="list" query={query}>
      {(rows) => (
        <>
          <ViewHeader
            title={titleOf(query, me)}
            note={
              rows.count ? (
                <>
                  {rows.count.total.toLocaleString()}
                  <FieldSums query={rows.shown.query} className={styles.sum} />
                </>
              ) : null
            }
          >
            <OrderChanged />
            <Tooltip text="Show as board">
              <Link href={boardPath(query)} className={styles.switch} aria-label="Show as board">
                <Columns3 size={16} strokeWidth={1.5} aria-hidden />
              </Link>
            </Tooltip>
          </ViewHeader>
          <LazyFilterBar query={query} error={rows.error} answered={!rows.waiting} onChange={change} />
          <QueryStrip query={rows.shown.query} onChange={change} />
        </>
      )}
    </ListOfIssues>
  )
}
