import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startCursor, type WireEvent } from '#contract/sync-api/wire-events.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { madeChain } from '#server/testing/made-chain.ts'
import { sealing } from './encryption/encryption.ts'
import { rotation } from './encryption/workspace-keys.ts'
import { type Copy, newCopy } from './testing/copy.ts'
import { type Door, doorTo } from './testing/door.ts'

let folder: string
let server: RunningServer
let door: Door
let ada: Copy
let ben: Copy
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-encrypted-'))
  server = await startServer({ data: folder })
  door = await doorTo(() => server.url)
  const made = await server.admin.createWorkspace('Team')
  ada = await newCopy({ url: door.url, code: made.code, name: 'Ada', key: 'first' })
  ben = await joined('Ben')
})
afterEach(async () => {
  await ada.close()
  await ben.close()
  door.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Another member, with the newest key that Ada has. */
async function joined(name: string, memberId?: string): Promise<Copy> {
  const ring = ada.keys()?.ring ?? {}
  const newest = Math.max(...Object.keys(ring).map(Number))
  const invited = await ada.client.invite(memberId ? { memberId } : {})
  if (!invited.ok) throw new Error(invited.error.message)
  return newCopy({ url: door.url, code: invited.value.code, name, key: `${newest}:${ring[newest]}` })
}

const issue = (title: string) => ({ type: 'create', issueId: uuidv7(), title })
const titles = ({ replica }: Copy): unknown[] =>
  replica.workspace.database.client.prepare('SELECT title FROM issues ORDER BY title').pluck().all()
const seen = (copy: Copy, expected: readonly string[]) =>
  expect.poll(() => titles(copy), { timeout: 30_000, interval: 20 }).toEqual(expected)

/** Everything that the server has. */
async function stored(): Promise<readonly WireEvent[]> {
  const page = await ada.client.pull({
    after: 0,
    mark: startCursor.mark,
    limit: 1_000,
    bytes: 8_000_000,
  })
  if (!page.ok) throw new Error(page.error.message)
  return page.value.events.map(({ event }) => event)
}

/** What the owner's Docket does once somebody left. */
async function nextKey(): Promise<void> {
  const [team, keys] = [await ada.client.team(), await ada.client.keys()]
  if (!team.ok || !keys.ok) throw new Error('the team can not be read')
  const next = await rotation(ada.keys()?.ring ?? {}, keys.value.key, team.value.devices)
  if (!next.ok) throw new Error(next.error.message)
  expect(next.value.leftOut).toEqual([])
  expect(await ada.client.newKey(next.value.request)).toMatchObject({ ok: true })
}

it('copies of an encrypted workspace meet, agree and number, and the server has no word of it', async () => {
  ada.record(issue('A rather secret plan'))
  await ada.begin()
  await ben.begin()
  ben.record(issue('Better hidden still'))
  await seen(ada, ['A rather secret plan', 'Better hidden still'])
  await seen(ben, ['A rather secret plan', 'Better hidden still'])
  for (const copy of [ada, ben])
    await copy.until({ encrypted: true, agreement: { state: 'same', replicas: 2 } })
  const events = await stored()
  const open = events.filter(({ sealed }) => sealed === undefined)
  expect(open.map(({ type }) => type)).toEqual(open.map(() => 'numbered'))
  expect(open).toHaveLength(2)
  expect(JSON.stringify(events)).not.toMatch(/secret plan|hidden still/)
  for (const { replica } of [ada, ben]) replica.check()
})

it('two payloads alike do not look alike: neither their seals nor their hashes', async () => {
  ada.record(issue('The same'))
  ada.record(issue('The same'))
  await ada.begin()
  const created = (await stored()).filter(({ type }) => type === 'created')
  expect(created).toHaveLength(2)
  for (const field of ['sealed', 'payloadHash'] as const)
    expect(new Set(created.map((event) => event[field])).size, field).toBe(2)
})

it('everybody who stays goes on with the next key by themselves, and whoever comes later reads all', async () => {
  ada.record(issue('Under the first'))
  await ada.begin()
  await ben.begin()
  await seen(ben, ['Under the first'])
  await nextKey()
  // At once: nobody waits until it is known here.
  ada.record(issue('Under the second'))
  await seen(ben, ['Under the first', 'Under the second'])
  await ben.until({ state: 'up_to_date' })
  expect(ben.views.map(({ state }) => state)).not.toContain('refused')
  ben.record(issue('Ben too'))
  await seen(ada, ['Ben too', 'Under the first', 'Under the second'])
  const keys = (await stored()).filter(({ type }) => type === 'created').map(({ key }) => key)
  expect(keys).toEqual([1, 2, 2])
  const cleo = await joined('Cleo')
  try {
    await cleo.begin()
    expect(titles(cleo)).toEqual(['Ben too', 'Under the first', 'Under the second'])
  } finally {
    await cleo.close()
  }
})

const newestKey = async (): Promise<unknown> => {
  const keys = await ada.client.keys()
  return keys.ok && keys.value.key
}

it('once a device is gone an owner’s copy begins the next key by itself, and of two owners’ copies one', async () => {
  const desktop = await joined('Ada', ada.memberId)
  try {
    for (const copy of [ada, desktop, ben]) await copy.begin()
    // As leaving does it, which is no owner's doing.
    expect(await ben.client.revokeDevice(ben.deviceId)).toMatchObject({ ok: true })
    await expect.poll(newestKey, { timeout: 30_000, interval: 20 }).toBe(2)
    for (const copy of [ada, desktop])
      await expect.poll(() => copy.keys()?.ring[2], { timeout: 30_000, interval: 20 }).toBeTruthy()
    expect(desktop.keys()?.ring).toEqual(ada.keys()?.ring)
    ada.record(issue('After Ben'))
    await seen(desktop, ['After Ben'])
    const created = (await stored()).filter(({ type }) => type === 'created')
    expect(created.map(({ key }) => key)).toEqual([2])
    expect(ben.keys()?.ring[2]).toBeUndefined()
  } finally {
    await desktop.close()
  }
})

it('who is taken out while no owner is there is left out once one is, whatever stood in the way at first', async () => {
  await ada.begin()
  await ada.engine.stop()
  expect(await ada.client.removeMember(ben.memberId)).toMatchObject({ ok: true })
  expect(await newestKey()).toBe(1)
  door.answer('team', (response) => response.writeHead(503, { 'retry-after': '0' }).end())
  ada.engine.refresh()
  await ada.until({ state: 'offline' })
  expect(await newestKey()).toBe(1)
  door.honest()
  await ada.until({ state: 'up_to_date' })
  expect(await newestKey()).toBe(2)
  await ada.engine.now()
  expect(await newestKey()).toBe(2)
})

it('what somebody seals that nobody can read is kept, counted and passed by, and what follows it is taken', async () => {
  ada.record(issue('Before'))
  await ada.begin()
  const box = await sealing()
  const key = ben.keys()?.ring[1] ?? ''
  const chain = madeChain(ben.memberId)
  chain.add({ payload: { title: 7 } })
  chain.add({ payload: 'no object at all' })
  chain.add({ payload: { title: 'A good one', status: 'open' } })
  const { events, ...whole } = chain.after(0)
  const sealed = events.map((event) => box.sealEvent(event, 1, key))
  expect(await ben.client.push({ ...whole, events: sealed })).toMatchObject({ ok: true })
  await seen(ada, ['A good one', 'Before'])
  await ada.until({ state: 'up_to_date', reason: null, unreadable: 2 })
  // Everybody comes to the same, also who comes later.
  const cleo = await joined('Cleo')
  try {
    await cleo.begin()
    expect(titles(cleo)).toEqual(['A good one', 'Before'])
    expect(cleo.engine.view()).toMatchObject({ unreadable: 2 })
    await cleo.until({ agreement: { state: 'same', replicas: 2 } })
    for (const { replica } of [ada, cleo]) replica.check()
  } finally {
    await cleo.close()
  }
})

it('what does not open at all stops a copy until somebody decides to go on without it, and what follows it is taken then', async () => {
  ada.record(issue('Before'))
  await ada.begin()
  const box = await sealing()
  const chain = madeChain(ben.memberId)
  chain.add({ payload: { title: 'Never read', status: 'open' } })
  chain.add({ payload: { title: 'A good one', status: 'open' } })
  const { events, ...whole } = chain.after(0)
  const key = ben.keys()?.ring[1] ?? ''
  const [rubbish, good] = events.map((event, at) =>
    box.sealEvent(event, 1, at === 0 ? box.newWorkspaceKey() : key),
  ) as [WireEvent, WireEvent]
  expect(await ben.client.push({ ...whole, events: [rubbish, good] })).toMatchObject({ ok: true })
  const reason = { code: 'forged_payload', event: rubbish.id, actor: ben.memberId }
  await ada.until({ state: 'refused', reason })
  expect(titles(ada)).toEqual(['Before'])
  // Something else that does not open is another decision.
  ada.passOver(good.id)
  await ada.until({ state: 'refused', reason })
  ada.passOver(rubbish.id)
  await seen(ada, ['A good one', 'Before'])
  await ada.until({ state: 'up_to_date', reason: null, unreadable: 1 })
  ada.replica.check()
})

it('a server that says the workspace is not encrypted gets nothing', async () => {
  ada.record(issue('A rather secret plan'))
  door.change('hello', (hello) => ({ ...hello, encrypted: false, key: 0 }))
  ada.engine.refresh()
  await ada.until({ state: 'refused', reason: { code: 'encryption_denied' }, unpushed: 0 })
  expect(door.asked.map(({ route }) => route)).not.toContain('push')
  expect(await stored()).toEqual([])
  door.honest()
  await ada.engine.now()
  expect(ada.engine.view()).toMatchObject({ state: 'up_to_date', reason: null })
})

it.each<[string, (event: Record<string, unknown>) => unknown, string]>([
  [
    'changed',
    (event) => ({ ...event, sealed: `${String(event.sealed).slice(0, -8)}AAAAAAA=` }),
    'forged_payload',
  ],
  [
    'put in the open',
    ({ sealed: _, key: __, payloadHash: ___, ...event }) => ({ ...event, data: '{"title":"Forged"}' }),
    'not_sealed',
  ],
  ['moved to another person', (event) => ({ ...event, actorId: uuidv7() }), 'forged_hash'],
])(
  'what the server has %s on its way is refused whole, and taken once it is honest',
  async (_, how, code) => {
    ada.record(issue('Told as it is'))
    await ada.begin()
    ben.host({
      async receive(arrivals) {
        try {
          return { ok: true, value: ben.replica.workspace.log.receive(arrivals) }
        } catch (error) {
          // As the host says it.
          const { code, message } = error as { code: string; message: string }
          return { ok: false, error: { retryable: false, code, message } }
        }
      },
    })
    door.change('events', (page) => ({
      ...page,
      events: (page.events as { event: Record<string, unknown> }[]).map((each) =>
        each.event.type === 'created' ? { ...each, event: how(each.event) } : each,
      ),
    }))
    ben.engine.refresh()
    await ben.until({ state: 'refused', reason: { code } })
    expect(titles(ben)).toEqual([])
    door.honest()
    await ben.engine.now()
    expect(titles(ben)).toEqual(['Told as it is'])
    expect(ben.engine.view()).toMatchObject({ state: 'up_to_date' })
    ben.replica.check()
  },
)
