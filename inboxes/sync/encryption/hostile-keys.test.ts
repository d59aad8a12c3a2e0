import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { joinAs, type ServerProcess, serverProcess } from '#app/sync/testing/server-process.ts'
import type { Keys } from '#contract/sync-api/keys.ts'
import type { Role } from '#contract/sync-api/team.ts'
import { startCursor, type WireEvent } from '#contract/sync-api/wire-events.ts'
import { serverClient, type WorkspaceClient } from '../server/server-client.ts'
import { type Copy, newCopy } from '../testing/copy.ts'
import { type HostileProxy, hostileProxy } from '../testing/hostile-proxy.ts'
import { sealing } from './encryption.ts'
import { rotation } from './workspace-keys.ts'

const box = await sealing()

/** A server in a process of its own makes its database first, on a machine that may have much else to do. */
const patienceMillis = 240_000

const folder = mkdtempSync(join(tmpdir(), 'docket-hostile-keys-'))
let server: ServerProcess
let proxy: HostileProxy
beforeAll(async () => {
  server = await serverProcess(join(folder, 'data'))
  proxy = await hostileProxy(server.url)
}, patienceMillis)
afterAll(async () => {
  await proxy?.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** An owner by the server's own command line, who was never handed the key. */
let intruder: WorkspaceClient
let ada: Copy
let ben: Copy
beforeEach(async () => {
  const { workspaceId, invite } = await server.createWorkspace('Team')
  const joined = await joinAs(server.url, invite, { id: uuidv7(), name: 'Whoever runs the server' })
  intruder = serverClient({ url: server.url, token: joined.token }).workspace(workspaceId)
  const code = async (role: Role): Promise<string> => {
    const invited = await intruder.invite({ role })
    if (!invited.ok) throw new Error(invited.error.message)
    return invited.value.code
  }
  ada = await newCopy({ url: proxy.url, code: await code('owner'), name: 'Ada', key: 'first' })
  const key = `1:${ada.keys()?.ring[1]}`
  ben = await newCopy({ url: proxy.url, code: await code('member'), name: 'Ben', key })
})
afterEach(async () => {
  await proxy.honest()
  await ada.close()
  await ben.close()
  await intruder.close()
})

const issue = (title: string) => ({ type: 'create', issueId: uuidv7(), title })
const ringOf = (copy: Copy): readonly string[] => Object.keys(copy.keys()?.ring ?? {})

/** Everything that the server has. */
async function stored(): Promise<readonly WireEvent[]> {
  const page = await intruder.pull({ after: 0, mark: startCursor.mark, limit: 1_000, bytes: 8_000_000 })
  if (!page.ok) throw new Error(page.error.message)
  return page.value.events.map(({ event }) => event)
}

async function devices() {
  const team = await intruder.team()
  if (!team.ok) throw new Error(team.error.message)
  return team.value.devices
}

/** What owners' Dockets do when somebody left, some times over. @returns the ring after it */
async function honestKeys(times: number): Promise<Readonly<Record<string, string>>> {
  let ring = ada.keys()?.ring ?? {}
  for (let newest = 1; newest <= times; newest++) {
    const next = await rotation(ring, newest, await devices())
    if (!next.ok) throw new Error(next.error.message)
    expect(await ada.client.newKey(next.value.request)).toMatchObject({ ok: true })
    ring = next.value.ring
  }
  return ring
}

it('a key that an owner without the key began on the server is refused, and nothing is sealed with it', async () => {
  ada.record(issue('Before'))
  await ada.begin()
  await ben.begin()
  const evil = box.newWorkspaceKey()
  const boxes = (await devices()).flatMap(({ id, publicKey }) =>
    publicKey === null ? [] : [{ deviceId: id, box: box.sealKeyForDevice(evil, publicKey) }],
  )
  const sealedBefore = box.sealKey(box.newWorkspaceKey(), evil)
  expect(await intruder.newKey({ key: 2, sealedBefore, boxes })).toMatchObject({ ok: true })
  for (const copy of [ada, ben]) {
    copy.record(issue('A rather secret plan'))
    await copy.engine.now()
    expect(copy.engine.view()).toMatchObject({
      state: 'refused',
      reason: { code: 'untrusted_key', message: expect.stringContaining('Nothing was sent') },
    })
    // What was recorded waits here; a first word of a member goes with it.
    expect(copy.engine.view().unpushed).toBeGreaterThan(0)
    expect(ringOf(copy)).toEqual(['1'])
  }
  const created = (await stored()).filter(({ type }) => type === 'created')
  expect(created).toMatchObject([{ key: 1 }])
  expect(created.map((event) => box.openEvent(event, { 1: evil, 2: evil }).ok)).toEqual([false])
})

/** What a server hands out to a device as its newest key, with a chain of rungs down to the first. */
function handedOut(copy: Copy, keys: readonly string[], change: Partial<Keys> = {}): Keys {
  const publicKey = copy.keys()?.device.publicKey ?? ''
  const ladder = keys.slice(0, -1).map((key, at) => ({
    key: at + 1,
    sealed: box.sealKey(key, keys[at + 1] as string),
  }))
  return { key: keys.length, box: box.sealKeyForDevice(keys.at(-1) as string, publicKey), ladder, ...change }
}
const fresh = () => box.newWorkspaceKey()
const first = (copy: Copy): string => copy.keys()?.ring[1] ?? ''

const madeUp: readonly [string, (copy: Copy) => Keys][] = [
  ['one whose rung opens to another key', (copy) => handedOut(copy, [fresh(), fresh()])],
  ['one without a rung', (copy) => handedOut(copy, [first(copy), fresh()], { ladder: [] })],
  [
    'one two further on, without the one between',
    (copy) =>
      handedOut(copy, [first(copy), fresh(), fresh()], {
        ladder: [{ key: 2, sealed: box.sealKey(first(copy), fresh()) }],
      }),
  ],
  ['several, the last of which do not follow', (copy) => handedOut(copy, [fresh(), fresh(), fresh()])],
  [
    'one whose number is the furthest that can be counted',
    (copy) => handedOut(copy, [first(copy), fresh()], { key: 2_147_483_647 }),
  ],
  [
    'one that is no key',
    (copy) => ({
      ...handedOut(copy, [first(copy), fresh()]),
      box: box.sealKeyForDevice(Buffer.from('short').toString('base64'), copy.keys()?.device.publicKey ?? ''),
    }),
  ],
]

it('of the keys that a server makes up none is taken, whatever leads to it, and nothing is sealed with it', async () => {
  await ada.begin()
  const created = async () => (await stored()).filter(({ type }) => type === 'created')
  for (const [which, made] of madeUp) {
    const before = await created()
    const keys = made(ben)
    await proxy.merge('hello', { key: keys.key })
    await proxy.merge('keys', keys)
    const code = which === 'one that is no key' ? 'key_missing' : 'untrusted_key'
    for (let round = 0; round < 2; round++) {
      await ben.engine.now()
      expect(ben.engine.view(), which).toMatchObject({ state: 'refused', reason: { code } })
      if (round === 0) ben.record(issue('A rather secret plan'))
    }
    expect(ringOf(ben), which).toEqual(['1'])
    expect(await created(), which).toHaveLength(before.length)
    await proxy.honest()
    await ben.engine.now()
    expect(ben.engine.view(), which).toMatchObject({ state: 'up_to_date' })
    expect((await created()).at(-1), which).toMatchObject({ key: 1 })
    expect(await created(), which).toHaveLength(before.length + 1)
  }
})

it('keys that an owner began while a copy was away are taken one by one, each against the one before', async () => {
  await ada.begin()
  await ada.engine.stop()
  const ring = await honestKeys(3)
  // A rung of the middle that is another's: none of them is taken.
  const honest = await ben.client.keys()
  if (!honest.ok) throw new Error(honest.error.message)
  const ladder = honest.value.ladder.map((rung) =>
    rung.key === 2 ? { ...rung, sealed: box.sealKey(fresh(), fresh()) } : rung,
  )
  await proxy.merge('keys', { ladder })
  await ben.engine.now()
  expect(ben.engine.view()).toMatchObject({ state: 'refused', reason: { code: 'untrusted_key' } })
  expect(ringOf(ben)).toEqual(['1'])
  await proxy.honest()
  ben.record(issue('Under the fourth'))
  await ben.engine.now()
  expect(ben.engine.view()).toMatchObject({ state: 'up_to_date' })
  expect(ben.keys()?.ring).toEqual(ring)
  expect((await stored()).filter(({ type }) => type === 'created')).toMatchObject([{ key: 4 }])
})

it('a device that the server adds to the team gets no key, whichever proof it shows', async () => {
  await ada.begin()
  await ben.begin()
  const spy = box.newDeviceKeyPair()
  const real = await devices()
  const bens = real.find(({ id }) => id === ben.deviceId)
  const added = [bens?.proof, box.deviceProof(fresh(), spy.publicKey), 'AAAA', null].map((proof, at) => ({
    ...bens,
    id: uuidv7(),
    name: `Spy ${at}`,
    publicKey: spy.publicKey,
    proof,
  }))
  const next = await rotation(ada.keys()?.ring ?? {}, 1, [...real, ...added] as typeof real)
  if (!next.ok) throw new Error(next.error.message)
  const { boxes } = next.value.request
  expect(boxes.map(({ deviceId }) => deviceId).sort()).toEqual([ada.deviceId, ben.deviceId].sort())
  for (const each of boxes) expect(box.openKeyBox(each.box, spy)).toBeUndefined()
})

it('a server that greets with another workspace, or says that nothing is encrypted, gets nothing', async () => {
  await ada.begin()
  for (const [fields, code] of [
    [{ workspaceId: uuidv7() }, 'wrong_workspace'],
    [{ encrypted: false }, 'encryption_denied'],
    [{ encrypted: false, key: 0 }, 'encryption_denied'],
    [{ key: 0 }, 'encryption_denied'],
  ] as const) {
    await proxy.merge('hello', fields)
    for (let round = 0; round < 2; round++) {
      await ada.engine.now()
      expect(ada.engine.view()).toMatchObject({ state: 'refused', reason: { code } })
      ada.record(issue('A rather secret plan'))
    }
    await proxy.honest()
  }
  expect(await stored()).toEqual([])
  await ada.engine.now()
  expect((await stored()).filter(({ type }) => type === 'created')).toHaveLength(8)
})

it('a server takes no key but the next, and none of another length', async () => {
  await ada.begin()
  const { key: _, ...next } = await ownRequest()
  for (const key of [2_147_483_647, 10_001, 200])
    expect(await ada.client.newKey({ ...next, key }), String(key)).toMatchObject({ ok: false })
  for (const length of [1, 200, 100_000])
    expect(
      await ada.client.newKey({ ...next, key: 2, sealedBefore: Buffer.alloc(length).toString('base64') }),
    ).toMatchObject({ ok: false, error: { code: 'invalid_request' } })
  const oversized = [{ deviceId: ada.deviceId, box: Buffer.alloc(100_000).toString('base64') }]
  expect(await ada.client.newKey({ ...next, key: 2, boxes: oversized })).toMatchObject({
    error: { code: 'invalid_request' },
  })
  expect(await ada.client.newKey({ ...next, key: 2 })).toMatchObject({ ok: true })
})

async function ownRequest() {
  const next = await rotation(ada.keys()?.ring ?? {}, 1, await devices())
  if (!next.ok) throw new Error(next.error.message)
  return next.value.request
}
