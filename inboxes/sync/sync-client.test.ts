import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { notTakenText, pollingText } from '#contract/answers/sync-answers.ts'
import type { Role } from '#contract/sync-api/team.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { foldName } from '#db/log/rows/fold-name.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { type Copy, newCopy } from './testing/copy.ts'
import { type Door, doorTo } from './testing/door.ts'

let folder: string
let server: RunningServer
const start = (port = 0) => startServer({ data: folder, port })
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-engine-'))
  server = await start()
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

let door: Door
const copies: Copy[] = []
beforeEach(async () => {
  door = await doorTo(() => server.url)
})
afterEach(async () => {
  for (const copy of copies.splice(0)) await copy.close()
  door.close()
})

/** The owner's copy of a new workspace, and what makes further ones. */
async function team() {
  const { workspaceId, code } = await server.admin.createWorkspace('Team')
  const made = async (name: string, code: string): Promise<Copy> => {
    const copy = await newCopy({ url: door.url, code, name })
    copies.push(copy)
    return copy
  }
  return {
    ada: await made('Ada', code),
    invite: async (name: string, role: Role = 'member') =>
      made(name, (await server.admin.invite(workspaceId, { role })).code),
  }
}

const issue = (title: string) => ({ type: 'create', issueId: uuidv7(), title })
const titles = ({ replica }: Copy): unknown[] =>
  replica.workspace.database.client.prepare('SELECT title FROM issues ORDER BY title').pluck().all()
const seen = (copy: Copy, expected: readonly string[]) =>
  expect.poll(() => titles(copy), { timeout: 30_000, interval: 20 }).toEqual(expected)

it('two copies meet, hear of each other at once, and agree', async () => {
  const { ada, invite } = await team()
  ada.record(issue('Before the first round'))
  expect(ada.engine.view()).toMatchObject({ state: 'off' })
  await ada.begin()
  expect(ada.engine.view()).toMatchObject({
    server: door.url,
    workspace: 'Team',
    role: 'owner',
    unpushed: 0,
    reason: null,
    nextTryAt: null,
    lastSyncedAt: expect.any(Number),
  })
  const ben = await invite('Ben')
  await ben.begin()
  expect(ben.engine.view()).toMatchObject({ role: 'member' })
  ada.record(issue('From Ada'))
  await seen(ben, ['Before the first round', 'From Ada'])
  ben.record(issue('From Ben'))
  await seen(ada, ['Before the first round', 'From Ada', 'From Ben'])
  for (const copy of [ada, ben])
    await copy.until({ agreement: { state: 'same', replicas: 2, difference: null } })
  expect(ada.engine.view().agreement.digest).toBe(ben.engine.view().agreement.digest)
})

it('a server that stops is waited for, work goes on, and everything goes up once it is back', async () => {
  const { ada, invite } = await team()
  const ben = await invite('Ben')
  for (const copy of [ada, ben]) await copy.begin()
  const { port } = server
  await server.close()
  await ada.until({ state: 'offline', reason: { code: expect.any(String) }, nextTryAt: expect.any(Number) })
  expect(ada.engine.view().reason?.message).toMatch(/\w+ .*\.$/)
  ada.record(issue('Meanwhile'))
  server = await start(port)
  await seen(ben, ['Meanwhile'])
  await ada.until({ state: 'up_to_date', unpushed: 0, reason: null, nextTryAt: null })
})

it('a revoked token is refused, with the reason, and nothing of the copy is gone', async () => {
  const { ada, invite } = await team()
  const ben = await invite('Ben')
  await ben.begin()
  ben.record(issue('Mine'))
  await ben.until({ unpushed: 0, state: 'up_to_date' })
  expect(await ada.client.revokeDevice(ben.deviceId)).toMatchObject({ ok: true })
  ben.record(issue('Not any more'))
  await ben.until({
    state: 'refused',
    reason: { code: 'unauthorized', message: expect.stringMatching(/\w/) },
  })
  expect(titles(ben)).toEqual(['Mine', 'Not any more'])
  expect(JSON.stringify(ben.views)).not.toContain('dkt_')
})

it('a reader who has changes of their own still gets what others do, and hears that theirs are not taken', async () => {
  const { ada, invite } = await team()
  const ben = await invite('Ben', 'reader')
  await ada.begin()
  await ben.begin()
  expect(ben.engine.view()).toMatchObject({ role: 'reader', notTaken: null, unpushed: 0 })
  // Recorded before it was known what Ben may do, with Ben's introduction.
  ben.record(issue('Only here'))
  ada.record(issue('From Ada'))
  await seen(ben, ['From Ada', 'Only here'])
  await ben.until({ state: 'up_to_date', unpushed: 0, notTaken: { events: 3, because: null } })
  expect(notTakenText(ben.engine.view().notTaken)).toBe(
    '3 changes of yours are not taken, for you only read here.',
  )
  expect(titles(ada)).toEqual(['From Ada'])
})

