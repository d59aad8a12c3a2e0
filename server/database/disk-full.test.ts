import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../start-server.ts'
import { ask, type Person, person } from '../testing/both-databases.ts'
import { usualKeptFree } from './open-database.ts'

const limits = { token: 1e6, address: 1e6, attempts: 1e6 }
const code = (answer: { body: Record<string, unknown> }) => (answer.body.error as { code?: string })?.code

let folder: string
let server: RunningServer
let owner: Person
let secondInvite: string
let mounted: boolean
/** A disk of its own, where this machine lets a test have one. */
function mount(mebibytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const free = (): number => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
const ballast = (): string => join(folder, 'ballast')
/**
 * Fills the disk but for so many bytes. Not in one go: the server is in this process, and where nothing of it runs for five seconds, it closes its
 * idle connections in the same moment in which the test asks on one of them.
 */
const fill = (left: number): Promise<void> => writeFile(ballast(), Buffer.alloc(free() - left))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-disk-'))
  mounted = mount(300)
})
afterEach(async () => {
  await server?.close()
  if (mounted) execFileSync('umount', [folder])
  rmSync(folder, { recursive: true, force: true })
})

async function start(keptFree?: number): Promise<void> {
  server = await startServer({
    data: join(folder, 'data'),
    limits,
    ...(keptFree === undefined ? {} : { keptFree }),
  })
  const { workspaceId, code: invite } = await server.admin.createWorkspace('Team')
  owner = await person(server, invite)
  secondInvite = (await server.admin.invite(workspaceId)).code
  for (let n = 1; n <= 20; n++)
    owner.chain.add({ number: n, payload: { title: 'x'.repeat(400), status: 'open' } })
  const whole = owner.chain.after(0)
  expect((await owner.push({ ...whole, events: whole.events.slice(0, 5) })).status).toBe(200)
}

it('PGlite leaves room on the disk: what would grow is refused, what is there is read and revoked, and all goes on once there is room', async ({
  skip,
}) => {
  if (!mounted) skip()
  await start()
  await fill(usualKeptFree - 4_096)
  const answer = await owner.push(owner.chain.after(0))
  expect([answer.status, code(answer)]).toEqual([507, 'disk_full'])
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  const device = { name: 'laptop' }
  const { id } = owner.joined.member
  const joining = { code: secondInvite, device, member: { id, name: 'Ben' }, historyId: id }
  expect((await ask(server, '/v1/join', { body: joining })).status).toBe(507)
  expect((await owner.ask('/invites', { body: {} })).status).toBe(507)
  expect(await owner.pullAll()).toHaveLength(5)
  const { body } = await owner.ask('/team')
  const [invite] = body.invites as { id: string }[]
  expect((await owner.ask(`/invites/${invite?.id}`, { method: 'DELETE' })).status).toBe(200)
  rmSync(ballast())
  expect((await owner.push(owner.chain.after(0))).body).toMatchObject({ stored: 20 })
})

it('a disk that is full to the last byte takes nothing by half, and what was taken is still there after a restart', async ({
  skip,
}) => {
  if (!mounted) skip()
  await start(0)
  await fill(0)
  const before = await owner.pullAll()
  for (let n = 21; n <= 600; n++)
    owner.chain.add({ number: n, payload: { title: 'y'.repeat(400), status: 'open' } })
  const answer = await owner.push(owner.chain.after(0))
  expect([answer.status, code(answer)]).toEqual([507, 'disk_full'])
  expect(await owner.pullAll()).toEqual(before)
  rmSync(ballast())
  expect((await owner.push(owner.chain.after(0))).body).toMatchObject({ stored: 600 })
  await server.close()
  server = await startServer({ data: join(folder, 'data'), limits })
  const { body } = await ask(server, `/v1/workspaces/${owner.joined.workspaceId}/hello`, {
    body: { chains: [], cursor: { seq: 0, mark: '0'.repeat(64) } },
    headers: { authorization: `Bearer ${owner.joined.token}` },
  })
  expect(body.cursor).toMatchObject({ seq: 600 })
})
