import { Check, ClockAlert, Copy, TriangleAlert } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { toast } from 'sonner'
import {
  agreementText,
  aheadText,
  notTakenText,
  pollingText,
  type SyncView,
  unreadableText,
} from '#contract/answers/sync-answers.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { ConfirmDialog } from '../controls/confirm-dialog.tsx'
import { RelativeTime } from '../relative-time.tsx'
import { changesText, clockText, encryptionText, roundOf } from './describe-sync.ts'
import { roleName } from './describe-team.ts'
import { SyncIcon } from './sync-icon.tsx'
import { SyncProgress } from './sync-progress.tsx'
import styles from './sync-standing.module.css'
import { usePassOver, useSeconds, useSyncAct } from './use-sync.ts'

/** How this copy stands with its server, whole: what is said, what may need somebody, and what can be done. */
export function SyncStanding({
  view,
  children,
}: {
  readonly view: SyncView
  /** More buttons, after those of sync itself. */
  readonly children?: ReactNode
}) {
  const now = useSeconds(view.state === 'offline')
  const { text, tone } = roundOf(view, now)
  return (
    <div className={styles.container}>
      <div className={styles.standing}>
        <div className={styles.round}>
          <p className={styles.line} data-tone={tone}>
            <SyncIcon view={view} roundOnly />
            <span>{text}</span>
          </p>
          {view.state === 'offline' && view.reason && <p className={styles.reason}>{view.reason.message}</p>}
          <SyncProgress progress={view.state === 'syncing' ? view.progress : null} />
        </div>
        <Difference view={view} />
        <PassOver view={view} />
        {[
          notTakenText(view.notTaken),
          aheadText(view.ahead),
          unreadableText(view.unreadable),
          pollingText(view.polling),
        ].map(
          (line) =>
            line !== null && (
              <p key={line} className={styles.warning}>
                <TriangleAlert size={16} strokeWidth={1.5} aria-hidden />
                {line}
              </p>
            ),
        )}
        {view.clockAheadMillis !== null && (
          <p className={styles.warning}>
            <ClockAlert size={16} strokeWidth={1.5} aria-hidden />
            {clockText(view.clockAheadMillis)}
          </p>
        )}
        <Facts view={view} />
        <div className={styles.hands}>
          <Hands view={view} />
          {children}
        </div>
      </div>
    </div>
  )
}

function Facts({ view }: { readonly view: SyncView }) {
  const { server, workspace, role, device, lastSyncedAt, unpushed, agreement } = view
  return (
    <dl className={styles.facts}>
      <Fact name="Server" wide>
        {server}
      </Fact>
      <Fact name="Workspace">{workspace}</Fact>
      <Fact name="Role">{role && roleName(role)}</Fact>
      <Fact name="Device">{device}</Fact>
      <Fact name="Last synced">
        {lastSyncedAt === null ? 'Not yet' : <RelativeTime at={lastSyncedAt} ago />}
      </Fact>
      <Fact name="To send">{unpushed === 0 ? 'Nothing' : changesText(unpushed)}</Fact>
      <Fact name="Encrypted">{encryptionText(view)}</Fact>
      <Fact name="Copies" wide>
        {agreement.state === 'differs' ? null : agreementText(agreement)}
      </Fact>
    </dl>
  )
}

function Fact({
  name,
  wide = false,
  children,
}: {
  readonly name: string
  /** Long enough for a line of its own. */
  readonly wide?: boolean
  readonly children: ReactNode
}) {
  if (children === null) return null
  return (
    <div className={styles.fact} data-wide={wide}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** The alarm: what differs, and what to hand to whoever looks into it. Nothing here takes anything back. */
function Difference({ view: { agreement } }: { readonly view: SyncView }) {
  const [copied, setCopied] = useState(false)
  const { difference } = agreement
  if (agreement.state !== 'differs') return null
  const bundle = difference?.bundle ?? null
  const copy = (path: string) =>
    navigator.clipboard.writeText(path).then(
      () => setCopied(true),
      () => toast.error('The clipboard is not available here.'),
    )
  return (
    <div className={styles.alarm} role="alert">
      <TriangleAlert size={16} strokeWidth={1.5} aria-hidden />
      <div className={styles.alarmText}>
        <p className={styles.differs}>{agreementText(agreement)}.</p>
        <p>
          Nothing is lost: both histories are kept whole, and sync goes on. This must not happen, so please
          report it{bundle === null ? '.' : ' with what lies in this folder:'}
        </p>
        {bundle !== null && (
          <p className={styles.bundle}>
            <code>{bundle}</code>
            <IconButton
              label={copied ? 'Copied' : 'Copy the folder’s path'}
              icon={copied ? <Check size={14} strokeWidth={1.5} /> : <Copy size={14} strokeWidth={1.5} />}
              onClick={() => void copy(bundle)}
            />
          </p>
        )}
      </div>
    </div>
  )
}

/** The way on where somebody's payload does not open: nobody can tell who did that, so it is for a person to decide. */
function PassOver({ view: { state, reason } }: { readonly view: SyncView }) {
  const ignoreUnreadable = usePassOver()
  const [asking, setAsking] = useState(false)
  const members = useCall('entities.list', {}).data?.members
  const event = reason?.event
  if (state !== 'refused' || reason?.code !== 'forged_payload' || event === undefined) return null
  const actor =
    members?.find(({ id }) => id === reason.actor)?.name ?? 'somebody whom this copy does not know'
  return (
    <>
      <div>
        <Button onClick={() => setAsking(true)}>Go on without it…</Button>
      </div>
      {asking && (
        <ConfirmDialog
          title="Go on without this change"
          action="Go on without it"
          onConfirm={() => ignoreUnreadable(event)}
          onClose={() => setAsking(false)}
        >
          <p>
            A change in the name of {actor} does not open with this workspace’s key: the server altered it, or
            whoever recorded it sealed rubbish. Ask them before you go on.
          </p>
          <p>
            It is kept in its place and does nothing. The others decide for their own copies; whoever decides
            otherwise will see that the copies differ.
          </p>
          <p>
            Event <code>{event}</code>
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}

function Hands({ view: { state } }: { readonly view: SyncView }) {
  const act = useSyncAct()
  const [syncing, setSyncing] = useState(false)
  const now = async () => {
    setSyncing(true)
    await act('sync.now')
    setSyncing(false)
  }
  return (
    <>
      <Button disabled={syncing} onClick={() => void now()}>
        {syncing ? 'Syncing…' : 'Sync now'}
      </Button>
      {state === 'paused' ? (
        <Button onClick={() => void act('sync.resume')}>Resume</Button>
      ) : (
        <Button onClick={() => void act('sync.pause', 'Sync is paused; what you do meanwhile waits')}>
          Pause
        </Button>
      )}
    </>
  )
}
