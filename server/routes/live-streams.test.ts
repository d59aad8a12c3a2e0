import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { serverClient, type WorkspaceClient } from '#inboxes/sync/server/server-client.ts'
import { type RunningServer, startServer } from '../start-server.ts'
import { type Person, person } from '../testing/both-databases.ts'

let folder: string
let server: RunningServer
let owner: Person
const clients: WorkspaceClient[] = []
const ending = new AbortController()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-streams-'))
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function start(options: Partial<Parameters<typeof startServer>[0]> = {}): Promise<void> {
  server = await startServer({ data: folder, ...options })
  owner = await person(server, (await server.admin.createWorkspace('Team')).code)
}

/** A stream of the owner's device, as this Docket opens it. */
async function stream() {
  const said = { opened: 0, closed: 0, ended: 0, nudges: 0 }
  const { token, workspaceId } = owner.joined
  const client = serverClient({ url: server.url, token }).workspace(workspaceId)
  clients.push(client)
  void client.nudges({
    signal: ending.signal,
    onOpen: () => void said.opened++,
    onNudge: () => void said.nudges++,
    onClosed: () => void said.closed++,
    onEnd: () => void said.ended++,
  })
  await vi.waitFor(() => expect(said.opened + said.ended).toBeGreaterThan(0), 10_000)
  return said
}

/** The same as an older Docket, which does not say that it stays away. */
const older = () => {
  const { token, workspaceId } = owner.joined
  return fetch(`${server.url}/v1/workspaces/${workspaceId}/nudges`, {
    headers: { 'docket-protocol': '1', authorization: `Bearer ${token}` },
  })
}

it('a device has four streams: a fifth closes the oldest, which is told not to come back, and the others hear on', async () => {
  await start()
  const open: Awaited<ReturnType<typeof stream>>[] = []
  for (let n = 0; n < 4; n++) open.push(await stream())
  const fifth = await stream()
  await vi.waitFor(() => expect(open[0]).toMatchObject({ closed: 1, ended: 1 }), 10_000)
  owner.chain.add({ number: 1 })
  expect((await owner.push(owner.chain.after(0))).status).toBe(200)
  for (const each of [...open.slice(1), fifth])
    await vi.waitFor(() => expect(each.nudges).toBeGreaterThan(0), 10_000)
  for (const each of [...open.slice(1), fifth]) expect(each).toMatchObject({ closed: 0, ended: 0 })
})

it('an older Docket, which would come back, drives nobody out: its fifth stream is refused for a while', async () => {
  await start()
  const open = [await older(), await older(), await older(), await older()]
  expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const fifth = await older()
  expect([fifth.status, fifth.headers.get('retry-after')]).toEqual([429, '60'])
  await open[0]?.body?.cancel()
  await vi.waitFor(async () => expect((await older()).status).toBe(200), 10_000)
})

it('streams are bounded by address and in all', async () => {
  await start({ streams: { ofAddress: 2 } })
  expect([(await older()).status, (await older()).status, (await older()).status]).toEqual([200, 200, 429])
  await server.close()
  rmSync(folder, { recursive: true, force: true })
  await start({ streams: { all: 1 } })
  expect([(await older()).status, (await older()).status]).toEqual([200, 429])
})

it('connections of one address are bounded: one too many is closed, and there is room again once one has gone', async () => {
  await start({ connections: { ofAddress: 3 } })
  const open = () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    const state = { socket, closed: false }
    socket.on('close', () => {
      state.closed = true
    })
    return state
  }
  // What made the owner may still have a connection of its own.
  const sockets = Array.from({ length: 6 }, open)
  await vi.waitFor(
    () => expect(sockets.filter(({ closed }) => closed).length).toBeGreaterThanOrEqual(3),
    10_000,
  )
  for (const { socket } of sockets) socket.destroy()
  await vi.waitFor(async () => expect((await fetch(`${server.url}/healthz`)).status).toBe(200), 10_000)
})

it('a device pushes so many events and bytes an hour, and is told when it may go on; another device of the team goes on', async () => {
  await start({ limits: { events: 3 } })
  const [workspace] = await server.admin.workspaces()
  const ben = await person(server, (await server.admin.invite(workspace?.id ?? '')).code)
  for (const each of [owner, ben]) for (let n = 0; n < 4; n++) each.chain.add({ number: n + 1 })
  const whole = owner.chain.after(0)
  expect((await owner.push({ ...whole, events: whole.events.slice(0, 3) })).status).toBe(200)
  const refused = await owner.push(owner.chain.after(3))
  expect([refused.status, refused.body]).toMatchObject([429, { error: { code: 'rate_limited' } }])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const theirs = ben.chain.after(0)
  expect((await ben.push({ ...theirs, events: theirs.events.slice(0, 3) })).status).toBe(200)
})
