import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { hashPayload, plainMetadata } from '#db/hash-chain.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { type Copy, newCopy } from './testing/copy.ts'
import { type Door, doorTo } from './testing/door.ts'

// A server that keeps payloads back, and copies that fold otherwise: a door in front of a real one answers as they do.

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
