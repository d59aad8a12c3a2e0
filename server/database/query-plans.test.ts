import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { accounts } from '../accounts/accounts.ts'
import type { Caller } from '../accounts/caller.ts'
import { hashAt } from '../log/chain-end.ts'
import { numbering } from '../log/issue-numbering.ts'
import { wishes } from '../log/number-requests.ts'
import { hello, pull } from '../log/pull.ts'
import { push } from '../log/push.ts'
import { refuseReplacing } from '../log/repeated-events.ts'
import { type MadeChain, madeChain } from '../testing/made-chain.ts'
import * as schema from './schema.ts'
import type { Orm, ServerDatabase } from './server-database.ts'

const [workspaceId, other, chain, deviceId] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()]
const caller: Caller = { workspaceId, memberId: uuidv7(), deviceId, role: 'member' }
const mark = 'a'.repeat(64)
/** How much each of two workspaces has, first and later on. */
const sizes = [4_000, 16_000] as const

let client: PGlite
let orm: Orm
let asked: { query: string; params: unknown[] }[]

beforeAll(async () => {
  client = await PGlite.create()
  const logger = { logQuery: (query: string, params: unknown[]) => void asked.push({ query, params }) }
  asked = []
  const logged = drizzle(client, { schema, logger })
  await migrate(logged, { migrationsFolder: fileURLToPath(new URL('../migrations', import.meta.url)) })
  orm = logged as unknown as Orm
  // Two workspaces of one size, so that looking at all of them would cost something.
  for (const id of [workspaceId, other])
    await client.query(
      `INSERT INTO workspaces (id, name, created_at, last_mark, secret) VALUES ($1, 'Team', 0, $2, '')`,
      [id, mark],
    )
  await client.query(
    `INSERT INTO devices (id, workspace_id, member_id, name, token_hash, created_at)
     SELECT CASE WHEN n = 1 THEN $1::uuid ELSE gen_random_uuid() END, CASE WHEN n = 1 THEN $2::uuid ELSE gen_random_uuid() END,
       CASE WHEN n = 1 THEN $3::uuid ELSE gen_random_uuid() END, 'x', n::text, 0 FROM generate_series(1, 5000) AS n`,
    [deviceId, workspaceId, caller.memberId],
  )
  await client.query(
    `INSERT INTO members (workspace_id, id, name, role, joined_at)
     SELECT CASE WHEN n = 1 THEN $1::uuid ELSE gen_random_uuid() END, CASE WHEN n = 1 THEN $2::uuid ELSE gen_random_uuid() END,
       'x', 'member', 0 FROM generate_series(1, 5000) AS n`,
    [workspaceId, caller.memberId],
  )
})
afterAll(() => client.close())

/** Brings both workspaces from one size to another. */
async function grow(from: number, to: number): Promise<void> {
  for (const id of [workspaceId, other]) {
    await client.query(
      `INSERT INTO events (workspace_id, seq, chain, replica_seq, id, stream_type, stream_id, type, schema_version, actor_id, hlc,
         occurred_at, hash, mark, data)
       SELECT $1, n, $2, n, gen_random_uuid(), 'issue', gen_random_uuid(), 'created', 3, gen_random_uuid(), n, n, $3, $3, '{}'
       FROM generate_series(${from + 1}::integer, ${to}::integer) AS n`,
      [id, chain, mark],
    )
    await client.query(
      `INSERT INTO issue_numbers (workspace_id, number, stream_id)
       SELECT $1, n, gen_random_uuid() FROM generate_series(${from + 1}::integer, ${to}::integer) AS n`,
      [id],
    )
    await client.query(
      'UPDATE workspaces SET last_seq = $2::bigint, last_number = $2::bigint WHERE id = $1',
      [id, to],
    )
  }
}

type Node = {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly Plans?: readonly Node[]
}

/** Rows of tables that a plan took up, whether it kept them or not. */
function taken(node: Node): number {
  const within = (node.Plans ?? []).reduce((sum, each) => sum + taken(each), 0)
  if (node['Relation Name'] === undefined) return within
  const dropped = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  return within + (node['Actual Rows'] + dropped) * node['Actual Loops']
}

