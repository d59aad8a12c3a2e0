import { FileQuestionMark } from 'lucide-react'
import { navigate } from '../../lib/hash-location.ts'
import { issuesPath, presets, searchPath } from '../../lib/paths.ts'
import { CallError } from '../../lib/queries/call-error.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useReadNotice } from '../../lib/queries/use-read-notice.ts'
import { useKeptKeys } from '../../lib/shortcuts/action-handlers.ts'
import { useIssueConflictsKnown } from '../../ui/conflicts/issue-conflicts.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { ErrorState, useSlow, ViewState } from '../../ui/page/view-state.tsx'
import styles from './issue-page.module.css'
import { IssueView } from './issue-view.tsx'
import { useMarkViewed } from './use-mark-viewed.ts'

/** Everything about one issue. @param issueKey a key (`DOC-42`), an id, or the key that it had in another tracker */
export function IssuePage({ issueKey }: { readonly issueKey: string }) {
  const { data: issue, error, isPending, refetch } = useCall('issues.get', { key: issueKey })
  const conflictsKnown = useIssueConflictsKnown(issue?.id)
  const slow = useSlow(isPending)
  useKeptKeys(isPending || (issue !== undefined && !conflictsKnown))
  useMarkViewed(issue)
  useReadNotice(issue?.asOf === null ? issue.id : undefined)
  if (issue && conflictsKnown) return <IssueView key={issue.id} issue={issue} />
  if (isPending || issue)
    return (
      <div className={styles.page} aria-busy>
        {slow && (
          <div className={styles.waiting} aria-hidden>
            <div style={{ width: '52%' }} />
            <div style={{ width: '24%' }} />
            <div style={{ width: '70%' }} />
            <div style={{ width: '64%' }} />
          </div>
        )}
      </div>
    )
  if (error instanceof CallError && error.code === 'unknown_issue')
    return (
      <ViewState
        icon={<FileQuestionMark size={24} strokeWidth={1.5} aria-hidden />}
        title={`There is no issue ${issueKey.length > 40 ? `${issueKey.slice(0, 40)}…` : issueKey} here`}
        actions={
          <>
            <Button variant="primary" onClick={() => navigate(searchPath(issueKey))}>
              Search for it
            </Button>
            <Button onClick={() => navigate(issuesPath(presets.open))}>Show open issues</Button>
          </>
        }
      >
        The key may belong to another workspace, or it may have been typed wrong.
      </ViewState>
    )
  return <ErrorState what="The issue could not be read" error={error} onRetry={() => void refetch()} />
}
