import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { accounts } from './accounts.ts'
import type { Orm, ServerDatabase } from './open-database.ts'
import { hello, pull } from './pull.ts'
import { type Caller, hashAt } from './push.ts'
import { refuseReplacing } from './repeated-events.ts'
import * as schema from './schema.ts'
import { madeChain } from './testing/made-chain.ts'

const [workspaceId, chain] = [uuidv7(), uuidv7()]
const caller: Caller = { workspaceId, memberId: uuidv7(), deviceId: uuidv7(), role: 'member' }
const mark = 'a'.repeat(64)
const rows = 20_000

let client: PGlite
let orm: Orm
let asked: { query: string; params: unknown[] }[]
beforeAll(async () => {
  client = await PGlite.create()
  const logger = { logQuery: (query: string, params: unknown[]) => void asked.push({ query, params }) }
  asked = []
  const logged = drizzle(client, { schema, logger })
  await migrate(logged, { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) })
  orm = logged as unknown as Orm
  // Two workspaces of one size, so that looking at all of them would cost something.
  for (const id of [workspaceId, uuidv7()]) {
    await client.query(
      `INSERT INTO workspaces (id, name, created_at, last_seq, last_mark, secret) VALUES ($1, 'Team', 0, ${rows}, $2, '')`,
      [id, mark],
    )
    await client.query(
      `INSERT INTO events (workspace_id, seq, chain, replica_seq, id, stream_type, stream_id, type, schema_version, actor_id, hlc,
         occurred_at, hash, mark, data)
       SELECT $1, n, $2, n, gen_random_uuid(), 'issue', gen_random_uuid(), 'created', 3, gen_random_uuid(), n, n, $3, $3, '{}'
       FROM generate_series(1, ${rows}) AS n`,
      [id, chain, mark],
    )
  }
  await client.query(
    `INSERT INTO chains (workspace_id, chain, replica_id, last_seq, last_hash)
     SELECT CASE WHEN n % 2 = 0 THEN $1::uuid ELSE gen_random_uuid() END, CASE WHEN n = 2 THEN $2::uuid ELSE gen_random_uuid() END,
       gen_random_uuid(), 1, $3 FROM generate_series(1, 400) AS n`,
    [workspaceId, chain, mark],
  )
  await client.query(
    `INSERT INTO devices (id, workspace_id, member_id, name, token_hash, created_at)
     SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'x', n::text, 0 FROM generate_series(1, 5000) AS n`,
  )
  await client.query(
    `INSERT INTO members (workspace_id, id, name, role, joined_at)
     SELECT gen_random_uuid(), gen_random_uuid(), 'x', 'member', 0 FROM generate_series(1, 5000) AS n`,
  )
  await client.exec('ANALYZE')
})
afterAll(() => client.close())

/** The plans of all that was asked while `act` ran, in one text. */
async function plans(act: () => Promise<unknown>): Promise<string> {
  asked = []
  await act()
  const statements = asked.filter(({ query }) => query.startsWith('select'))
  expect(statements.length).toBeGreaterThan(0)
  const texts: string[] = []
  for (const { query, params } of statements) {
    const { rows: lines } = await client.query<Record<string, string>>(`EXPLAIN ${query}`, params)
    texts.push(lines.map((line) => line['QUERY PLAN']).join('\n'))
  }
  return texts.join('\n\n')
}

it('a page is read along the index from its cursor, out of one partition, without a sort', async () => {
  const except = new Map([[uuidv7(), 5]])
  for (const left of [new Map<string, number>(), except]) {
    const plan = await plans(() =>
      pull(orm, workspaceId, { after: rows / 2, mark, limit: 100, bytes: 1e6, except: left }),
    )
    expect(plan).toMatch(/Index Scan using events_\d+_pkey/)
    expect(plan).not.toMatch(/Seq Scan on events|Sort Key/)
    expect(new Set(plan.match(/on events_\d+/g)).size).toBe(1)
  }
})

it('whether an id is there already is looked up by index', async () => {
  const chainOf = madeChain(uuidv7())
  for (let n = 0; n < 100; n++) chainOf.add()
  const looked = () => plans(() => refuseReplacing(orm, workspaceId, chainOf.after(0).events))
  const byBoth =
    /Index Scan using events_\d+_workspace_id_id_idx .*\n\s*Index Cond: \(\(workspace_id = .*\) AND \(id = .*\)\)/
  expect(await looked()).toMatch(byBoth)
  // PGlite gathers no statistics by itself, and a workspace has grown since they were gathered.
  await client.exec('BEGIN; DELETE FROM pg_statistic; UPDATE pg_class SET reltuples = -1, relpages = 0')
  expect(await looked()).toMatch(byBoth)
  await client.exec('ROLLBACK')
})

it('the hash at a place, a greeting and a token are looked up by index', async () => {
  const place = await plans(() => hashAt(orm, workspaceId, chain, 17))
  expect(place).toMatch(/Index Scan using events_\d+_workspace_id_chain_replica_seq_idx/)
  const greeting = await plans(() => hello(orm, caller, { chains: [], cursor: { seq: rows, mark } }))
  const token = await plans(() => accounts({ orm } as ServerDatabase, Date.now).callerOf('dkt_nobody'))
  for (const plan of [place, greeting, token])
    expect(plan).not.toMatch(/Seq Scan on (events|devices|members)/)
})
