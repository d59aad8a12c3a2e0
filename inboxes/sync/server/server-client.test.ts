import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, it } from 'vitest'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import { localCertificate } from '../../testing/certificate.ts'
import { serverClient, type WorkspaceClient } from './server-client.ts'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(
  answer: RequestListener,
  make = (listener: RequestListener): Server => createServer(listener),
) {
  const server = make(answer)
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const token = 'dkt_never-to-be-shown'
const page = { chains: [], events: [], receipts: [], cursor: startCursor, head: 0, more: false }
const query = { after: 0, mark: startCursor.mark, limit: 10, bytes: 10_000 }
/** Pulls once from a server that answers like that. */
async function pulled(answer: (response: ServerResponse) => void, timeoutMillis = 2_000) {
  const port = await serve((request, response) => {
    request.resume()
    answer(response)
  })
  const client = serverClient({ url: `http://127.0.0.1:${port}`, token, timeoutMillis }).workspace('w')
  const result = await client.pull(query)
  await client.close()
  expect(JSON.stringify(result)).not.toContain(token)
  return result
}

it.each<[string, (response: ServerResponse) => void]>([
  [
    'half of an answer',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write('{"chains":[],"eve')
      setImmediate(() => response.destroy())
    },
  ],
  ['half of an answer that ends well', (response) => response.end('{"chains":[],"eve')],
  ['a page for people', (response) => response.end('<html>Welcome</html>')],
  ['an answer of another shape', (response) => response.end('{"chains":"none"}')],
  ['a proxy’s own 404', (response) => response.writeHead(404).end('<html>Not here</html>')],
  ['a connection that is cut', (response) => response.destroy()],
  [
    'a server with trouble of its own',
    (response) => response.writeHead(500).end('{"error":{"code":"internal","message":"Sorry"}}'),
  ],
  [
    'broken gzip',
    (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all'),
  ],
  [
    'an answer that unpacks to more than 64 MiB',
    (response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(80 * 1_048_576))),
  ],
  ['an answer of more than 64 MiB', (response) => response.end(Buffer.alloc(70 * 1_048_576, ' '))],
  ['nothing at all', (response) => response.end()],
  ['a connection that is reset', (response) => (response.socket as Socket).resetAndDestroy()],
  ['another protocol', (response) => (response.socket as Socket).end('SSH-2.0-OpenSSH_9.6\r\n')],
])('%s is tried again later, and nothing of it is believed', async (_, answer) => {
  expect(await pulled(answer)).toMatchObject({
    ok: false,
    error: { retryable: true, message: expect.stringMatching(/\S/) },
  })
})

it.each<[string, (response: ServerResponse) => void]>([
  [
    'is refused',
    (response) => response.writeHead(401).end('{"error":{"code":"unauthorized","message":"No."}}'),
  ],
  ['is answered by a proxy', (response) => response.writeHead(502).end('<html>Bad gateway</html>')],
  ['is cut at once', (response) => response.destroy()],
  ['is cut later', (response) => response.write(': here\n\n', () => response.destroy())],
  ['never ends a line', (response) => response.write('x'.repeat(1_000_000))],
])('a stream that %s has ended, and nothing else has', async (_, answer) => {
  const port = await serve((_, response) => answer(response))
  const client = serverClient({ url: `http://127.0.0.1:${port}`, token }).workspace('w')
  let ends = 0
  await client.nudges({
    signal: new AbortController().signal,
    onOpen: () => {},
    onNudge: () => {},
    onEnd: () => void ends++,
  })
  await client.close()
  expect(ends).toBe(1)
})

it('a redirect is not followed: nobody else gets the token', async () => {
  let asked = 0
  const elsewhere = await serve((_, response) => {
    asked += 1
    response.end(JSON.stringify(page))
  })
  for (const status of [301, 302, 307, 308]) {
    const location = `http://127.0.0.1:${elsewhere}/v1/workspaces/w/events`
    const answer = await pulled((response) => response.writeHead(status, { location }).end())
    expect(answer).toMatchObject({ ok: false, error: { retryable: true, code: `http_${status}` } })
  }
  expect(asked).toBe(0)
})

