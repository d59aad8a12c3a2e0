import { Inbox, SearchX } from 'lucide-react'
import { navigate } from '../../lib/hash-location.ts'
import { issuesPath, presets } from '../../lib/paths.ts'
import { CallError } from '../../lib/queries/call-error.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { runAction } from '../../lib/shortcuts/action-handlers.ts'
import { keysFor } from '../../lib/shortcuts/actions.ts'
import { Button } from '../../ui/controls/button.tsx'
import type { IssueRows } from '../../ui/issues/use-issue-rows.ts'
import { KeyHint, keyWord } from '../../ui/key-hint.tsx'
import { ErrorState, ViewState } from '../../ui/page/view-state.tsx'
import styles from './issue-list-page.module.css'
import { EmptyRow } from './issue-row.tsx'
import { rowHeight } from './row-height.ts'

/** What stands where no row does: the reason, and what to do about it; bones while it is asked for. */
export function NoRows({
  query,
  rows,
  slow,
}: {
  readonly query: string
  readonly rows: IssueRows
  readonly slow: boolean
}) {
  const everything = useCall('issues.count', { query: '' }, { enabled: rows.count?.total === 0 })
  if (rows.error instanceof CallError && rows.error.code === 'invalid_query') {
    return (
      <ViewState
        icon={<SearchX size={32} strokeWidth={1.25} />}
        title="This filter can’t be read"
        actions={<Button onClick={() => navigate(issuesPath(presets.open))}>Show all open issues</Button>}
      >
        Mend it where it is marked above.
      </ViewState>
    )
  }
  if (rows.error && !rows.count) {
    return <ErrorState what="These issues could not be shown" error={rows.error} onRetry={rows.retry} />
  }
  if (!rows.count) return slow ? <Skeleton /> : <div className={styles.list} aria-busy />
  if (everything.data?.total === 0) {
    return (
      <ViewState
        icon={<Inbox size={32} strokeWidth={1.25} />}
        title="Nothing here yet"
        actions={
          <>
            <Button variant="primary" onClick={() => runAction('new-issue')}>
              New issue
            </Button>
            <Button onClick={() => runAction('import')}>Import issues…</Button>
          </>
        }
      >
        Press <KeyHint keys={keysFor('new-issue') ?? ''} />
        <span className="visually-hidden">{keyWord('new-issue')}</span> to write the first issue, or bring in
        the history of another tracker.
      </ViewState>
    )
  }
  if (!everything.data) return <div className={styles.list} aria-busy />
  return (
    <ViewState
      icon={<SearchX size={32} strokeWidth={1.25} />}
      title={query === presets.mine ? 'Nothing is assigned to you' : 'No issue matches this filter'}
      actions={
        query === presets.open ? null : (
          <Button onClick={() => navigate(issuesPath(presets.open))}>Show all open issues</Button>
        )
      }
    >
      {query === presets.mine
        ? 'What is open and yours comes here.'
        : 'Take a term out of the filter to see more.'}
    </ViewState>
  )
}

function Skeleton() {
  return (
    <div className={styles.list} aria-busy>
      <div className={styles.rows} style={{ height: 12 * rowHeight }}>
        {Array.from({ length: 12 }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bones never move
          <EmptyRow key={index} index={index} total={12} top={index * rowHeight} />
        ))}
      </div>
    </div>
  )
}
