import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseInvite } from '#contract/invite-text.ts'
import { protocolHeader } from '#contract/sync-api/protocol.ts'
import type { Team } from '#contract/sync-api/team.ts'
import type { RunningServer } from './start-server.ts'
import { ask, type Person, person } from './testing/both-databases.ts'
import { command, type Served, served } from './testing/served.ts'

let folder: string
let data: string
let running: Served
let at: RunningServer
let owner: Person
let firstInvite: string
const admin = (...parameters: string[]) => command('--data', data, '--json', 'admin', ...parameters)
const door = () => JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as RunningServer
async function done<T>(...parameters: string[]): Promise<T> {
  const { status, out, error } = await admin(...parameters)
  expect([status, error]).toEqual([0, ''])
  return JSON.parse(out) as T
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-server-command-'))
  data = join(folder, 'data')
  running = await served(data)
  at = { url: running.url } as RunningServer
  const made = await done<{ invite: string }>('create-workspace', '--name', 'Team')
  firstInvite = parseInvite(made.invite)?.code ?? ''
  owner = await person(at, firstInvite, { name: 'Olga' })
})
afterAll(async () => {
  await running.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

it('an administrator asks the running server: invites, members, roles, devices', async () => {
  const { invite } = await done<{ invite: string }>('invite', '--role', 'reader')
  expect(parseInvite(invite)).toMatchObject({ url: running.url, workspaceId: owner.joined.workspaceId })
  const ben = await person(at, parseInvite(invite)?.code ?? '', { name: 'Ben' })
  expect(ben.joined.member.role).toBe('reader')
  await done('role', '--member', ben.joined.member.id, '--role', 'member')
  const team = await done<Team>('members')
  expect(team.members.map(({ name, role }) => [name, role])).toEqual([
    ['Olga', 'owner'],
    ['Ben', 'member'],
  ])
  await done('revoke', '--device', ben.joined.deviceId)
  expect((await ben.ask('/team')).status).toBe(401)
  expect(await done<unknown[]>('workspaces')).toHaveLength(1)
  const { id, code } = await done<{ id: string; code: string }>('invite')
  await done('revoke', '--invite', id)
  await expect(person(at, code)).rejects.toThrow(/invite_unusable/)
  const refused = await admin('role', '--member', owner.joined.member.id, '--role', 'reader')
  expect(refused.status).toBe(1)
  expect(refused.error).toMatch(/last owner/)
})

it('the administrator’s door takes the directory’s secret alone, which nobody else can read', async () => {
  expect(statSync(join(data, 'admin.json')).mode & 0o077).toBe(0)
  for (const authorization of ['', 'Bearer ', `Bearer ${'0'.repeat(64)}`, `Bearer ${owner.joined.token}`]) {
    const answer = await ask(door(), '/admin', { body: { do: 'workspaces' }, headers: { authorization } })
    expect(answer.status).toBe(401)
  }
  // It is not where clients are served, whoever asks.
  const { secret } = JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as { secret: string }
  const headers = { authorization: `Bearer ${secret}` }
  expect((await ask(at, '/admin', { body: { do: 'workspaces' }, headers })).status).toBe(404)
  expect((await ask(door(), '/admin', { body: { do: 'workspaces' }, headers })).status).toBe(200)
})

it('a second server on the directory is refused, and touches nothing', async () => {
  const before = readFileSync(join(data, 'admin.json'), 'utf8')
  const { status, error } = await command('--data', data, '--port', '0')
  expect(status).toBe(1)
  expect(error).toContain(`${data} is open in another docket-server`)
  expect(readFileSync(join(data, 'admin.json'), 'utf8')).toBe(before)
  expect((await owner.ask('/team')).status).toBe(200)
})

// Linux alone says what the most was that a process ever had.
it.skipIf(process.platform !== 'linux')(
  'what unpacks to a gigabyte costs the server little memory',
  async () => {
    const peak = (): number =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${running.pid}/status`, 'utf8'))?.[1]) * 1_024
    const tight = gzipSync(Buffer.alloc(256 * 1_048_576), { level: 9 })
    // Members of a gzip file follow one another.
    const bomb = Buffer.concat([tight, tight, tight, tight])
    const before = peak()
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        fetch(`${running.url}/v1/workspaces/${owner.joined.workspaceId}/push`, {
          method: 'POST',
          headers: {
            [protocolHeader]: '1',
            authorization: `Bearer ${owner.joined.token}`,
            'content-encoding': 'gzip',
          },
          body: bomb,
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413])
    // Each may unpack 16 MiB before it is stopped.
    expect(peak() - before).toBeLessThan(256 * 1_048_576)
  },
)

it('what the process says and counts has no token, code, secret or payload in it, whatever went wrong', async () => {
  const title = 'A title that is nobody’s business'
  owner.chain.add({ number: 1, payload: { title, status: 'open' } })
  const request = owner.chain.after(0)
  expect((await owner.push(request)).status).toBe(200)
  await owner.push({ ...request, events: [{ ...request.events[0], hash: 'f'.repeat(64) }] })
  await owner.ask('/push', { body: `{"title":"${title}"` })
  await ask(at, '/v1/join', { body: { code: firstInvite } })
  await ask(at, `/v1/workspaces/${owner.joined.workspaceId}/team`, {
    headers: { authorization: 'Bearer dkt_of-somebody-else' },
  })
  await ask(at, `/v1/${encodeURIComponent(title)}`)
  const { secret } = JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as { secret: string }
  await ask(door(), '/admin', { body: `{"do":"${title}`, headers: { authorization: `Bearer ${secret}` } })
  const metrics = await (await fetch(`${running.url}/metrics`)).text()
  await running.kill('SIGTERM')
  const said = running.said()
  for (const line of said
    .trim()
    .split('\n')
    .filter((each) => each.startsWith('{')))
    JSON.parse(line)
  expect(said).toContain('"refusal":"forged_hash"')
  expect(said).toContain('"ended"')
  expect(metrics).toMatch(/docket_refusals_total\{code="forged_hash"\} 1/)
  for (const hidden of [title, owner.joined.token, 'dkt_', firstInvite, secret, 'nobody'])
    for (const text of [said, metrics]) expect(text).not.toContain(hidden)
  running = await served(data)
  at = { url: running.url } as RunningServer
})
