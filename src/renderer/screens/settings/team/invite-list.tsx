import { Mail } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import type { TeamView } from '#contract/answers/sync-answers.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { exactTime, RelativeTime } from '../../../ui/relative-time.tsx'
import { countText } from '../../../ui/sync/describe-sync.ts'
import { inviteFor, type TeamInvite, untilMoment } from '../../../ui/sync/describe-team.ts'
import styles from './invite-list.module.css'
import sections from './team-settings.module.css'
import { useTeamAct } from './use-team.ts'

/** Invites that nobody has taken yet. */
export function InviteList({ team }: { readonly team: TeamView }) {
  const { invites } = team
  if (invites.length === 0) return null
  return (
    <section className={sections.section} aria-labelledby="team-invites">
      <h3 id="team-invites" className={sections.heading}>
        Open invites <span className={sections.count}>{countText(invites.length)}</span>
      </h3>
      <ul>
        {invites.map((invite) => (
          <InviteLine key={invite.id} invite={invite} team={team} />
        ))}
      </ul>
    </section>
  )
}

function InviteLine({ invite, team }: { readonly invite: TeamInvite; readonly team: TeamView }) {
  const act = useTeamAct()
  const [busy, setBusy] = useState(false)
  const of = inviteFor(invite, team)
  const mayWithdraw = team.me.role === 'owner' || invite.memberId === team.me.memberId
  const withdraw = async () => {
    setBusy(true)
    const done = await act('team.withdrawInvite', { inviteId: invite.id }, 'The invite no longer works')
    setBusy(false)
    if (!done.ok) toast.error(done.message)
  }
  return (
    <li className={styles.invite}>
      <Mail size={16} strokeWidth={1.5} aria-hidden />
      <span className={styles.words}>
        <span className={styles.of}>{of}</span>
        <span className={styles.times}>
          made <RelativeTime at={invite.createdAt} ago /> · works{' '}
          <span title={exactTime(invite.expiresAt)}>{untilMoment(invite.expiresAt)}</span>
        </span>
      </span>
      {mayWithdraw && (
        <Button
          variant="quiet"
          aria-label={`Withdraw the invite: ${of}`}
          disabled={busy}
          onClick={() => void withdraw()}
        >
          Withdraw
        </Button>
      )}
    </li>
  )
}
