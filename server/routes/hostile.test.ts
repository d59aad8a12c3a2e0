import { request as plainRequest } from 'node:http'
import { connect } from 'node:net'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, expect, it } from 'vitest'
import { newReplica } from '#app/sync/testing/replica.ts'
import { protocolHeader } from '#contract/sync-api/protocol.ts'
import { pulledPage } from '#contract/sync-api/pull.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { serverClient } from '#inboxes/sync/server/server-client.ts'
import { describeTrouble } from '../database/describe-error.ts'
import { type Asked, ask, onBothDatabases, type Person } from '../testing/both-databases.ts'
import { madeChain } from '../testing/made-chain.ts'
import { openApiDocument } from './open-api.ts'

const code = (answer: { body: Record<string, unknown> }) => (answer.body.error as { code?: string })?.code
const troubles: string[] = []
const nasty = [
  `'; DROP TABLE events; --`,
  `x' OR '1'='1`,
  '../../../etc/passwd',
  '%00',
  'a\u0000b',
  '\ud800',
  '$1',
  '-'.repeat(36),
  '',
  -1,
  0.5,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  null,
  [],
  { $ne: null },
] as const

/** Each copy of a value with one of its leaves replaced. */
function* spoilt(value: unknown, by: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) yield by
  else if (Array.isArray(value))
    for (const [at, each] of value.entries())
      for (const other of spoilt(each, by)) yield value.with(at, other)
  else
    for (const [key, each] of Object.entries(value))
      for (const other of spoilt(each, by)) yield { ...value, [key]: other }
}

const base64 = (bytes: number): string => Buffer.alloc(bytes).toString('base64')

/** A body that each route with one takes. */
function bodies(owner: Person, inviteCode: string): Record<string, unknown> {
  const id = uuidv7()
  const chain = madeChain(owner.joined.member.id)
  chain.add({ number: 1 })
  return {
    'post /v1/join': {
      code: inviteCode,
      device: { name: 'Laptop', publicKey: base64(32), proof: base64(32) },
      member: { id, name: 'Ben', handle: 'ben' },
      historyId: id,
    },
    'post /hello': {
      chains: [{ chain: id, seq: 1, hash: 'a'.repeat(64) }],
      cursor: { seq: 1, mark: 'a'.repeat(64) },
    },
    'post /push': { ...chain.after(0), fork: { chain: id, seq: 1 } },
    'post /invites': { role: 'member', memberId: id, hours: 1 },
    'patch /members/{member}': { role: 'reader' },
    'post /keys': {
      key: 1,
      sealedBefore: 'A'.repeat(96),
      boxes: [{ deviceId: id, box: `${'A'.repeat(107)}=` }],
    },
    'post /digests': { chain: id, seq: 0, digest: 'a'.repeat(64), events: 1 },
  }
}

