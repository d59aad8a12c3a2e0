import { ChevronRight, Laptop } from 'lucide-react'
import { memo, useId, useState } from 'react'
import { toast } from 'sonner'
import type { TeamView } from '#contract/answers/sync-answers.ts'
import type { Role } from '#contract/sync-api/team.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { ConfirmDialog } from '../../../ui/controls/confirm-dialog.tsx'
import { Select } from '../../../ui/controls/labelled.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import {
  devicesText,
  isRole,
  lastSeen,
  roleChoices,
  roleMay,
  roleName,
  type TeamDevice,
  type TeamEntry,
} from '../../../ui/sync/describe-team.ts'
import styles from './member-row.module.css'
import { useTeamAct } from './use-team.ts'

type Props = { readonly entry: TeamEntry; readonly team: TeamView }

/** One member: role, devices, and what an owner can do about both. */
export const MemberRow = memo(function MemberRow({ entry: { member, devices }, team }: Props) {
  const act = useTeamAct()
  const id = useId()
  const isMe = member.id === team.me.memberId
  const mayDecide = team.me.role === 'owner'
  const [open, setOpen] = useState(isMe)
  const [pending, setPending] = useState<Role | null>(null)
  const [steppingDown, setSteppingDown] = useState<Role | null>(null)
  const [removing, setRemoving] = useState(false)
  const seen = lastSeen(devices)

  const give = async (role: Role): Promise<string | null> => {
    setPending(role)
    const done = await act(
      'team.changeRole',
      { memberId: member.id, role },
      `${isMe ? 'You are' : `${member.name} is`} now ${role === 'owner' ? 'an owner' : `a ${role}`}`,
    )
    setPending(null)
    return done.ok ? null : done.message
  }
  const change = (text: string) => {
    if (!isRole(text) || text === member.role) return
    if (isMe) setSteppingDown(text)
    else void give(text).then((refused) => refused !== null && toast.error(refused))
  }

  return (
    <li className={styles.member}>
      <div className={styles.line}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={open}
          aria-controls={`${id}-devices`}
          onClick={() => setOpen(!open)}
        >
          <ChevronRight size={14} strokeWidth={1.5} className={styles.chevron} aria-hidden />
          <Avatar memberId={member.id} size={24} />
          <span className={styles.words}>
            <span className={styles.name} title={member.name}>
              {member.name}
              {isMe && <span className={styles.you}> (you)</span>}
            </span>
            <span className={styles.devices}>
              {devicesText(devices.length)}
              {seen !== null && (
                <>
                  {' · seen '}
                  <RelativeTime at={seen} ago />
                </>
              )}
            </span>
          </span>
        </button>
        {mayDecide ? (
          <span className={styles.role}>
            <Select
              aria-label={`Role of ${member.name}`}
              className={styles.select}
              options={roleChoices}
              value={pending ?? member.role}
              disabled={pending !== null}
              onChange={change}
            />
          </span>
        ) : (
          <span className={styles.roleText} title={`${roleName(member.role)}: ${roleMay(member.role)}`}>
            {roleName(member.role)}
          </span>
        )}
      </div>
      {open && (
        <div id={`${id}-devices`} className={styles.inside}>
          {devices.length > 0 && (
            <ul aria-label={`Devices of ${member.name}`}>
              {devices.map((device) => (
                <DeviceLine
                  key={device.id}
                  device={device}
                  owner={member.name}
                  isThis={device.id === team.me.deviceId}
                  mayRevoke={isMe || mayDecide}
                  encrypted={team.encrypted}
                />
              ))}
            </ul>
          )}
          <div className={styles.since}>
            <span>
              Joined <RelativeTime at={member.joinedAt} ago />
            </span>
            {mayDecide && !isMe && (
              <Button variant="quiet" onClick={() => setRemoving(true)}>
                Remove from the team…
              </Button>
            )}
          </div>
        </div>
      )}
      {steppingDown && (
        <ConfirmDialog
          title={`Become a ${steppingDown}`}
          action={`Become a ${steppingDown}`}
          onConfirm={() => give(steppingDown)}
          onClose={() => setSteppingDown(null)}
        >
          <p>
            You will no longer be an owner: a {steppingDown} {roleMay(steppingDown)}. Only another owner can
            make you one again.
          </p>
        </ConfirmDialog>
      )}
      {removing && (
        <ConfirmDialog
          title={`Remove ${member.name}`}
          action="Remove"
          onConfirm={async () => {
            const done = await act(
              'team.removeMember',
              { memberId: member.id },
              `${member.name} is no longer in the team`,
            )
            return done.ok ? null : done.message
          }}
          onClose={() => setRemoving(false)}
        >
          <p>
            All devices of {member.name} are cut off from the server. What {member.name} did stays in the
            history, and what is on those devices already stays there.
          </p>
          {team.encrypted && (
            <p>
              A new key begins: what the team writes from now on can’t be read with the one that {member.name}{' '}
              has.
            </p>
          )}
        </ConfirmDialog>
      )}
    </li>
  )
})

function DeviceLine({
  device,
  owner,
  isThis,
  mayRevoke,
  encrypted,
}: {
  readonly device: TeamDevice
  readonly owner: string
  readonly isThis: boolean
  readonly mayRevoke: boolean
  readonly encrypted: boolean
}) {
  const act = useTeamAct()
  const [asking, setAsking] = useState(false)
  return (
    <li className={styles.device}>
      <Laptop size={16} strokeWidth={1.5} aria-hidden />
      <span className={styles.deviceName} title={device.name}>
        {device.name}
      </span>
      {isThis && <span className={styles.this}>this device</span>}
      <span className={styles.seen}>
        {device.seenAt === null ? (
          'never seen'
        ) : (
          <>
            seen <RelativeTime at={device.seenAt} ago />
          </>
        )}
      </span>
      {mayRevoke && !isThis && (
        <Button
          variant="quiet"
          className={styles.revoke}
          aria-label={`Revoke ${device.name}…`}
          onClick={() => setAsking(true)}
        >
          Revoke…
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          title={`Revoke ${device.name}`}
          action="Revoke"
          onConfirm={async () => {
            const done = await act('team.revokeDevice', { deviceId: device.id }, `${device.name} is revoked`)
            return done.ok ? null : done.message
          }}
          onClose={() => setAsking(false)}
        >
          <p>
            {device.name} of {owner} is cut off from the server at once, and needs a new invite to come back.
            What is on it already stays there, and so does what has not been sent from it yet.
          </p>
          {encrypted && (
            <p>
              A new key begins: what the team writes from now on can’t be read with the one that is on it.
            </p>
          )}
        </ConfirmDialog>
      )}
    </li>
  )
}
