import { v7 as uuidv7 } from 'uuid'
import { expect } from 'vitest'
import { newReplica, type Replica } from '#app/sync/testing/replica.ts'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import type { Arrivals } from '#db/log/receive-events.ts'
import { inboxDatabaseFile, openInboxDatabase } from '../../store/open-store.ts'
import { sealing } from '../encryption/encryption.ts'
import type { KeptKeys, SyncSettings } from '../encryption/sync-settings.ts'
import type { SyncHost } from '../round/sync-host.ts'
import { serverClient, type WorkspaceClient } from '../server/server-client.ts'
import { type SyncEngine, syncEngine } from '../sync-client.ts'

/** A copy of a shared workspace with its engine, the log in the same process. */
export type Copy = {
  readonly replica: Replica
  readonly engine: SyncEngine
  /** Every view that was published, oldest first. */
  readonly views: readonly SyncView[]
  /** The server as this device sees it. */
  readonly client: WorkspaceClient
  readonly deviceId: string
  readonly memberId: string
  /** Keys of an encrypted workspace, as they are kept. */
  keys(): KeptKeys | undefined
  /** Has what the host does for the engine done otherwise. */
  host(change: Partial<SyncHost>): void
  pause(paused: boolean): void
  /** Decides to go on without an event whose payload does not open. */
  passOver(event: string): void
  /** Begins, and resolves once it is up to date. */
  begin(): Promise<void>
  /** Records a change, of which the engine hears. */
  record(wish: unknown): void
  /** Waits until the view is like that. */
  until(view: unknown): Promise<void>
  close(): Promise<void>
}

export type CopyOptions = {
  readonly url: string
  readonly code: string
  readonly name: string
  /** As the invite's text has it; `first` begins encryption. */
  readonly key?: string | 'first'
}

/** Joins a workspace, as the host does it; nothing moves before `begin`. @throws where the server refuses. */
export async function newCopy({ url, code, name, key }: CopyOptions): Promise<Copy> {
  const box = await sealing()
  const pair = box.newDeviceKeyPair()
  const [number, value] =
    key === undefined || key === 'first' ? ['1', box.newWorkspaceKey()] : (key.split(':') as [string, string])
  const memberId = uuidv7()
  const joined = await serverClient({ url }).join({
    code,
    device: {
      name: `${name}'s laptop`,
      publicKey: pair.publicKey,
      ...(key ? { proof: box.deviceProof(value, pair.publicKey) } : {}),
    },
    member: { id: memberId, name },
    historyId: uuidv7(),
  })
  if (!joined.ok) throw new Error(joined.error.message)
  const { token, deviceId, workspaceId, historyId } = joined.value
  const client = serverClient({ url, token }).workspace(workspaceId)
  if (key === 'first') {
    const boxes = [{ deviceId, box: box.sealKeyForDevice(value, pair.publicKey) }]
    const begun = await client.newKey({ key: 1, boxes })
    if (!begun.ok) throw new Error(begun.error.message)
  }
  const replica = newReplica(name, memberId, historyId)
  const { log, database, folder } = replica.workspace
  if (key) log.saltPayloads(true)
  const inboxDatabase = openInboxDatabase(inboxDatabaseFile(folder))
  if (!inboxDatabase.ok) throw new Error(inboxDatabase.error.message)
  const settings: SyncSettings = {
    url,
    workspaceId,
    name: joined.value.name,
    deviceId,
    device: `${name}'s laptop`,
    encrypted: key !== undefined,
  }
  const secrets: Record<string, string> = {
    token,
    ...(key ? { keys: JSON.stringify({ device: pair, ring: { [number]: value } } satisfies KeptKeys) } : {}),
  }
  const row = { name: 'sync', position: 0, eventHash: null, enabled: true, paused: false, settings }
  let host: SyncHost = {
    receive: async (arrivals: Arrivals) => ({ ok: true, value: log.receive(arrivals) }),
    async forkChain(fork) {
      log.forkChain(fork)
      return { ok: true, value: null }
    },
    async keepSecret(field, text) {
      secrets[field] = text
      return { ok: true, value: null }
    },
  }
  const views: SyncView[] = []
  const engine = syncEngine({
    database,
    streamIds: log.streamIds,
    inboxDatabase: inboxDatabase.value,
    host: {
      receive: (arrivals) => host.receive(arrivals),
      forkChain: (fork) => host.forkChain(fork),
      keepSecret: (field, text) => host.keepSecret(field, text),
    },
    row: () => row,
    secret: (field) => secrets[field],
    onView: (view) => void views.push(view),
    folder,
    now: Date.now,
    random: () => 1,
  })
  const until = async (view: unknown): Promise<void> => {
    await expect.poll(() => engine.view(), { timeout: 30_000, interval: 20 }).toMatchObject(view as object)
  }
  return {
    replica,
    engine,
    views,
    client,
    deviceId,
    memberId,
    keys: () => (secrets.keys ? JSON.parse(secrets.keys) : undefined),
    host: (change) => {
      host = { ...host, ...change }
    },
    pause(paused) {
      row.paused = paused
      engine.refresh()
    },
    passOver(event) {
      row.settings = { ...row.settings, passedOver: [...(row.settings.passedOver ?? []), event] }
      engine.refresh()
    },
    async begin() {
      engine.refresh()
      await until({ state: 'up_to_date' })
    },
    record(wish) {
      expect(replica.execute(wish)).toMatchObject({ ok: true })
      engine.wake()
    },
    until,
    async close() {
      await engine.stop()
      await client.close()
      inboxDatabase.value.client.close()
      replica.close()
    },
  }
}
