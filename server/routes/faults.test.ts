import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { protocolHeader } from '#contract/sync-api/protocol.ts'
import { DataInUseError } from '../admin/data-folder.ts'
import type { LogLine } from '../http/log-line.ts'
import { databaseTrouble } from '../http/refusal.ts'
import { type RunningServer, startServer } from '../start-server.ts'
import { ask, freshPostgres, onBothDatabases, person, postgresAnswers } from '../testing/both-databases.ts'
import { served } from '../testing/served.ts'

const code = (answer: { body: Record<string, unknown> }) => (answer.body.error as { code?: string })?.code
const answers = await postgresAnswers()
const plenty = { token: 1e6, address: 1e6, attempts: 1e6 }

let folder: string
let servers: RunningServer[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-server-faults-'))
  servers = []
})
afterEach(async () => {
  for (const server of servers) await server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function start(options: Partial<Parameters<typeof startServer>[0]> = {}): Promise<RunningServer> {
  const server = await startServer({ data: join(folder, 'data'), limits: plenty, ...options } as never)
  servers.push(server)
  return server
}

const lines: LogLine[] = []
onBothDatabases(
  'faults',
  (around) => {
    it('a body of 50 MiB is refused without being read, whoever sends it', async () => {
      const { owner } = await around().team()
      const answer = await owner.ask('/push', { body: 'x'.repeat(50 * 1_048_576) })
      expect([answer.status, code(answer)]).toEqual([413, 'body_too_large'])
      expect((await owner.ask('/team')).status).toBe(200)
    })

    it('what unpacks to far more than it was sent as is refused', async () => {
      const { owner } = await around().team()
      const { server } = around()
      const bomb = gzipSync(Buffer.alloc(64 * 1_048_576), { level: 9 })
      const response = await fetch(`${server.url}/v1/workspaces/${owner.joined.workspaceId}/push`, {
        method: 'POST',
        headers: {
          [protocolHeader]: '1',
          authorization: `Bearer ${owner.joined.token}`,
          'content-encoding': 'gzip',
        },
        body: bomb,
      })
      expect(response.status).toBe(413)
      await response.text()
    })

    it('half of a packed body, and a body that is no JSON, are refused with a sentence', async () => {
      const { owner } = await around().team()
      const { server } = around()
      const half = gzipSync('{"chains":[]}').subarray(0, 12)
      const response = await fetch(`${server.url}/v1/workspaces/${owner.joined.workspaceId}/hello`, {
        method: 'POST',
        headers: {
          [protocolHeader]: '1',
          authorization: `Bearer ${owner.joined.token}`,
          'content-encoding': 'gzip',
        },
        body: half,
      })
      expect(response.status).toBe(400)
      expect(code(await owner.ask('/hello', { body: '{"chains":' }))).toBe('invalid_request')
      expect(code(await owner.ask('/hello', { body: '[]' }))).toBe('invalid_request')
    })

    it('is well, counts what it does, and says nothing of payloads, tokens and codes', async () => {
      const { owner } = await around().team()
      const { server } = around()
      owner.chain.add({ number: 1, payload: { title: 'Very secret title', status: 'open' } })
      await owner.push(owner.chain.after(0))
      await ask(server, '/v1/join', { body: { code: 'a-code-that-nobody-may-read' } })
      const health = await Promise.all(['/healthz', '/readyz'].map((path) => ask(server, path)))
      expect(health.map(({ status }) => status)).toEqual([200, 200])
      const metrics = await (await fetch(`${server.url}/metrics`)).text()
      expect(metrics).toMatch(
        /docket_requests_total\{method="POST",route="\/v1\/workspaces\/:workspace\/push",status="200"\} \d/,
      )
      expect(metrics).toMatch(/docket_events_stored \d/)
      const said = JSON.stringify(lines) + metrics
      for (const secret of ['Very secret title', owner.joined.token, 'a-code-that-nobody-may-read'])
        expect(said).not.toContain(secret)
      expect(said).toContain('/v1/workspaces/:workspace/push')
    })
  },
  { log: (line) => lines.push(line) },
)

it('too many requests are told when to come back', async () => {
  const server = await start({ limits: { token: 3, address: 1e6, attempts: 2 } })
  const { code: invite } = await server.admin.createWorkspace('Team')
  const owner = await person(server, invite)
  for (let n = 0; n < 3; n++) expect((await owner.ask('/team')).status).toBe(200)
  const answer = await owner.ask('/team')
  expect([answer.status, code(answer)]).toEqual([429, 'rate_limited'])
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  const guess = () => ask(server, '/v1/join', { body: {} })
  await guess()
  expect((await guess()).status).toBe(429)
})

it('who sends a header a minute does not hold a connection', async () => {
  const server = await start({ patience: { headers: 300, request: 600 } })
  const socket = connect(server.port, '127.0.0.1')
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.on('error', () => {})
  socket.write('POST /v1/join HTTP/1.1\r\nHost: x\r\nX-Slow: ')
  socket.resume()
  await closed
  expect((await ask(server, '/healthz')).status).toBe(200)
})

it('a directory is one server’s at a time', async () => {
  await start()
  await expect(startServer({ data: join(folder, 'data') })).rejects.toThrow(DataInUseError)
})

it('ends in good order: what is under way is answered, streams end, and the data opens again', async () => {
  const server = await start()
  const { code: invite } = await server.admin.createWorkspace('Team')
  const owner = await person(server, invite)
  const stream = await fetch(`${server.url}/v1/workspaces/${owner.joined.workspaceId}/nudges`, {
    headers: { authorization: `Bearer ${owner.joined.token}`, [protocolHeader]: '1' },
  })
  for (let n = 1; n <= 200; n++) owner.chain.add({ number: n })
  const pushing = owner
    .push(owner.chain.after(0))
    .then(({ status }) => status)
    .catch(() => 'gone')
  await Promise.all([server.close(), stream.text()])
  servers = []
  const pushed = await pushing
  const again = await start()
  expect(await again.admin.workspaces()).toHaveLength(1)
  const { body } = await ask(again, `/v1/workspaces/${owner.joined.workspaceId}/hello`, {
    body: { chains: [], cursor: { seq: 0, mark: '0'.repeat(64) } },
    headers: { authorization: `Bearer ${owner.joined.token}` },
  })
  // Whether it was answered first is chance; that nothing of it is there by half is not.
  const { seq } = body.cursor as { seq: number }
  expect(pushed === 200 ? [200] : [0, 200]).toContain(seq)
})

it('full disks and databases that are away are told apart from bugs', () => {
  expect(databaseTrouble(Object.assign(new Error('x'), { code: '53100' }))).toMatchObject({
    code: 'disk_full',
    status: 507,
  })
  expect(
    databaseTrouble({ cause: Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }) }),
  ).toMatchObject({
    code: 'disk_full',
  })
  expect(databaseTrouble(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toMatchObject({
    code: 'unavailable',
  })
  expect(databaseTrouble(new Error('a bug'))).toBeUndefined()
})

it.skipIf(!answers)(
  'a push to one server nudges those who listen at another on the same Postgres',
  async () => {
    const fresh = await freshPostgres()
    const [one, two] = [
      await start({ databaseUrl: fresh.url, data: undefined } as never),
      await start({ databaseUrl: fresh.url, data: undefined } as never),
    ]
    const { code: invite } = await one.admin.createWorkspace('Team')
    const owner = await person(one, invite)
    const response = await fetch(`${two.url}/v1/workspaces/${owner.joined.workspaceId}/nudges`, {
      headers: { authorization: `Bearer ${owner.joined.token}`, [protocolHeader]: '1' },
    })
    let said = ''
    const decoder = new TextDecoder()
    let pushed = false
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      said += decoder.decode(chunk)
      if (!pushed) {
        pushed = true
        owner.chain.add({ number: 1 })
        await owner.push(owner.chain.after(0))
      }
      if (said.includes('"seq":1')) break
    }
    expect(said).toContain('"seq":1')
    for (const server of [one, two]) await server.close()
    servers = []
    await fresh.drop()
  },
)

it('PGlite killed (-9) in the middle of pushes comes back with whole pushes alone, and an older copy is healed by repeating them', async () => {
  const data = join(folder, 'data')
  const first = await start()
  const { code: invite } = await first.admin.createWorkspace('Team')
  const owner = await person(first, invite)
  await first.close()
  servers = []
  cpSync(data, join(folder, 'older'), { recursive: true })
  for (let n = 1; n <= 400; n++) owner.chain.add({ number: n })
  const { token, workspaceId } = owner.joined
  const at = (url: string) => ({ url }) as RunningServer
  const asking = (url: string, path: string, body: unknown) =>
    ask(at(url), `/v1/workspaces/${workspaceId}${path}`, {
      body,
      headers: { authorization: `Bearer ${token}` },
    })
  const greeting = { chains: [], cursor: { seq: 0, mark: '0'.repeat(64) } }
  const stored = async (url: string): Promise<number> => {
    const { body } = await asking(url, '/hello', greeting)
    return (body.chains as { seq: number }[])[0]?.seq ?? 0
  }

  const running = await served(data)
  let acknowledged = 0
  const pushing = (async () => {
    for (let after = 0; after < 400; after += 10) {
      const whole = owner.chain.after(after)
      const { status, body } = await asking(running.url, '/push', {
        ...whole,
        events: whole.events.slice(0, 10),
      })
      if (status === 200) acknowledged = Number(body.stored)
      if (acknowledged === 200) void running.kill('SIGKILL')
    }
  })().catch(() => {})
  await pushing
  const again = await served(data)
  const kept = await stored(again.url)
  expect(kept).toBeGreaterThanOrEqual(acknowledged)
  expect(kept % 10).toBe(0)
  await again.kill('SIGTERM')

  const restored = await served(join(folder, 'older'))
  expect(await stored(restored.url)).toBe(0)
  expect((await asking(restored.url, '/push', owner.chain.after(0))).body).toMatchObject({ stored: 400 })
  await restored.kill('SIGTERM')
})
