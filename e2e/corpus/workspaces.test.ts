import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyFileSealer } from '#app/inboxes/secret-cipher.ts'
import { sealedSecrets } from '#app/inboxes/secret-store.ts'
import { runJob } from '#app/jobs/run-job.ts'
import { command } from '#core/commands.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { verifyLog } from '#db/log/verify.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { conflictQuery } from '#db/queries/conflict-query.ts'
import { stateDigests } from '#db/queries/state-digest.ts'
import { deliveryState } from '#inboxes/store/deliveries/delivery-state.ts'
import { inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import { syncMemory } from '#inboxes/store/sync-memory.ts'
import { keptKeys, syncSettings } from '#inboxes/sync/encryption/sync-settings.ts'
import { expectedDigest, foldVersion, frozenStates, importedFile, opened, thaw } from './frozen.ts'

/** The delivery store, as it was left. @throws where it is refused. */
function deliveryStoreOf(folder: string) {
  const inboxDatabase = openInboxDatabase(inboxDatabaseFile(folder))
  if (!inboxDatabase.ok) throw new Error(inboxDatabase.error.message)
  return inboxDatabase.value
}

describe.each(frozenStates)('what $name made', (state) => {
  let thawed: ReturnType<typeof thaw>
  beforeAll(() => {
    thawed = thaw(state)
  })
  afterAll(() => thawed.remove())

  it.each(Object.entries(state.workspaces))(
    '%s opens, verifies, folds to the digest of then, and can be written to',
    (what, frozen) => {
      const { events, chains, issues, conflicts, snapshots } = frozen
      const workspace = opened(thawed.folder(what))
      const { database, log } = workspace
      expect(verifyLog(database)).toMatchObject({ events, chains, problems: [] })
      const found = stateDigests(database).now()
      expect(found.digest).toBe(expectedDigest(frozen, foldVersion(found)))
      const rebuilt = rebuildProjections(database, { registry: eventRegistry(), newId: uuidv7 })
      expect(rebuilt).toMatchObject({ issues, repaired: [] })
      if (conflicts !== undefined)
        expect(
          conflictQuery(database, log.streamIds, log.toEvent).page({ show: 'all', limit: 100 }),
        ).toHaveLength(conflicts)
      if (snapshots)
        expect(database.client.prepare('SELECT count(*) FROM snapshots').pluck().get()).toBeGreaterThan(0)
      const create = { type: 'create', issueId: uuidv7(), title: 'Written today' }
      expect(workspace.commands.execute(command.parse(create))).toMatchObject({ ok: true })
      expect(verifyLog(database).problems).toEqual([])
      workspace.close()
    },
  )

  it.each(Object.entries(state.workspaces).filter(([, { file }]) => file !== undefined))(
    '%s: importing the same file again adds nothing',
    async (what, { file = '', format = 'beads', imported }) => {
      const folder = thawed.folder(what)
      const ended = await runJob(folder, { kind: 'import', format, file: importedFile(file) }, {})
      expect(ended).toMatchObject({
        ok: true,
        value: { result: { events: 0, issues: 0, skipped: imported } },
      })
    },
  )

  it('an inboxes.db keeps its checkpoints, its deliveries done, dead and waiting, and the secrets open', () => {
    const folder = thawed.folder('plain')
    const inboxDatabase = deliveryStoreOf(folder)
    const { client } = inboxDatabase
    const counted = (kind: keyof typeof deliveryState) =>
      client
        .prepare(`SELECT count(*) FROM deliveries WHERE inbox = 'webhooks' AND state = ?`)
        .pluck()
        .get(deliveryState[kind])
    for (const kind of ['done', 'dead', 'waiting'] as const)
      expect(Number(counted(kind)), kind).toBeGreaterThan(0)
    const rows = client.prepare('SELECT name, position FROM inboxes WHERE enabled = 1').all()
    expect(rows.map((row) => (row as { name: string }).name)).toEqual(
      expect.arrayContaining(['in-app', 'notifications', 'rules', 'webhooks']),
    )
    for (const row of rows) expect((row as { position: number }).position).toBeGreaterThan(0)
    const secrets = sealedSecrets(inboxDatabase, keyFileSealer(thawed.keyFile))
    expect(secrets.unreadable()).toEqual([])
    const webhooks = state.workspaces.plain?.webhooks ?? []
    expect([...secrets.names('webhooks').readable].sort()).toEqual(
      webhooks.map((id) => `secret:${id}`).sort(),
    )
    client.close()
  })

  it.each(Object.entries(state.workspaces).filter(([, { team }]) => team !== undefined))(
    '%s keeps its place on the server, the receipts, its token and its keys',
    (what, { team = '' }) => {
      const database = deliveryStoreOf(thawed.folder(what))
      const memory = syncMemory(database)
      expect(memory.cursor().seq).toBeGreaterThan(0)
      const receipts = database.client
        .prepare(`SELECT substr(name, 10) FROM sync_state WHERE name LIKE 'receipts %'`)
        .pluck()
        .all() as string[]
      expect(receipts.length).toBeGreaterThan(0)
      for (const chain of receipts) expect(memory.receipts(chain).length).toBeGreaterThan(0)
      const settings = database.client
        .prepare(`SELECT settings FROM inboxes WHERE name = 'sync'`)
        .pluck()
        .get()
      const { encrypted } = syncSettings.parse(JSON.parse(String(settings)))
      expect(encrypted).toBe(state.teams[team]?.encrypted)
      const secrets = sealedSecrets(database, keyFileSealer(thawed.keyFile))
      expect(secrets.get('sync', 'token')).toMatch(/^dkt_/)
      // Somebody was taken out: there is the key from before and the one since.
      if (encrypted)
        expect(Object.keys(keptKeys.parse(JSON.parse(secrets.get('sync', 'keys') ?? '')).ring)).toEqual([
          '1',
          '2',
        ])
      database.client.close()
    },
  )
})
