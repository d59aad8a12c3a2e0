import { navigate } from '../../lib/hash-location.ts'
import { conflictsPath } from '../../lib/paths.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useConflictCount } from '../../lib/queries/use-conflict-count.ts'
import { useReadNotice } from '../../lib/queries/use-read-notice.ts'
import { Button } from '../../ui/controls/button.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { countText } from '../../ui/sync/describe-sync.ts'
import { ConflictList } from './conflict-list.tsx'
import styles from './conflicts-page.module.css'

const tabs = [
  { show: 'open', name: 'Open' },
  { show: 'settled', name: 'Settled' },
] as const

type Props = {
  /** Which part, as the address says. */
  readonly show: string | null
  /** Of this issue alone. */
  readonly issueId: string | null
  /** The change to begin at. */
  readonly eventId: string | null
}

/** Every change that has no effect because somebody else changed the same: both sides, and what was decided. */
export function ConflictsPage({ show: asked, issueId, eventId }: Props) {
  const { open } = useConflictCount()
  const tab = asked === 'settled' ? 'settled' : 'open'
  // What is asked for by itself is there whether it is settled or not.
  const show = issueId === null && eventId === null ? tab : 'all'
  useReadNotice(issueId ?? undefined)
  return (
    <>
      <ViewHeader note={open > 0 ? `${countText(open)} open` : null}>
        {issueId === null && (
          <nav className={styles.tabs} aria-label="Parts of the conflicts">
            {tabs.map((each) => (
              <button
                key={each.show}
                type="button"
                className={styles.tab}
                aria-current={each.show === show ? 'page' : undefined}
                onClick={() =>
                  navigate(each.show === 'open' ? conflictsPath() : `${conflictsPath()}?show=${each.show}`, {
                    replace: true,
                  })
                }
              >
                {each.name}
              </button>
            ))}
          </nav>
        )}
      </ViewHeader>
      <section className={styles.page} aria-label="Conflicts">
        {issueId !== null && <OneIssue issueId={issueId} />}
        <ConflictList
          key={`${show} ${issueId}`}
          show={show}
          issueId={issueId ?? undefined}
          eventId={eventId ?? undefined}
        />
      </section>
    </>
  )
}

/** Says that only one issue's are shown. */
function OneIssue({ issueId }: { readonly issueId: string }) {
  const { data } = useCall('issues.get', { key: issueId })
  return (
    <div className={styles.one}>
      <span className={styles.oneText}>{data ? `Of ${data.key} alone, settled ones too` : ' '}</span>
      <Button variant="quiet" onClick={() => navigate(conflictsPath())}>
        Show all conflicts
      </Button>
    </div>
  )
}
