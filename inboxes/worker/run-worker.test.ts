import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { openReadDatabase } from '#db/sqlite/open-database.ts'
import { type DeliveringInbox, delivered, type Outcome, retry } from '../contract/inbox.ts'
import { openInboxDatabase } from '../store/open-store.ts'
import { idOf } from '../testing/made-events.ts'
import { runningInboxes } from '../testing/running.ts'
import { runWorker } from './run-worker.ts'
import type { FromWorker } from './worker-messages.ts'

let world: ReturnType<typeof runningInboxes>
let ends: (() => Promise<void> | void)[] = []
beforeEach(() => {
  world = runningInboxes()
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
  vi.restoreAllMocks()
  await world.close()
})

const commented = (handle: () => Promise<Outcome>): DeliveringInbox => ({
  name: 'one',
  title: 'One',
  about: '',
  scope: 'own',
  onByDefault: true,
  settings: z.object({}),
  form: [],
  shouldProcess: ({ type }) => type === 'commented',
  handle,
})

/** The worker on the world's log, configured. */
async function working(inboxes: readonly DeliveringInbox[]) {
  const database = openReadDatabase(`${world.folder}/log.db`)
  const inboxDatabase = openInboxDatabase(`${world.folder}/inboxes.db`)
  if (!database.ok || !inboxDatabase.ok) throw new Error('can not be opened')
  const sent: FromWorker[] = []
  const worker = runWorker({
    database: database.value,
    inboxDatabase: inboxDatabase.value,
    inboxes,
    send: (message) => void sent.push(message),
  })
  ends.push(async () => {
    await worker.stop()
    database.value.client.close()
    inboxDatabase.value.client.close()
  })
  const identity = { memberId: world.me, workspaceId: idOf(1), name: 'Test', keyPrefix: 'DOC' }
  worker.receive({ kind: 'configure', identity, secrets: {} })
  await expect.poll(() => sent.some(({ kind }) => kind === 'working')).toBe(true)
  return worker
}

it('a clock that is set back by an hour makes a delivery wait no longer than it was meant to', async () => {
  let shift = 3_600_000
  const real = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => real() + shift)
  let tried = 0
  const worker = await working([
    commented(async () => {
      tried += 1
      return tried === 1 ? retry('Not now', 500) : delivered()
    }),
  ])
  world.issue(1)
  worker.receive({ kind: 'wake', position: 0 })
  const waiting = () =>
    world.inboxDatabase.client.prepare('SELECT state, attempts FROM deliveries').get() as object
  await expect.poll(waiting).toEqual({ state: 0, attempts: 1 })
  shift = 0
  await expect.poll(waiting, { timeout: 10_000 }).toEqual({ state: 1, attempts: 2 })
}, 20_000)
