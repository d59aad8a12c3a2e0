import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, expect, it } from 'vitest'
import { protocolHeader } from '#contract/sync-api/protocol.ts'
import type { Team } from '#contract/sync-api/team.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { askForTeam } from '#inboxes/sync/server/whole-team.ts'
import { type Asked, ask, onBothDatabases, type Person, person } from '../testing/both-databases.ts'
import { madeChain } from '../testing/made-chain.ts'
import { command, type Served, served } from '../testing/served.ts'
import { mostOf } from './team.ts'

const code = (answer: Asked) => (answer.body.error as { code?: string })?.code
const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64')

onBothDatabases('what a member may fill a team with', (around) => {
  /** A further device of somebody, whom they invite themselves. */
  async function further(of: Person): Promise<Asked> {
    const invite = await of.ask('/invites', { body: { memberId: of.joined.member.id } })
    return ask(around().server, '/v1/join', {
      body: {
        code: invite.body.code,
        device: { name: 'Another' },
        member: { id: uuidv7(), name: 'x' },
        historyId: uuidv7(),
      },
    })
  }

  it.each([
    ['a public key of 4 MiB', { publicKey: base64(4_194_303) }],
    ['one of 31 bytes', { publicKey: base64(31) }],
    ['a proof of 4 MiB', { publicKey: base64(32), proof: base64(4_194_303) }],
  ])('%s is refused, and the invite can still be taken', async (_, keys) => {
    const { server } = around()
    const { workspaceId } = await around().team()
    const invite = await server.admin.invite(workspaceId)
    const joining = (device: object) =>
      ask(server, '/v1/join', {
        body: {
          code: invite.code,
          device: { name: 'laptop', ...device },
          member: { id: uuidv7(), name: 'Ben' },
          historyId: uuidv7(),
        },
      })
    expect(code(await joining(keys))).toBe('invalid_request')
    expect((await joining({ publicKey: base64(32), proof: base64(32) })).status).toBe(201)
  })

  it('a member has 20 devices; the next is refused with a sentence until one is revoked, and those that are there go on', async () => {
    const { invite } = await around().team()
    const ben = await invite('reader')
    for (let n = 2; n <= mostOf.devices; n++) expect((await further(ben)).status).toBe(201)
    const refused = await further(ben)
    expect([refused.status, code(refused)]).toEqual([409, 'limit_reached'])
    expect(refused.body).toMatchObject({ error: { message: expect.stringContaining('at most 20 devices') } })
    const { body } = await ben.ask('/team')
    const own = (body as unknown as Team).devices.filter(({ memberId }) => memberId === ben.joined.member.id)
    expect(own).toHaveLength(20)
    const other = own.find(({ id }) => id !== ben.joined.deviceId)
    expect((await ben.ask(`/devices/${other?.id}`, { method: 'DELETE' })).status).toBe(200)
    expect((await further(ben)).status).toBe(201)
  })

  it('a member has at most so many invites open for devices of their own', async () => {
    const { invite } = await around().team()
    const ben = await invite()
    const asks = () => ben.ask('/invites', { body: { memberId: ben.joined.member.id } })
    for (let n = 1; n <= mostOf.ownInvites; n++) expect((await asks()).status).toBe(201)
    expect(code(await asks())).toBe('limit_reached')
  })

  it('a team is read page by page, whatever their size, and comes to what older clients get at once', async () => {
    const { owner, invite, workspaceId } = await around().team()
    for (let n = 0; n < 4; n++) {
      const each = await invite()
      for (let further_ = 0; further_ < n; further_++) await further(each)
      await owner.ask('/invites', { body: {} })
    }
    const { body } = await owner.ask('/team')
    expect(body.next).toBeUndefined()
    const ids = (team: Team) =>
      [team.members, team.devices, team.invites].map((list) => list.map(({ id }) => id).sort())
    const whole = ids(body as unknown as Team)
    expect(whole.map((list) => list.length)).toEqual([5, 11, 4])
    for (let limit = 1; limit <= 21; limit++) {
      const sizes: number[] = []
      const paged = await askForTeam(async ({ after }) => {
        const page = await owner.ask(`/team?limit=${limit}${after ? `&after=${after}` : ''}`)
        const team = page.body as unknown as Team & { next: string | null }
        sizes.push(team.members.length + team.devices.length + team.invites.length)
        return { ok: true, value: team }
      })
      if (!paged.ok) throw new Error(paged.error.message)
      expect(ids(paged.value), `${limit}`).toEqual(whole)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(limit)
    }
    expect(code(await owner.ask('/team?limit=5&after=members:x'))).toBe('invalid_request')
    const client = serverClient({ url: around().server.url, token: owner.joined.token }).workspace(
      workspaceId,
    )
    const team = await client.team()
    await client.close()
    if (!team.ok) throw new Error(team.error.message)
    expect(ids(team.value)).toEqual(whole)
  })

  it('keys that were stored before they were held to a length are in nobody’s way', async ({ skip }) => {
    const { where } = around()
    if (!('databaseUrl' in where)) return skip()
    const { owner, invite } = await around().team()
    const ben = await invite('reader')
    const client = new pg.Client({ connectionString: where.databaseUrl })
    await client.connect()
    await client.query('UPDATE devices SET public_key = $1, proof = $1 WHERE id = $2', [
      base64(3 * 1_048_576),
      ben.joined.deviceId,
    ])
    await client.query(
      `INSERT INTO chains (workspace_id, chain, replica_id, member_id, last_seq, last_hash)
       SELECT $1, gen_random_uuid(), gen_random_uuid(), $2, 1, '' FROM generate_series(1, $3)`,
      [owner.joined.workspaceId, owner.joined.member.id, mostOf.chains],
    )
    await client.end()
    const { body } = await owner.ask('/team')
    const device = (body as unknown as Team).devices.find(({ id }) => id === ben.joined.deviceId)
    expect(device).toMatchObject({ publicKey: null, proof: null })
    expect((await owner.ask(`/members/${ben.joined.member.id}`, { method: 'DELETE' })).status).toBe(200)
    // So many chains can be greeted, and there will be no more of them.
    const chain = madeChain(owner.joined.member.id)
    chain.add({ number: 1 })
    expect(code(await owner.push(chain.after(0)))).toBe('limit_reached')
  })
})

let folder: string | undefined
let server: Served | undefined
afterEach(async () => {
  await server?.kill('SIGKILL')
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

it('a greeting of eight million nothings is refused before it is parsed, and the server lives', async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-many-values-'))
  const { out } = await command('--data', folder, '--json', 'admin', 'create-workspace', '--name', 'Team')
  const made = JSON.parse(out) as { code: string }
  server = await served(folder)
  const { url } = server
  const joined = await person({ url } as Parameters<typeof person>[0], made.code)
  const body = gzipSync(`{"cursor":${JSON.stringify(startCursor)},"chains":[0${',0'.repeat(8_000_000)}]}`)
  const { token, workspaceId } = joined.joined
  const response = await fetch(`${url}/v1/workspaces/${workspaceId}/hello`, {
    method: 'POST',
    headers: {
      [protocolHeader]: '1',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    },
    body,
  })
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('more values')])
  expect((await joined.ask('/team')).status).toBe(200)
}, 60_000)
