import type { Refusal } from '#core/values/refusal.ts'
import type { Inbox } from '#inboxes/contract/inbox.ts'
import type { WorkspaceReader } from '#inboxes/contract/workspace-reader.ts'
import { logReader } from '#inboxes/log/log-reader.ts'
import { type LocalIdentity, logWorkspace } from '#inboxes/log/log-workspace.ts'
import type { OwnInboxPlace } from '#inboxes/own/own-inbox-trust.ts'
import { type OwnInboxes, ownInboxes } from '#inboxes/own/own-inboxes.ts'
import { deliveryLog } from '#inboxes/store/delivery-log.ts'
import { type DeliveryStore, deliveryStore } from '#inboxes/store/delivery-store.ts'
import { noticeStore } from '#inboxes/store/notice-store.ts'
import { type InboxDatabase, inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { Sealer } from './secret-cipher.ts'
import { type SealedSecrets, sealedSecrets } from './secret-store.ts'

/** What the inbox service has the worker do. */
export type WorkerControl = {
  /** Settings, secrets or deliveries changed. */
  refresh(): void
  /** Tries an inbox's settings out. */
  test(inbox: string, target: string | undefined): Promise<{ readonly ok: boolean; readonly detail: string }>
  restart(): void
}

/** `inboxes.db` while it is open, and what reads and writes it. */
export type OpenInboxStore = {
  readonly database: InboxDatabase
  readonly own: OwnInboxes
  readonly deliveries: DeliveryStore
  readonly deliveryLog: ReturnType<typeof deliveryLog>
  readonly secrets: SealedSecrets
  readonly notices: ReturnType<typeof noticeStore>
  readonly reader: WorkspaceReader
}

/** What the operations of the inbox service work on. */
export type InboxServiceContext = {
  readonly workspace: Workspace
  readonly shipped: readonly Inbox[]
  readonly sealer: Sealer
  /** The time of the first event after a position. */
  readonly firstHlcAfter: (position: number) => number | undefined
  worker: WorkerControl
  store: OpenInboxStore | undefined
}

/** The delivery store could not be opened, which a person is told as it is. */
export class InboxDatabaseRefusedError extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

const noWorker: WorkerControl = {
  refresh: () => {},
  test: async () => ({
    ok: false,
    detail: 'No inbox worker runs here. Start the app or "docket work", then try again.',
  }),
  restart: () => {},
}

/** Makes the context, with no worker attached and the store not yet open. */
export function inboxServiceContext(
  workspace: Workspace,
  shipped: readonly Inbox[],
  sealer: Sealer,
): InboxServiceContext {
  const firstHlc = workspace.database.client
    .prepare('SELECT hlc FROM events WHERE position > ? ORDER BY position LIMIT 1')
    .pluck()
  return {
    workspace,
    shipped,
    sealer,
    firstHlcAfter: (position) => firstHlc.get(position) as number | undefined,
    worker: noWorker,
    store: undefined,
  }
}

/** Copies who works here, as a message to the worker needs it. */
export function localIdentity({ workspace }: InboxServiceContext): LocalIdentity {
  const { memberId, workspaceId } = workspace.me
  const { name, keyPrefix } = workspace.name()
  return { memberId, workspaceId, name, keyPrefix }
}

/** Who works here, read at each access: joining a team changes it. */
const liveIdentity = (workspace: Workspace): LocalIdentity => ({
  get memberId() {
    return workspace.me.memberId
  },
  get workspaceId() {
    return workspace.me.workspaceId
  },
  get name() {
    return workspace.name().name
  },
  get keyPrefix() {
    return workspace.name().keyPrefix
  },
})

/** Opens the delivery store when it is first needed: a short command does not wait for it. @throws InboxDatabaseRefusedError, and as a failing disk does. */
export function openInboxStore(context: InboxServiceContext): OpenInboxStore {
  if (context.store) return context.store
  const { workspace, sealer } = context
  const database = openInboxDatabase(inboxDatabaseFile(workspace.folder))
  if (!database.ok) throw new InboxDatabaseRefusedError(database.error)
  const deliveries = deliveryStore(database.value, Date.now)
  context.store = {
    database: database.value,
    own: ownInboxes({ place: () => ownInboxPlace(context), onChange: () => {} }),
    deliveries,
    deliveryLog: deliveryLog(database.value, Date.now),
    secrets: sealedSecrets(database.value, sealer),
    notices: noticeStore(database.value, Date.now),
    reader: logWorkspace(workspace.database, logReader(workspace.database), liveIdentity(workspace)),
  }
  return context.store
}

/** Closes the delivery store; the next operation opens it again. */
export function closeInboxStore(context: InboxServiceContext): void {
  context.store?.database.client.close()
  context.store = undefined
}

/** Where the trust in users' inbox files is kept, and for which workspace. */
export const ownInboxPlace = (context: InboxServiceContext): OwnInboxPlace => ({
  inboxDatabase: openInboxStore(context).database,
  workspaceId: context.workspace.me.workspaceId,
})
