import { Plus } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import type { SyncView, TeamView } from '#contract/answers/sync-answers.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { ErrorState, useSlow } from '../../../ui/page/view-state.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { countText } from '../../../ui/sync/describe-sync.ts'
import { teamEntries } from '../../../ui/sync/describe-team.ts'
import { SyncStanding } from '../../../ui/sync/sync-standing.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { InviteList } from './invite-list.tsx'
import { LeaveTeam } from './leave-team.tsx'
import { MemberRow } from './member-row.tsx'
import styles from './team-settings.module.css'
import { useTeam } from './use-team.ts'
import { ViewsSwitch } from './views-switch.tsx'

/** Beyond so many members there is a field to find one. */
const fewMembers = 10

/** The team of a workspace that has a server. */
export function JoinedTeam({ view }: { readonly view: SyncView }) {
  const { data: team, isError, error, refetch } = useTeam()
  const [inviting, setInviting] = useState(false)
  const slow = useSlow(!team && !isError)
  return (
    <div className={styles.form}>
      <div className={styles.head}>
        <div className={styles.titles}>
          <h2 className={styles.title}>Team</h2>
          <p className={styles.about}>
            {view.encrypted
              ? 'Everybody here keeps all of the workspace. What is sent is encrypted end to end: the server sees who changed which issue and when, and never what.'
              : 'Everybody here keeps all of the workspace, and works on it with or without a network.'}
          </p>
        </div>
        <Button
          variant="primary"
          icon={<Plus size={16} strokeWidth={1.5} aria-hidden />}
          disabled={!team}
          onClick={() => setInviting(true)}
        >
          Invite…
        </Button>
      </div>
      <section className={styles.standing} aria-label="Sync">
        <SyncStanding view={view} />
      </section>
      {team?.key && !team.key.have && (
        <p className={styles.lostKey} role="status">
          This device does not have the newest key of the workspace yet (key {team.key.newest}). It gets it
          once the device of an owner is in touch with the server.
        </p>
      )}
      {team && <Members team={team} />}
      {team && <InviteList team={team} />}
      {team && <Removed team={team} />}
      {!team && !isError && (
        <div aria-busy>{slow && <p className={styles.waiting}>Asking the server…</p>}</div>
      )}
      {!team && isError && (
        <ErrorState what="The server could not be asked" error={error} onRetry={() => void refetch()} />
      )}
      {view.role !== 'reader' && <ViewsSwitch />}
      <LeaveTeam view={view} />
      {inviting && team && <InviteDialog team={team} onClose={() => setInviting(false)} />}
    </div>
  )
}

function Members({ team }: { readonly team: TeamView }) {
  const [typed, setTyped] = useState('')
  const words = useDeferredValue(typed)
  const entries = useMemo(() => teamEntries(team, words), [team, words])
  const count = team.members.filter(({ removedAt }) => removedAt === null).length
  return (
    <section className={styles.section} aria-labelledby="team-members">
      <div className={styles.sectionHead}>
        <h3 id="team-members" className={styles.heading}>
          Members <span className={styles.count}>{countText(count)}</span>
        </h3>
        {count > fewMembers && (
          <input
            type="search"
            className={styles.filter}
            aria-label="Find a member or a device"
            placeholder="Find…"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </div>
      <ul>
        {entries.map((entry) => (
          <MemberRow key={entry.member.id} entry={entry} team={team} />
        ))}
      </ul>
      {entries.length === 0 && <p className={styles.about}>Nobody here has that name, and no device.</p>}
    </section>
  )
}

/** Who was in the team once: their changes stay, so their names do. */
function Removed({ team }: { readonly team: TeamView }) {
  const gone = team.members.filter(({ removedAt }) => removedAt !== null)
  if (gone.length === 0) return null
  return (
    <section className={styles.section} aria-labelledby="team-removed">
      <h3 id="team-removed" className={styles.heading}>
        No longer in the team <span className={styles.count}>{countText(gone.length)}</span>
      </h3>
      <ul>
        {gone.map(({ id, name, removedAt }) => (
          <li key={id} className={styles.about}>
            {name}, removed <RelativeTime at={removedAt ?? 0} ago />
          </li>
        ))}
      </ul>
    </section>
  )
}
