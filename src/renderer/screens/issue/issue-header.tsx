import { Archive, ArchiveRestore, Bell, BellOff, Copy, Link2, PanelRight } from 'lucide-react'
import { toast } from 'sonner'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { issuePath } from '../../lib/paths.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { IssueKey } from '../../ui/issue-key.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import styles from './issue-page.module.css'
import type { IssueSubscription } from './use-issue-subscription.ts'

const icon = { size: 16, strokeWidth: 1.5 } as const

function copy(text: string, what: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast(`Copied ${what}`),
    () => toast.error('The clipboard is not available here.'),
  )
}

type Props = {
  readonly issue: IssueDetail
  readonly subscription: IssueSubscription
  readonly onArchive: () => void
  /** Where the properties are not beside the text. */
  readonly onShowProperties: (() => void) | undefined
}

/** The top line of an issue: its key, and what can be done with it as a whole. */
export function IssueHeader({
  issue,
  subscription: { isSubscribed, subscribe },
  onArchive,
  onShowProperties,
}: Props) {
  const { info } = useWorkspace()
  const copyLink = () => {
    const path = issuePath(issue.key)
    copy(`${info.linkBase ?? `${location.origin}${location.pathname}#`}${path}`, 'the link')
  }
  return (
    <ViewHeader
      title={<IssueKey>{issue.key}</IssueKey>}
      named={`${issue.key} ${issue.title}`}
      note={issue.archived ? <span className={styles.archived}>Archived</span> : undefined}
    >
      <IconButton
        label="Copy key"
        action="issue.copy-key"
        icon={<Copy {...icon} />}
        onClick={() => copy(issue.key, issue.key)}
      />
      <IconButton label="Copy link" icon={<Link2 {...icon} />} onClick={copyLink} />
      {!info.readOnly && (
        <>
          <IconButton
            label={isSubscribed ? 'Unsubscribe' : 'Subscribe'}
            action="issue.subscribe"
            aria-pressed={isSubscribed}
            icon={isSubscribed ? <Bell {...icon} /> : <BellOff {...icon} />}
            onClick={subscribe}
          />
          <IconButton
            label={issue.archived ? 'Restore' : 'Archive'}
            action="issue.archive"
            icon={issue.archived ? <ArchiveRestore {...icon} /> : <Archive {...icon} />}
            onClick={onArchive}
          />
        </>
      )}
      {onShowProperties && (
        <IconButton label="Show properties" icon={<PanelRight {...icon} />} onClick={onShowProperties} />
      )}
    </ViewHeader>
  )
}