onBothDatabases(
  'hostile',
  (around) => {
    afterEach(() => expect(troubles.splice(0)).toEqual([]))

    /** A real copy can still take in whatever the server has, and go on. */
    async function copiesGoOn(owner: Person): Promise<void> {
      const replica = newReplica('Olga', owner.joined.member.id, owner.joined.historyId)
      const client = serverClient({ url: around().server.url, token: owner.joined.token })
      const at = client.workspace(owner.joined.workspaceId)
      try {
        expect(await replica.sync(at)).toMatchObject({ ok: true })
        replica.check()
        const issueId = uuidv7()
        replica.execute({ type: 'create', issueId, title: 'Goes on' })
        for (let round = 0; round < 2; round++) expect(await replica.sync(at)).toMatchObject({ ok: true })
        expect(replica.workspace.log.issue(issueId).number).toBeGreaterThan(0)
      } finally {
        await at.close()
        replica.close()
      }
    }

    it('no value in any field of any body is more than a refusal', async () => {
      const { server } = around()
      const { owner, workspaceId } = await around().team()
      const { code: inviteCode } = await server.admin.invite(workspaceId)
      const made = bodies(owner, inviteCode)
      const documented = Object.entries(openApiDocument().paths ?? {}).flatMap(([path, methods]) =>
        Object.entries(methods).flatMap(([method, { requestBody }]) =>
          requestBody ? `${method} ${path.replace('/v1/workspaces/{workspace}', '')}` : [],
        ),
      )
      expect(Object.keys(made).sort()).toEqual(documented.sort())
      for (const [route, body] of Object.entries(made)) {
        const [method = '', path = ''] = route.split(' ')
        const to = path.replace('{member}', owner.joined.member.id)
        for (const value of nasty)
          for (const bad of spoilt(body, value)) {
            const init = { method: method.toUpperCase(), body: bad }
            const { status } = path.startsWith('/v1')
              ? await ask(server, to, init)
              : await owner.ask(to, init)
            expect(status, `${route} ${JSON.stringify(bad)}`).toBeLessThan(500)
          }
      }
      expect((await owner.ask('/team')).status).toBe(200)
    })

    it('no segment of any address and no query is more than a refusal', async () => {
      const { owner } = await around().team()
      const strings = nasty.map(String).map((text) => encodeURIComponent(text.toWellFormed()))
      const answers: Asked[] = []
      for (const [path, methods] of Object.entries(openApiDocument().paths ?? {})) {
        const from = path.replace('/v1/workspaces/{workspace}', '')
        for (const [, name] of from.matchAll(/\{(\w+)\}/g))
          for (const value of strings)
            for (const method of Object.keys(methods)) {
              const to = from
                .replace(`{${name}}`, value)
                .replace(/\{seq\}/, '1')
                .replace(/\{\w+\}/, uuidv7())
              const body = method === 'get' || method === 'delete' ? undefined : {}
              answers.push(await owner.ask(to, { method: method.toUpperCase(), body }))
            }
      }
      for (const value of strings) {
        answers.push(await ask(around().server, `/v1/workspaces/${value}/team`, {}))
        for (const key of ['after', 'mark', 'limit', 'bytes', 'except', 'other']) {
          const query = new URLSearchParams({ after: '0', mark: startCursor.mark })
          query.delete(key)
          answers.push(await owner.ask(`/events?${query}&${key}=${value}`))
        }
        answers.push(await owner.ask(`/events?after=0&mark=${startCursor.mark}&except=${value}:1`))
      }
      for (const { status } of answers) expect(status).toBeLessThan(500)
      expect(answers.length).toBeGreaterThan(200)
    })

    it('a body of 50 MiB that does not say how long it is is refused while it arrives', async () => {
      const { owner } = await around().team()
      const { server } = around()
      const answer = await new Promise<number | string>((resolve) => {
        const sending = plainRequest(
          `${server.url}/v1/workspaces/${owner.joined.workspaceId}/push`,
          {
            method: 'POST',
            headers: { authorization: `Bearer ${owner.joined.token}`, [protocolHeader]: '1' },
          },
          (response) => {
            resolve(response.statusCode ?? 0)
            sending.destroy()
          },
        )
        sending.on('error', (error) => resolve(String(error)))
        const piece = Buffer.alloc(1_048_576, 0x20)
        let left = 50
        const more = (): void => {
          while (left > 0) {
            left -= 1
            if (!sending.write(piece)) return void sending.once('drain', more)
          }
          sending.end()
        }
        more()
      })
      expect(answer).toBe(413)
      expect((await owner.ask('/team')).status).toBe(200)
    })

    it('a clock past the year 2200 is refused: nothing could be recorded after it', async () => {
      const { owner, invite } = await around().team()
      const ben = await invite()
      ben.chain.add({ hlc: Number.MAX_SAFE_INTEGER })
      expect(code(await ben.push(ben.chain.after(0)))).toBe('invalid_event')
      await copiesGoOn(owner)
    })

    it('a fork goes on from a chain that is there, under its replica’s name', async () => {
      const { owner, invite } = await around().team()
      const ben = await invite()
      ben.chain.add({ number: 1 })
      for (const seq of [0, 1]) {
        const forked = { ...ben.chain.after(0), chain: uuidv7(), fork: { chain: uuidv7(), seq } }
        expect([400, 409]).toContain((await ben.push(forked)).status)
      }
      owner.chain.add({ number: 2 })
      await owner.push(owner.chain.after(0))
      const forked = {
        ...ben.chain.after(0),
        chain: uuidv7(),
        fork: { chain: owner.chain.replicaId, seq: 0 },
      }
      expect(code(await ben.push(forked))).toBe('invalid_request')
      await copiesGoOn(owner)
    })

    it('half a character is refused where it is raw, and kept where it is escaped', async () => {
      const { owner } = await around().team()
      const event = owner.chain.add({ number: 1, payload: { title: 'a\u0000b', status: 'open' } })
      const request = owner.chain.after(0)
      const raw = { ...event, data: event.data?.replace('\\u0000', '\ud800') }
      expect(code(await owner.push({ ...request, events: [raw] }))).toBe('invalid_event')
      expect((await owner.push(request)).status).toBe(200)
      expect((await owner.pullAll())[0]?.event).toEqual(event)
      await copiesGoOn(owner)
    })

    it('a sealed event has a key, and its place is an encrypted workspace', async () => {
      const { owner } = await around().team()
      const sealed = { payloadHash: 'a'.repeat(64), sealed: 'AAAA' }
      const open = madeChain(owner.joined.member.id)
      open.add({ ...sealed, key: 1 })
      expect(code(await owner.push(open.after(0)))).toBe('not_encrypted')
      await owner.ask('/keys', { body: { key: 1, boxes: [] } })
      const keyless = madeChain(owner.joined.member.id)
      keyless.add(sealed)
      expect(code(await owner.push(keyless.after(0)))).toBe('invalid_event')
      expect((await owner.push(open.after(0))).status).toBe(200)
      expect((await owner.pullAll())[0]?.event).toMatchObject({ sealed: 'AAAA', key: 1 })
    })

    it('a number too large to count on from is not taken over, and stops nobody’s numbers', async () => {
      const { owner } = await around().team()
      for (const number of [2 ** 31 - 1, 2 ** 31, Number.MAX_SAFE_INTEGER]) owner.chain.add({ number })
      owner.chain.add({ type: 'numbered', schemaVersion: 1, payload: { number: Number.MAX_SAFE_INTEGER } })
      expect((await owner.push(owner.chain.after(0))).status).toBe(200)
      owner.chain.add()
      expect((await owner.push(owner.chain.after(4))).status).toBe(200)
      const page = await owner.ask(`/events?after=0&mark=${startCursor.mark}`)
      expect(pulledPage.safeParse(page.body).error).toBeUndefined()
      const given = (await owner.pullAll()).filter(({ event }) => event.type === 'numbered')
      expect(given.map(({ event }) => event.data).filter((data) => !String(data).includes('9007'))).toEqual(
        [1, 2, 3, 4, 5].map((number) => `{"number":${number}}`),
      )
      await copiesGoOn(owner)
    })

    it('a number that a copy gave itself is a wish: where it is taken, the issue gets another after it', async () => {
      const { owner, invite } = await around().team()
      const ben = await invite()
      const taken = owner.chain.add({ number: 4 })
      await owner.push(owner.chain.after(0))
      const [free, double] = [7, 4].map((number) =>
        ben.chain.add({ type: 'numbered', schemaVersion: 1, payload: { number } }),
      )
      await ben.push(ben.chain.after(0))
      const given = (await owner.pullAll()).filter(({ chain }) => chain !== ben.chain.replicaId)
      expect(given.map(({ event }) => [event.streamId, event.data])).toEqual([
        [taken.streamId, taken.data],
        [double?.streamId, '{"number":8}'],
      ])
      expect(given[1]?.event.hlc as number).toBeGreaterThan(double?.hlc ?? 0)
      expect(free?.streamId).not.toBe(double?.streamId)
    })
  },
  { onTrouble: (error) => void troubles.push(describeTrouble(error)) },
)

onBothDatabases(
  'slow senders',
  (around) => {
    it('a body that trickles in does not hold a connection', async () => {
      const { owner } = await around().team()
      const { server } = around()
      const socket = connect(server.port, '127.0.0.1')
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
      socket.on('error', () => {})
      socket.resume()
      const head = [
        `POST /v1/workspaces/${owner.joined.workspaceId}/push HTTP/1.1`,
        'Host: x',
        `Authorization: Bearer ${owner.joined.token}`,
        `${protocolHeader}: 1`,
        'Content-Length: 1000',
      ]
      socket.write(`${head.join('\r\n')}\r\n\r\n`)
      const trickle = setInterval(() => socket.write(' '), 20)
      await closed
      clearInterval(trickle)
      expect((await owner.ask('/team')).status).toBe(200)
    })
  },
  { patience: { headers: 300, request: 600 } },
)
