import { afterEach, beforeEach, expect, it } from 'vitest'
import { shippedInboxes } from '#inboxes/registry.ts'
import { deliveryStore } from '#inboxes/store/delivery-store.ts'
import { inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import { type HttpReceiver, httpReceiver } from '#inboxes/testing/http-receiver.ts'
import { newId } from '../commands/new-id.ts'
import { inboxService } from '../inboxes/inbox-service.ts'
import { keyFileSealer } from '../inboxes/secret-cipher.ts'
import { bundledWorker } from '../testing/bundled-worker.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { logFile } from '../workspace/init-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { startChildWorker } from './child-worker.ts'

/** `DOCKET_TEST_LONG=1` for 200, `DOCKET_TEST_KILLS` for any number. */
const kills = Number(process.env.DOCKET_TEST_KILLS ?? (process.env.DOCKET_TEST_LONG ? 200 : 60))
const seed = Number(process.env.DOCKET_TEST_SEED ?? Date.now() % 1_000_000)
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

let folder: string
let remove: () => void
let workspace: Workspace
let receiver: HttpReceiver
beforeEach(async () => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
  workspace = openedWorkspace(folder)
  receiver = await httpReceiver()
})
afterEach(async () => {
  workspace.close()
  await receiver.close()
  remove()
})

/** The n-th number of a repeatable row, 0 to 1. */
function random(n: number): number {
  const x = Math.sin(seed + n * 78.233) * 43_758.5453
  return x - Math.floor(x)
}

/** Records a few issues with comments. */
function happen(n: number): void {
  for (let k = 0; k < 3; k++) {
    const issueId = newId()
    const commands = [
      { type: 'create', issueId, title: `Issue ${n}.${k}` },
      { type: 'comment', issueId, commentId: newId(), body: 'First' },
      { type: 'comment', issueId, commentId: newId(), body: 'Second' },
    ]
    for (const command of commands) {
      const result = workspace.commands.execute(command as never)
      if (!result.ok) throw new Error(result.error.message)
    }
  }
}

it(`killed ${kills} times while it delivers (seed ${seed}), the worker loses no event, and repeats only what was under way, under the same key`, async () => {
  const entry = await bundledWorker()
  const desk = inboxService(workspace, shippedInboxes, keyFileSealer(`${folder}/secrets.key`))
  const endpoint = { id: 'one', name: 'One', url: `${receiver.url}/hook`, enabled: true }
  expect(
    desk.configure({
      name: 'webhooks',
      enabled: true,
      settings: { endpoints: [endpoint] },
      secrets: { 'secret:one': secret },
    }),
  ).toMatchObject({ ok: true })
  const opened = openInboxDatabase(inboxDatabaseFile(folder))
  if (!opened.ok) throw new Error(opened.error.message)
  const { client } = opened.value
  const waiting = client.prepare('SELECT lower(hex(key)) FROM deliveries WHERE state = 0').pluck()
  const start = workspace.log.position()
  // At each request, what was under way when an earlier worker was killed: the only ones that may come again.
  const underWay = new Set<string>()
  const seen = new Set<string>()
  const unexcused: string[] = []
  let sinceStart = 0
  let onRequest = (): void => {}
  receiver.answer((response, { headers }) => {
    const key = (headers['webhook-id'] ?? '').replaceAll('-', '')
    if (seen.has(key) && !underWay.delete(key)) unexcused.push(key)
    seen.add(key)
    sinceStart += 1
    response.writeHead(204).end()
    onRequest()
  })

  for (let n = 0; n < kills; n++) {
    happen(n)
    sinceStart = 0
    const worker = startChildWorker(entry, logFile(folder))
    const ended = new Promise<number | null>((resolve) => worker.onExit(resolve))
    const requests = Math.floor(random(n) * 9)
    const delay = random(n + 0.5) * 6
    const killed = new Promise<void>((resolve) => {
      const kill = (): void => {
        onRequest = () => {}
        // The moment is the point of this test: anywhere inside what the worker does next.
        setTimeout(() => {
          worker.kill()
          resolve()
        }, delay)
      }
      onRequest = () => {
        if (sinceStart === requests) kill()
      }
      worker.onMessage((message) => {
        const { kind } = message as { kind: string }
        if (kind === 'ready') worker.send(desk.configuration())
        if (kind === 'working' && requests === 0) kill()
      })
    })
    // `null`: by a signal. Whatever else ends it is a fault of its own.
    expect(await Promise.race([ended, killed.then(() => ended)])).toBeNull()
    for (const key of waiting.all() as string[]) if (seen.has(key)) underWay.add(key)
  }

  const worker = startChildWorker(entry, logFile(folder))
  const ended = new Promise<void>((resolve) => worker.onExit(() => resolve()))
  await new Promise<void>((resolve) => {
    worker.onMessage((message) => {
      const { kind } = message as { kind: string }
      if (kind === 'ready') worker.send(desk.configuration())
      if (kind === 'working') worker.send({ kind: 'drain', id: 1 })
      if (kind === 'drained') resolve()
    })
  })
  worker.send({ kind: 'stop' })
  await ended

  const told = new Set(receiver.received.map(({ body }) => (JSON.parse(body) as { id: string }).id))
  const recorded = workspace.log.readAll(start, 100_000).map((event) => event.id as string)
  expect(recorded.filter((id) => !told.has(id))).toEqual([])
  expect(unexcused).toEqual([])
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(recorded.length)
  // Of one issue, everything came in order the first time it came.
  const first = new Map<string, number>()
  for (const { body } of receiver.received) {
    const { data } = JSON.parse(body) as { data: { event: { streamId: string; version: number } } }
    const before = first.get(data.event.streamId) ?? 0
    if (data.event.version > before) {
      expect(data.event.version).toBe(before + 1)
      first.set(data.event.streamId, data.event.version)
    }
  }
  const repeats = receiver.received.length - recorded.length
  expect(repeats).toBeLessThanOrEqual(kills * 8)
  expect(deliveryStore(opened.value, Date.now).targets('webhooks')).toEqual([])
  client.close()
  desk.close()
}, 600_000)
