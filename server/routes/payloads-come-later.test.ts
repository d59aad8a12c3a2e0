import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'
import { type RunningServer, startServer } from '../start-server.ts'
import { freshPostgres, person, postgresAnswers } from '../testing/both-databases.ts'

const limits = { token: 1e6, address: 1e6, attempts: 1e6 }
const answers = await postgresAnswers()
const code = (answer: { body: Record<string, unknown> }) => (answer.body.error as { code?: string })?.code

describe.each(['PGlite', 'Postgres'] as const)('on %s, a header without its payload', (kind) => {
  const skipped = kind === 'Postgres' && !answers
  let where: { readonly data: string } | { readonly databaseUrl: string }
  let server: RunningServer
  const ends: (() => unknown)[] = []
  beforeEach(async () => {
    if (skipped) return
    const folder = mkdtempSync(join(tmpdir(), 'docket-payloads-later-'))
    ends.push(() => rmSync(folder, { recursive: true, force: true }))
    const fresh = kind === 'Postgres' ? await freshPostgres() : undefined
    if (fresh) ends.push(() => fresh.drop())
    where = fresh ? { databaseUrl: fresh.url } : { data: join(folder, 'data') }
    server = await startServer({ ...where, limits })
    ends.push(() => server.close())
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  /** Leaves the headers of a chain alone, as a server of before took them from anybody. */
  async function strip(chain: string): Promise<void> {
    const { port } = server
    await server.close()
    const set = 'UPDATE events SET data = NULL, metadata = NULL, sealed = NULL, key = NULL'
    if ('data' in where) {
      const client = await PGlite.create(join(where.data, 'database'))
      await client.query(`${set}, payload_hash = coalesce(payload_hash, $2) WHERE chain = $1`, [chain, hash])
      await client.close()
    } else {
      const client = new pg.Client({ connectionString: where.databaseUrl })
      await client.connect()
      await client.query(`${set}, payload_hash = coalesce(payload_hash, $2) WHERE chain = $1`, [chain, hash])
      await client.end()
    }
    server = await startServer({ ...where, port, limits })
  }
  const payload = { title: 'Told later', status: 'open' }
  const data = '{"status":"open","title":"Told later"}'
  const hash = hashPayload(data, plainMetadata)
  const hashOf = ({ data: said, metadata }: WireEvent) => hashPayload(said ?? '', metadata ?? plainMetadata)

  it.skipIf(skipped)('is filled by the payload that fits its hash, and by no other', async () => {
    const { code: first, workspaceId } = await server.admin.createWorkspace('Team')
    const owner = await person(server, first)
    const ben = await person(server, (await server.admin.invite(workspaceId, {})).code)
    const event = owner.chain.add({ number: 1, payload })
    expect(hashOf(event)).toBe(hash)
    const request = owner.chain.after(0)
    expect((await owner.push(request)).status).toBe(200)
    await strip(owner.chain.replicaId)
    const shown = async () => (await ben.pullAll()).map((each) => each.event)
    const { data: _, ...bare } = event
    expect(await shown()).toEqual([{ ...bare, payloadHash: hash }])

    const other = { ...event, data: '{"status":"open","title":"Something else"}' }
    expect(code(await owner.push({ ...request, events: [other] }))).toBe('forged_hash')
    expect(code(await ben.push(request))).toBe('forbidden')
    expect(await shown()).toEqual([{ ...bare, payloadHash: hash }])

    expect((await owner.push(request)).body).toMatchObject({ stored: 1, cursor: { seq: 1 } })
    expect(await shown()).toEqual([event])
    // What is whole stays as it is.
    expect((await owner.push(request)).body).toMatchObject({ stored: 1, cursor: { seq: 1 } })
    expect(await shown()).toEqual([event])
  })

  it.skipIf(skipped)('is filled by a sealed payload of its own member, with what follows it', async () => {
    const { code: first } = await server.admin.createWorkspace('Team')
    const proof = Buffer.alloc(32, 1).toString('base64')
    const owner = await person(server, first, { proof })
    const box = Buffer.alloc(80, 1).toString('base64')
    const boxes = [{ deviceId: owner.joined.deviceId, box }]
    expect((await owner.ask('/keys', { body: { key: 1, boxes } })).status).toBe(201)
    const sealed = { sealed: 'AAAA', key: 1 }
    for (let n = 1; n <= 2; n++) owner.chain.add({ number: n, payloadHash: 'a'.repeat(64) })
    const whole = owner.chain.after(0).events.map((event) => ({ ...event, ...sealed }))
    const request = { ...owner.chain.after(0), events: whole.slice(0, 1) }
    expect((await owner.push(request)).status).toBe(200)
    await strip(owner.chain.replicaId)
    expect((await owner.pullAll())[0]?.event.sealed).toBeUndefined()
    const outdated = { ...request, events: [{ ...whole[0], key: 2 }] }
    expect(code(await owner.push(outdated))).toBe('key_outdated')
    expect((await owner.push({ ...request, events: whole })).body).toMatchObject({ stored: 2 })
    expect((await owner.pullAll()).map(({ event }) => event)).toEqual(whole)
  })
})
