import { dirname } from 'node:path'
import type { ReadDatabase } from '#db/sqlite/open-database.ts'
import type { Inbox, Pace } from '../contract/inbox.ts'
import { UnreadableSecretError } from '../contract/unreadable-secret.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'
import { type LogReader, logReader } from '../log/log-reader.ts'
import { logWorkspace } from '../log/log-workspace.ts'
import type { ProcessLimits } from '../own/own-inbox-process.ts'
import { type OwnInboxes, ownInboxes } from '../own/own-inboxes.ts'
import { type JoinedHistory, joinedHistory } from '../runner/joined-history.ts'
import type { Runner } from '../runner/runner.ts'
import type { InboxRow } from '../store/deliveries/delivery-rows.ts'
import { type DeliveryStore, deliveryStore } from '../store/delivery-store.ts'
import { type Notices, noticeStore } from '../store/notice-store.ts'
import type { InboxDatabase } from '../store/open-store.ts'
import { type RuleEvaluations, ruleEvaluations } from '../store/rule-evaluations.ts'
import { type SyncEngine, syncEngine } from '../sync/sync-client.ts'
import { type HostRpc, hostRpc } from './host-rpc.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** What a worker is made with. */
export type WorkerOptions = {
  readonly database: ReadDatabase
  readonly inboxDatabase: InboxDatabase
  readonly inboxes: readonly Inbox[]
  /** Limits of the inboxes that people write themselves. */
  readonly ownLimits?: ProcessLimits
  /** Overrides every inbox's own pace, for tests. */
  readonly pace?: Partial<Pace>
  readonly send: (message: FromWorker) => void
}

/** What the host said that the worker is: who sits here, and what may be opened and sent. */
export type WorkerConfiguration = Extract<ToWorker, { kind: 'configure' }>

/** The worker while it runs: what it works with, what its host configured, and what it saw last. */
export type WorkerContext = WorkerOptions & {
  readonly reader: LogReader
  readonly deliveryStore: DeliveryStore
  readonly notices: Notices
  readonly host: HostRpc
  readonly own: OwnInboxes
  readonly evaluations: RuleEvaluations
  readonly joined: JoinedHistory
  readonly sync: SyncEngine
  /** Moves when somebody wrote to the log. */
  readonly logVersion: () => unknown
  identity: WorkerConfiguration['identity'] | undefined
  workspace: WorkspaceReader | undefined
  secrets: Readonly<Record<string, string>>
  /** Secrets that are there and can't be opened here, as `INBOX/FIELD`. */
  unreadable: ReadonlySet<string>
  /** Outgoing inboxes that send nothing until the person agrees. */
  held: ReadonlySet<string>
  /** Set while this worker is the one that runs the workspace's inboxes. */
  running: Runner | undefined
  release: (() => void) | undefined
}

/** A worker's context over its open files; nothing runs yet. */
export function workerContext(options: WorkerOptions): WorkerContext {
  const { database, inboxDatabase, send, ownLimits } = options
  const reader = logReader(database)
  const store = deliveryStore(inboxDatabase, Date.now)
  const host = hostRpc(send)
  const joined = joinedHistory(inboxDatabase, reader, () => inboxRow(context, 'sync')?.enabled === true)
  const logVersion = database.client.prepare('SELECT data_version FROM pragma_data_version').pluck()
  const context: WorkerContext = {
    ...options,
    reader,
    deliveryStore: store,
    notices: noticeStore(inboxDatabase, Date.now),
    host,
    own: ownInboxes({
      place: () => ({ inboxDatabase, workspaceId: context.identity?.workspaceId ?? '' }),
      ...(ownLimits ? { limits: ownLimits } : {}),
      onChange: () => context.running?.refresh(),
    }),
    evaluations: ruleEvaluations(inboxDatabase, Date.now),
    joined,
    sync: syncEngine({
      database,
      streamIds: reader.streamIds,
      inboxDatabase,
      host: host.sync,
      row: () => inboxRow(context, 'sync'),
      secret: (field) => context.secrets[`sync/${field}`],
      onView(view) {
        const wentThrough = view.state === 'up_to_date' || (view.state === 'paused' && view.reason === null)
        if (wentThrough && view.lastSyncedAt !== null) joined.caughtUp()
        send({ kind: 'sync', view })
      },
      folder: dirname(inboxDatabase.file),
      now: Date.now,
    }),
    logVersion: () => logVersion.get(),
    identity: undefined,
    workspace: undefined,
    secrets: {},
    unreadable: new Set(),
    held: new Set(),
    running: undefined,
    release: undefined,
  }
  return context
}

/** An inbox's row in the delivery store, as it is now. */
export const inboxRow = (
  { deliveryStore }: Pick<WorkerContext, 'deliveryStore'>,
  name: string,
): InboxRow | undefined => deliveryStore.inboxes().find((row) => row.name === name)

/** The workspace as inboxes look it up. @throws where the worker was not configured yet. */
export function workspaceOf(worker: WorkerContext): WorkspaceReader {
  if (!worker.identity) throw new Error('not configured')
  worker.workspace ??= logWorkspace(worker.database, worker.reader, worker.identity)
  return worker.workspace
}

/** A secret of an inbox, by its field's name. @throws UnreadableSecretError where it is there and can't be opened here. */
export function secretOf({ secrets, unreadable }: WorkerContext, inbox: string, field: string) {
  const name = `${inbox}/${field}`
  if (unreadable.has(name)) throw new UnreadableSecretError(field)
  return secrets[name]
}

/** How far the inboxes have read the log. */
export const workerPosition = ({ running }: WorkerContext): number => running?.position() ?? 0