it('what the server refuses is still to be pushed, and is counted', async () => {
  const { ada } = await team()
  await ada.begin()
  const refusal = { error: { code: 'invalid_event', message: 'Event x is not of its type’s shape.' } }
  door.answer('push', (response) => response.writeHead(422).end(JSON.stringify(refusal)))
  ada.record(issue('Not taken'))
  // With Ada's introduction.
  await ada.until({ state: 'refused', reason: { code: 'invalid_event' }, unpushed: 3 })
  door.honest()
  await ada.engine.now()
  await ada.until({ state: 'up_to_date', unpushed: 0 })
})

it('whose role changes learns of it at once: what a reader kept goes up once they are a member', async () => {
  const { ada, invite } = await team()
  const ben = await invite('Ben')
  await ada.begin()
  await ben.begin()
  expect(await ada.client.changeRole(ben.memberId, 'reader')).toMatchObject({ ok: true })
  await ben.until({ role: 'reader', state: 'up_to_date' })
  ben.record(issue('Kept'))
  ada.record(issue('From Ada'))
  await seen(ben, ['From Ada', 'Kept'])
  await ben.until({ state: 'up_to_date', notTaken: { events: 3 } })
  expect(await ada.client.changeRole(ben.memberId, 'member')).toMatchObject({ ok: true })
  await seen(ada, ['From Ada', 'Kept'])
  await ben.until({ role: 'member', state: 'up_to_date', notTaken: null, unpushed: 0 })
})

it('who paused is left alone, until now is asked for, and stays paused after', async () => {
  const { ada, invite } = await team()
  const ben = await invite('Ben')
  for (const copy of [ada, ben]) await copy.begin()
  ben.pause(true)
  expect(ben.engine.view()).toMatchObject({ state: 'paused' })
  ben.record(issue('Kept back'))
  ada.record(issue('From Ada'))
  await ada.until({ unpushed: 0 })
  expect(titles(ben)).toEqual(['Kept back'])
  expect(titles(ada)).toEqual(['From Ada'])
  // With Ben's introduction, which comes with the first that he records.
  expect(ben.engine.view()).toMatchObject({ state: 'paused', unpushed: 3 })

  await ben.engine.now()
  expect(titles(ben)).toEqual(['From Ada', 'Kept back'])
  expect(ben.engine.view()).toMatchObject({ state: 'paused', unpushed: 0 })
  await seen(ada, ['From Ada', 'Kept back'])
  ben.pause(false)
  await ben.until({ state: 'up_to_date' })
})

it('a pause with the server away says why at the next try, and tries no further', async () => {
  const { ada } = await team()
  await ada.begin()
  ada.pause(true)
  door.answer('hello', (response) => response.destroy())
  await ada.engine.now()
  expect(ada.engine.view()).toMatchObject({
    state: 'paused',
    reason: { code: 'unreachable' },
    nextTryAt: null,
  })
})

it('trouble on the way is waited out', async () => {
  const { ada } = await team()
  ada.record(issue('One'))
  for (const [how, code] of [
    [(response) => response.end('{"portal":"Sign in to go on"}'), 'unreadable_answer'],
    [(response) => response.writeHead(404).end('<html></html>'), 'http_404'],
    [(response) => response.writeHead(503, { 'retry-after': '0' }).end(), 'http_503'],
  ] as [(response: ServerResponse) => void, string][]) {
    door.answer('hello', how)
    await ada.engine.now()
    await ada.until({ state: 'offline', reason: { code }, nextTryAt: expect.any(Number), unpushed: 0 })
  }
  door.honest()
  await ada.until({ state: 'up_to_date', reason: null, nextTryAt: null })
  expect(door.asked.some(({ route }) => route === 'push')).toBe(true)
})

it('what goes wrong in Docket itself ends the round, not the worker', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { ada, invite } = await team()
  const ben = await invite('Ben')
  await ada.begin()
  ada.record(issue('One'))
  let fails = true
  ben.host({
    async receive(arrivals) {
      if (fails) throw new Error('The app did not answer in time')
      return { ok: true, value: ben.replica.workspace.log.receive(arrivals) }
    },
  })
  ben.engine.refresh()
  await ben.until({ state: 'offline', reason: { code: 'internal' }, nextTryAt: expect.any(Number) })
  expect(told.mock.calls.flat().map(String).join()).toContain('did not answer in time')
  fails = false
  await ben.until({ state: 'up_to_date' })
  expect(titles(ben)).toEqual(['One'])
})

