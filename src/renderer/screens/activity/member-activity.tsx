import { UserX } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { issuesPath, presets, term } from '../../lib/paths.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { HistoryStrip } from '../../ui/history-strip/history-strip.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { ViewState } from '../../ui/page/view-state.tsx'
import { Feed, type FeedJump } from '../../ui/timeline/feed.tsx'
import styles from './activity.module.css'

/** What one person did, newest first, and who they are. */
export function MemberActivity({ memberId }: { readonly memberId: string }) {
  const { memberById, me } = useWorkspace()
  const [jump, setJump] = useState<FeedJump | null>(null)
  const scope = useMemo(() => ({ kind: 'actor' as const, memberId: memberId as never }), [memberId])
  const member = memberById.get(memberId)
  if (!member)
    return (
      <ViewState
        icon={<UserX size={24} strokeWidth={1.5} aria-hidden />}
        title="Nobody here has this address"
        actions={<Link href={issuesPath(presets.open)}>See all open issues</Link>}
      >
        The person may belong to another workspace.
      </ViewState>
    )
  const open = member.assignedOpen
  return (
    <div className={styles.view} key={memberId}>
      <ViewHeader
        title={
          <span className={styles.who}>
            <Avatar memberId={memberId} size={22} />
            <span className={styles.name}>{member.name}</span>
          </span>
        }
        note={
          <span className={styles.handle}>
            @{member.handle}
            {member.id === me.id && ' · you'}
          </span>
        }
      >
        <Link href={issuesPath(`is:open ${term('assignee', member.handle)}`)} className={styles.count}>
          {open.toLocaleString()} open {open === 1 ? 'issue' : 'issues'}
        </Link>
      </ViewHeader>
      <HistoryStrip over={scope} onJump={({ from, to }) => setJump({ from, to })} />
      <div className={styles.scroll}>
        <div className={styles.column}>
          <Feed scope={scope} jump={jump} />
        </div>
      </div>
    </div>
  )
}