it('an answer that trickles is given up in the end, however much of it has come', async () => {
  const answer = await pulled((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const trickle = setInterval(() => response.write(' '), 10)
    response.on('close', () => clearInterval(trickle))
  }, 200)
  expect(answer).toMatchObject({ ok: false, error: { retryable: true, code: 'timeout' } })
})

it.each<[string, (client: WorkspaceClient) => Promise<Result<unknown, RemoteCode>>]>([
  ['hello', (client) => client.hello({ chains: [], cursor: startCursor })],
  ['push', (client) => client.push({ chain: 'c', replicaId: 'c', after: 0, prevHash: '', events: [] })],
  ['pull', (client) => client.pull(query)],
  ['chainPlace', (client) => client.chainPlace('c', 1)],
  ['team', (client) => client.team()],
  ['invite', (client) => client.invite({})],
  ['keys', (client) => client.keys()],
  ['reportDigest', (client) => client.reportDigest({ chain: 'c', seq: 1, digest: '', events: 0 })],
])('%s believes no answer of another shape', async (_, ask) => {
  for (const body of ['', 'null', '{}', '[]', '"yes"', '{"ok":true}', '<html></html>']) {
    const port = await serve((request, response) => {
      request.resume()
      response.end(body)
    })
    const client = serverClient({ url: `http://127.0.0.1:${port}`, token }).workspace('w')
    expect(await ask(client), body).toMatchObject({
      ok: false,
      error: { retryable: true, code: 'unreadable_answer' },
    })
    await client.close()
  }
})

it.each<[string, Record<string, unknown>, readonly string[]]>([
  ['of the first release, which does not say', {}, []],
  ['of a newer one, with names that nobody here knows', { understands: ['later'], more: 1 }, ['later']],
])('what a server understands: one %s', async (_, more, expected) => {
  const id = '0190a5c8-0000-7000-8000-000000000001'
  const port = await serve((request, response) => {
    request.resume()
    response.end(
      JSON.stringify({
        workspaceId: id,
        historyId: id,
        name: 'Team',
        encrypted: false,
        key: 0,
        needsKey: false,
        member: { id, role: 'member' },
        deviceId: id,
        cursor: startCursor,
        cursorKnown: true,
        chains: [],
        serverChains: [],
        ...more,
      }),
    )
  })
  const client = serverClient({ url: `http://127.0.0.1:${port}`, token }).workspace('w')
  const answer = await client.hello({ chains: [], cursor: startCursor })
  await client.close()
  expect(answer).toMatchObject({ ok: true, value: { understands: expected } })
})

it('a server that says nothing is given up after a while', async () => {
  expect(await pulled(() => {}, 200)).toMatchObject({
    ok: false,
    error: { retryable: true, code: 'timeout' },
  })
})

it('too many requests say when to come back', async () => {
  const answer = await pulled((response) =>
    response
      .writeHead(429, { 'retry-after': '7' })
      .end('{"error":{"code":"rate_limited","message":"Too many requests."}}'),
  )
  expect(answer).toMatchObject({
    ok: false,
    error: { retryable: true, code: 'rate_limited', retryAfterMillis: 7_000 },
  })
})

it.each<[string, () => string, number, number]>([
  ['a date', () => new Date(Date.now() + 60_000).toUTCString(), 1, 60_000],
  ['a moment that has passed', () => 'Wed, 21 Oct 2015 07:28:00 GMT', 0, 0],
  ['less than nothing', () => '-5', 0, 0],
  ['a year', () => String(365 * 86_400), 3_600_000, 3_600_000],
])('come back after %s: within an hour, and not in the past', async (_, when, from, to) => {
  const answer = await pulled((response) => response.writeHead(503, { 'retry-after': when() }).end())
  if (answer.ok) throw new Error('not refused')
  expect(answer.error.retryAfterMillis).toBeGreaterThanOrEqual(from)
  expect(answer.error.retryAfterMillis).toBeLessThanOrEqual(to)
})

