import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { type Copy, newCopy } from './testing/copy.ts'
import { type Door, doorTo } from './testing/door.ts'

// Servers that are older than a copy, and one that keeps payloads back: a door in front of a real one answers as they do.

let folder: string
let server: RunningServer
let door: Door
const copies: Copy[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-older-'))
  server = await startServer({ data: folder })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  door = await doorTo(() => server.url)
})
afterEach(async () => {
  for (const copy of copies.splice(0)) await copy.close()
  door.close()
})

/** Ada, who is on the server itself, and Ben, who is behind the door. */
async function team(): Promise<{ readonly ada: Copy; readonly ben: Copy }> {
  const { workspaceId, code } = await server.admin.createWorkspace('Team')
  const ada = await newCopy({ url: server.url, code, name: 'Ada' })
  copies.push(ada)
  const invite = await server.admin.invite(workspaceId, {})
  const ben = await newCopy({ url: door.url, code: invite.code, name: 'Ben' })
  copies.push(ben)
  return { ada, ben }
}

const issue = (title: string) => ({ type: 'create', issueId: uuidv7(), title })
const titles = ({ replica }: Copy): unknown[] =>
  replica.workspace.database.client.prepare('SELECT title FROM issues ORDER BY title').pluck().all()
const seen = (copy: Copy, expected: readonly string[]) =>
  expect.poll(() => titles(copy), { timeout: 30_000, interval: 20 }).toEqual(expected)
const shown = ({ replica }: Copy): string[] =>
  replica.feed().map((line) => (JSON.parse(line) as [number, string, string])[2])

type Page = { events: { event: Record<string, unknown> }[] }
const stripped = (body: Record<string, unknown>) => ({
  ...body,
  events: (body as Page).events.map(({ event, ...more }) => {
    const { data, metadata = plainMetadata, ...header } = event
    return { ...more, event: { ...header, payloadHash: hashPayload(String(data), String(metadata)) } }
  }),
})
/** What a server of the first release answers. */
const firstRelease = ({ understands: _, ...hello }: Record<string, unknown>) => hello

it('what a server hands out without payloads is held, counted and nobody’s act, and whole once the server is honest', async () => {
  const { ada, ben } = await team()
  const one = issue('Kept back')
  ada.record(one)
  ada.record({ type: 'archive', issueId: one.issueId })
  ada.record(issue('Kept back as well'))
  await ada.begin()
  door.change('events', stripped)
  await ben.begin()
  expect(titles(ben)).toEqual([])
  // Its own joining is all that is shown.
  expect(shown(ben).filter((type) => ['created', 'archived', 'numbered'].includes(type))).toEqual([])
  expect(ben.engine.view().unreadable).toBeGreaterThanOrEqual(5)
  ben.replica.check()
  door.honest()
  await ben.engine.now()
  await seen(ben, ['Kept back', 'Kept back as well'])
  expect(ben.engine.view().unreadable).toBe(0)
  expect(ben.replica.digest()).toBe(ada.replica.digest())
  ben.replica.check()
  ben.replica.restart()
  ben.replica.check()
})

it('a server of the first release gets no digest of another fold than its own, and no copy is said to differ', async () => {
  door.change('hello', firstRelease)
  const { ada, ben } = await team()
  ada.record(issue('Shared'))
  await ada.begin()
  await ben.begin()
  await seen(ben, ['Shared'])
  await expect
    .poll(() => door.asked.filter(({ route }) => route === 'nudges').length, { timeout: 30_000 })
    .toBeGreaterThan(0)
  await ada.until({ agreement: { digest: ada.replica.digest() } })
  await ben.engine.now()
  expect(door.asked.map(({ route }) => route)).not.toContain('digests')
  expect(ben.engine.view().agreement.state).toBe('unknown')
})

it('digests of two folds are not compared', async () => {
  const { ada, ben } = await team()
  ada.record(issue('Shared'))
  await ada.begin()
  // The others fold otherwise, and come to something else.
  door.change('digests', (body) => ({
    reports: (body as { reports: { chain: string }[] }).reports.map((report) =>
      report.chain === ben.deviceId ? report : { ...report, digest: 'f'.repeat(64), fold: '9.another' },
    ),
  }))
  await ben.begin()
  await ben.until({ agreement: { digest: ben.replica.digest(), difference: null } })
  expect(ben.engine.view().agreement.state).not.toBe('differs')
  door.change('digests', (body) => ({
    reports: (body as { reports: { chain: string }[] }).reports.map((report) =>
      report.chain === ben.deviceId ? report : { ...report, digest: 'f'.repeat(64) },
    ),
  }))
  await ben.engine.now()
  await ben.until({ agreement: { state: 'differs' } })
})

it.each([
  [
    'a type',
    422,
    { code: 'unknown_event', message: 'This server does not know events of type "estimated".' },
  ],
  [
    'a version',
    426,
    { code: 'update_needed', message: '"created" is newer than this server.', details: { event: uuidv7() } },
  ],
])(
  'a server that does not know %s takes nothing more of that copy, which pulls all the same',
  async (_, status, error) => {
    const { ada, ben } = await team()
    await ben.begin()
    door.answer('push', (response) => response.writeHead(status).end(JSON.stringify({ error })))
    ben.record(issue('Newer than the server'))
    await ben.until({ notTaken: { because: expect.stringContaining('older than this Docket') } })
    ada.record(issue('Ada goes on'))
    await ada.begin()
    await seen(ben, ['Ada goes on', 'Newer than the server'])
    expect(ben.engine.view()).toMatchObject({ state: 'up_to_date' })
    // It was updated.
    door.honest()
    await ben.engine.now()
    await seen(ada, ['Ada goes on', 'Newer than the server'])
    await ben.until({ notTaken: null })
  },
)
