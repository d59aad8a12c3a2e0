import { ChevronRight, GitMerge } from 'lucide-react'
import { useId, useState } from 'react'
import { Link } from 'wouter'
import { conflictsPath } from '../../lib/paths.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useConflictCount } from '../../lib/queries/use-conflict-count.ts'
import { useSlow } from '../page/view-state.tsx'
import { ConflictCard } from './conflict-card.tsx'
import { bannerText } from './describe-conflict.ts'
import styles from './issue-conflicts.module.css'
import { useConflictActs } from './use-conflict-acts.ts'

const most = 10
const asked = (issueId: string) => ({ issueId, show: 'open', limit: most }) as const

/**
 * Whether it is known what there is to say above an issue, so that the page can be drawn without moving afterwards. Where there never was a
 * conflict nothing is waited for; nor longer than 150 ms.
 */
export function useIssueConflictsKnown(issueId: string | undefined): boolean {
  const { ever } = useConflictCount()
  const waits = ever && issueId !== undefined
  const { isPending } = useCall('conflicts.list', asked(issueId ?? ''), { enabled: waits })
  const slow = useSlow(waits && isPending)
  return !waits || !isPending || slow
}

/** Says quietly, above an issue, that changes to it had no effect, and shows them when asked. */
export function IssueConflicts({ issueId }: { readonly issueId: string }) {
  const { ever } = useConflictCount()
  const { data } = useCall('conflicts.list', asked(issueId), { enabled: ever })
  const acts = useConflictActs()
  const [open, setOpen] = useState(false)
  const id = useId()
  if (!data || data.conflicts.length === 0) return null
  const { conflicts, next } = data
  return (
    <section className={styles.conflicts} aria-label="Conflicts">
      <div className={styles.line}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <GitMerge size={16} strokeWidth={1.5} aria-hidden />
          {bannerText(conflicts.length, next !== null)}
          <ChevronRight size={14} strokeWidth={1.5} className={styles.chevron} aria-hidden />
        </button>
        <Link href={conflictsPath({ issueId })} className={styles.all}>
          All conflicts of this issue
        </Link>
      </div>
      {open && (
        <ul id={id} className={styles.list}>
          {conflicts.map((conflict) => (
            <li key={conflict.id}>
              <ConflictCard conflict={conflict} acts={acts} showIssue={false} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