it('a refusal that shows the token, or goes on and on, is cut', async () => {
  const message = `Who is ${token}? ${'No. '.repeat(10_000)}`
  const answer = await pulled((response) =>
    response
      .writeHead(401)
      .end(JSON.stringify({ error: { code: 'unauthorized', message, details: { token } } })),
  )
  if (answer.ok) throw new Error('not refused')
  expect(answer).toMatchObject({ error: { retryable: false, code: 'unauthorized' } })
  expect(answer.error.message).toContain('Who is')
  expect(answer.error.message.length).toBeLessThan(1_000)
})

it('what the server refuses keeps its code and details; an old client is told to update', async () => {
  const refusal = { error: { code: 'chain_gap', message: 'A hole.', details: { seq: 3 } } }
  expect(await pulled((response) => response.writeHead(409).end(JSON.stringify(refusal)))).toMatchObject({
    ok: false,
    error: { retryable: false, code: 'chain_gap', details: { seq: 3 } },
  })
  const old = { error: { code: 'update_needed', message: 'This server speaks version 2.' } }
  expect(await pulled((response) => response.writeHead(426).end(JSON.stringify(old)))).toMatchObject({
    error: { retryable: false, code: 'update_needed', message: expect.stringContaining('Please update') },
  })
})

it('a good answer is taken, packed or not, with fields that a newer server may add', async () => {
  const newer = JSON.stringify({ ...page, weather: 'fine' })
  expect(await pulled((response) => response.end(newer))).toMatchObject({ ok: true, value: { head: 0 } })
  expect(
    await pulled((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(newer))),
  ).toMatchObject({ ok: true, value: { more: false } })
})

it('nothing goes in the open to another machine, and an address that is none is refused', async () => {
  let asked = 0
  // Reaches this machine, and is not known to.
  const port = await serve((_, response) => {
    asked += 1
    response.end(JSON.stringify(page))
  })
  for (const [url, code] of [
    [`http://0.0.0.0:${port}`, 'plain_http'],
    ['http://docket.example.org', 'plain_http'],
    ['http://localhost.example.org', 'plain_http'],
    ['http://127.0.0.1.example.org', 'plain_http'],
    ['ftp://docket.example.org', 'invalid_url'],
    ['docket', 'invalid_url'],
    ['https://ada:secret@docket.example.org', 'invalid_url'],
  ] as const)
    expect(await serverClient({ url, token }).workspace('w').pull(query)).toMatchObject({
      error: { retryable: false, code },
    })
  expect(asked).toBe(0)
  expect(await serverClient({ url: 'http://127.0.0.1:1', token }).workspace('w').pull(query)).toMatchObject({
    error: { retryable: true, message: expect.stringContaining('Nothing answers') },
  })
})

it('a certificate that nobody vouches for is refused before anything is sent; an authority of one’s own can be added', async () => {
  const own = await localCertificate()
  const elsewhere = await localCertificate('docket.example.org')
  let asked = 0
  const answering: RequestListener = (_, response) => {
    asked += 1
    response.end(JSON.stringify(page))
  }
  const port = await serve(answering, (listener) => createTls(own, listener))
  const wrong = await serve(answering, (listener) => createTls(elsewhere, listener))
  const pullFrom = async (at: number, ca?: string) => {
    const client = serverClient({ url: `https://127.0.0.1:${at}`, token, ...(ca ? { ca } : {}) }).workspace(
      'w',
    )
    const answer = await client.pull(query)
    await client.close()
    return answer
  }
  expect(await pullFrom(port)).toMatchObject({
    error: { retryable: false, code: 'certificate', message: expect.stringContaining('signed by itself') },
  })
  expect(await pullFrom(port, elsewhere.cert)).toMatchObject({
    error: { retryable: false, code: 'certificate' },
  })
  expect(await pullFrom(wrong, elsewhere.cert)).toMatchObject({
    error: { retryable: false, code: 'certificate', message: expect.stringContaining('another host') },
  })
  expect(asked).toBe(0)
  expect(await pullFrom(port, own.cert)).toMatchObject({ ok: true })
})