it('where no stream gets through, rounds are made all the same, less and less often', async () => {
  const { ada, invite } = await team()
  const ben = await invite('Ben')
  door.answer('nudges', (response) => response.writeHead(502).end('<html>Bad gateway</html>'))
  await ben.begin()
  ada.record(issue('Unheard'))
  await ada.begin()
  await seen(ben, ['Unheard'])
  const tries = () => door.asked.filter(({ route }) => route === 'nudges')
  await expect.poll(() => tries().length, { timeout: 30_000, interval: 20 }).toBeGreaterThanOrEqual(6)
  // Both try, after one second, two, four …: a timer may be late, never early.
  const [first, last] = [tries()[0], tries()[5]]
  expect((last?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(2_500)
})

it('where a proxy holds the stream back, changes are asked for, and the copy says so until one comes through', async () => {
  const { ada, invite } = await team()
  const ben = await invite('Ben')
  // As a proxy that buffers: the head comes, and not a word of what follows.
  door.answer('nudges', (response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
  )
  await ben.begin()
  await expect.poll(() => ben.engine.view().polling, { timeout: 60_000, interval: 20 }).toBe(true)
  expect(pollingText(ben.engine.view().polling)).toContain('every few seconds')
  await ada.begin()
  ada.record(issue('Asked for'))
  await seen(ben, ['Asked for'])
  door.honest()
  await expect.poll(() => ben.engine.view().polling, { timeout: 60_000, interval: 20 }).toBe(false)
}, 150_000)

it('a first join tells how far it is', async () => {
  const { ada, invite } = await team()
  for (let at = 0; at < 1_200; at++) ada.replica.execute(issue(`Issue ${at}`))
  await ada.begin()
  const ben = await invite('Ben')
  await ben.begin()
  expect(titles(ben)).toHaveLength(1_200)
  const told = ben.views.flatMap(({ state, progress }) => (state === 'syncing' && progress ? [progress] : []))
  const total = told[0]?.total ?? 0
  // Each issue and its number, and what making the workspace recorded.
  expect(total).toBeGreaterThanOrEqual(2_400)
  expect(told).toEqual([0, 1_000, 2_000, total].map((done) => ({ done, total })))
  expect(ben.views.at(-1)).toMatchObject({ state: 'up_to_date', progress: null })
})

it('a copy that comes to something else raises the alarm, with what to report', async () => {
  const alarm = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { ada, invite } = await team()
  const ben = await invite('Ben')
  ada.record(issue('One'))
  await ada.begin()
  await ada.until({ agreement: { state: 'unknown', replicas: 1 } })
  // Ben's Docket has a bug.
  const hello = await ben.client.hello({ chains: [], cursor: { seq: 0, mark: '0'.repeat(64) } })
  if (!hello.ok) throw new Error(hello.error.message)
  const { seq } = hello.value.cursor
  // The same events, and something else that they come to.
  const events = Number(ada.replica.workspace.log.position())
  const fold = foldName(eventRegistry())
  await ben.client.reportDigest({ chain: ben.deviceId, seq, digest: 'f'.repeat(64), events, fold })
  await ada.engine.now()
  await ada.until({ agreement: { state: 'differs', difference: { with: "Ben’s Ben's laptop" } } })
  expect(existsSync(join(ada.engine.view().agreement.difference?.bundle ?? '', 'facts.json'))).toBe(true)
  expect(alarm.mock.calls.join(' ')).toContain('nothing was changed')
  expect(ada.engine.view().state).toBe('up_to_date')
  expect(titles(ada)).toEqual(['One'])
})

it('who has pushed enough for a while still hears what others do, and pushes the rest when the server says', async () => {
  const { ada, invite } = await team()
  const ben = await invite('Ben')
  await ada.begin()
  await ben.begin()
  const enough = JSON.stringify({ error: { code: 'rate_limited', message: 'Enough for now.' } })
  door.answer('push', (response) => void response.writeHead(429, { 'retry-after': '1' }).end(enough))
  ada.record(issue('Later'))
  await ada.until({
    state: 'up_to_date',
    notTaken: { events: expect.any(Number), because: 'Enough for now.' },
  })
  door.honest()
  ben.record(issue('Meanwhile'))
  await seen(ada, ['Later', 'Meanwhile'])
  await seen(ben, ['Later', 'Meanwhile'])
  await ada.until({ state: 'up_to_date', notTaken: null, unpushed: 0 })
})

it('a copy whose stream was closed for a newer one of its device opens no other until somebody asks', async () => {
  const { ada } = await team()
  const asked = () => door.asked.filter(({ route }) => route === 'nudges').length
  door.answer('nudges', (response) =>
    response
      .writeHead(200, { 'content-type': 'text/event-stream' })
      .end('event: closed\ndata: {"code":"too_many_streams"}\n\n'),
  )
  await ada.begin()
  await expect.poll(asked).toBe(1)
  // A round of its own later, it still has none.
  for (const title of ['One', 'Two', 'Three']) {
    ada.record(issue(title))
    await ada.until({ unpushed: 0, state: 'up_to_date' })
  }
  expect(asked()).toBe(1)
  door.honest()
  await ada.engine.now()
  await expect.poll(asked).toBe(2)
})