/** How many rows the database reads for all that is asked while `act` runs. */
async function rowsRead(act: () => Promise<unknown>): Promise<number> {
  asked = []
  await act()
  const statements = asked.filter(({ query }) => query.startsWith('select'))
  expect(statements.length).toBeGreaterThan(0)
  let sum = 0
  for (const { query, params } of statements) {
    const { rows } = await client.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Node }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${query}`,
      params,
    )
    for (const row of rows) sum += taken(row['QUERY PLAN'][0].Plan)
  }
  return sum
}

const issues = (count: number): MadeChain => {
  const made = madeChain(caller.memberId)
  for (let n = 1; n <= count; n++) made.add({ number: 1_000_000 + n })
  return made
}
/** Everything that a server asks its database with every request, and the rows that it may read for it. */
const questions: Record<string, { readonly most: number; ask(size: number): Promise<unknown> }> = {
  'a page': {
    most: 120,
    ask: () => pull(orm, workspaceId, { after: 100, mark, limit: 100, bytes: 1e6, except: new Map() }),
  },
  'a page in the middle': {
    most: 120,
    ask: (size) =>
      pull(orm, workspaceId, { after: size / 2, mark, limit: 100, bytes: 1e6, except: new Map() }),
  },
  'a page of few bytes': {
    most: 120,
    ask: () => pull(orm, workspaceId, { after: 100, mark, limit: 100, bytes: 1_024, except: new Map() }),
  },
  'a page without what is the caller’s own': {
    most: 450,
    ask: () =>
      pull(orm, workspaceId, { after: 100, mark, limit: 100, bytes: 1e6, except: new Map([[chain, 9e8]]) }),
  },
  'whether ids are there already': {
    most: 200,
    ask: () => refuseReplacing(orm, workspaceId, issues(100).after(0).events),
  },
  'whose numbers are': {
    most: 200,
    ask: async () => {
      const list = Array.from({ length: 100 }, (_, n) => ({ ...wanting, number: n + 1 }))
      await wishes(orm, workspaceId, list, 0)
    },
  },
  'the hash at a place': { most: 2, ask: () => hashAt(orm, workspaceId, chain, 17) },
  'a token': {
    most: 3,
    ask: () =>
      accounts(
        { across: (_: unknown, run: (of: Orm) => unknown) => run(orm) } as unknown as ServerDatabase,
        Date.now,
      ).callerOf('dkt_nobody'),
  },
  'a join': {
    most: 20,
    ask: () =>
      inVain(async (within) => {
        const now = Date.now
        const { code } = await accounts(within, now).invite(workspaceId, { role: 'member', hours: 1 })
        const member = { id: uuidv7(), name: 'Nobody yet' }
        await accounts(within, now).join({ code, device: { name: 'x' }, member, historyId: uuidv7() })
      }),
  },
  'a push': {
    most: 200,
    ask: async () => {
      const piece = issues(20).after(0)
      await inVain((within) => push(within, caller, piece, numbering(), Date.now))
    },
  },
  'a push of what is there': {
    most: 400,
    ask: async () => {
      const piece = issues(20).after(0)
      await inVain(async (within) => {
        await push(within, caller, piece, numbering(), Date.now)
        await push(within, caller, piece, numbering(), Date.now)
      })
    },
  },
}
const wanting = { streamType: 'issue', type: 'created', streamId: uuidv7() } as WireEvent

/** Runs something in a transaction that is rolled back: each question finds the same. */
async function inVain(act: (within: ServerDatabase) => Promise<unknown>): Promise<void> {
  const done = new Error('rolled back')
  await orm
    .transaction(async (within) => {
      await act({
        orm: within,
        inWorkspace: (_: string, __: string, run: (of: unknown) => unknown) => run(within),
        across: (_: unknown, run: (of: unknown) => unknown) => run(within),
      } as unknown as ServerDatabase)
      throw done
    })
    .catch((error) => {
      if (error !== done) throw error
    })
}

describe('what a request has the database read does not grow with the workspace', () => {
  const states = {
    // As PGlite stays for ever, and Postgres after a restore or with autovacuum off.
    'where no statistics were ever gathered': async () => {},
    'where they are of when it was small': async () => void (await client.exec('ANALYZE')),
  }
  for (const [state, enter] of Object.entries(states)) {
    it(state, async () => {
      await client.exec('TRUNCATE events, issue_numbers, chains')
      await client.query(
        `INSERT INTO chains (workspace_id, chain, replica_id, last_seq, last_hash) VALUES ($1, $2, $2, 1, $3)`,
        [workspaceId, chain, mark],
      )
      const found: Record<string, number[]> = {}
      let from = 0
      for (const size of sizes) {
        await grow(from, size)
        if (from === 0) await enter()
        from = size
        for (const [name, { ask }] of Object.entries(questions))
          found[name] = [...(found[name] ?? []), await rowsRead(() => ask(size))]
      }
      const over = Object.entries(found).filter(([name, [first = 0, later = 0]]) => {
        const { most } = questions[name] as { most: number }
        return first > most || later > Math.max(first, 1) * 1.2
      })
      expect(over).toEqual([])
      expect(found['a page']?.[0]).toBeGreaterThanOrEqual(100)
    })
  }
})

it('a greeting reads the chains of its workspace and no event beyond its place', async () => {
  const [{ count } = { count: 0 }] = (
    await client.query<{ count: number }>(
      'SELECT count(*)::integer AS count FROM chains WHERE workspace_id = $1',
      [workspaceId],
    )
  ).rows
  const read = await rowsRead(() => hello(orm, caller, { chains: [], cursor: { seq: sizes[1], mark } }))
  expect(read).toBeLessThanOrEqual(count + 5)
})

it('a page comes along the index from its cursor, out of one partition', async () => {
  asked = []
  await pull(orm, workspaceId, { after: 100, mark, limit: 100, bytes: 1e6, except: new Map([[uuidv7(), 5]]) })
  const page = asked.find(({ query }) => query.includes('OVER')) as (typeof asked)[number]
  await client.exec('BEGIN; DELETE FROM pg_statistic; UPDATE pg_class SET reltuples = -1, relpages = 0')
  const { rows } = await client.query<Record<string, string>>(`EXPLAIN ${page.query}`, page.params)
  await client.exec('ROLLBACK')
  const plan = rows.map((line) => line['QUERY PLAN']).join('\n')
  expect(plan).toMatch(/Index Scan using events_\d+_pkey/)
  expect(plan).not.toMatch(/Seq Scan on events|Sort Key/)
  expect(new Set(plan.match(/on events_\d+/g)).size).toBe(1)
})
