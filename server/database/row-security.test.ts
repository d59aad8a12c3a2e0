import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getTableName, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { accounts } from '../accounts/accounts.ts'
import type { Caller } from '../accounts/caller.ts'
import { numbering } from '../log/issue-numbering.ts'
import { pull } from '../log/pull.ts'
import { push } from '../log/push.ts'
import { freshPostgres, postgresAnswers } from '../testing/both-databases.ts'
import { madeChain } from '../testing/made-chain.ts'
import { openServerDatabase } from './open-database.ts'
import * as schema from './schema.ts'
import type { Orm, ServerDatabase } from './server-database.ts'

const answers = await postgresAnswers()
const tables = Object.values(schema).filter((each) => each instanceof PgTable)
const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64')

/** A database of each kind, and on Postgres as its superuser and as an owner of the tables who is none. */
const kinds = ['PGlite', 'Postgres as a superuser', 'Postgres as the tables’ owner'] as const

describe.each(kinds)('row-level security on %s', (kind) => {
  const skipped = kind !== 'PGlite' && !answers
  let folder: string
  let database: ServerDatabase
  let end: () => Promise<void>
  beforeEach(async ({ skip }) => {
    if (skipped) return skip()
    folder = mkdtempSync(join(tmpdir(), 'docket-rows-'))
    if (kind === 'PGlite') {
      database = await openServerDatabase({ at: { data: join(folder, 'database') } })
      end = async () => {}
      return
    }
    const fresh = await freshPostgres()
    let databaseUrl = fresh.url
    let drop = fresh.drop
    if (kind === 'Postgres as the tables’ owner') {
      const role = `docket_owner_${uuidv7().slice(-8)}`
      const { database: name, ...of } = new pg.Client({ connectionString: fresh.url })
      const run = async (...statements: string[]): Promise<void> => {
        const client = new pg.Client({ connectionString: fresh.url })
        await client.connect()
        for (const statement of statements) await client.query(statement)
        await client.end()
      }
      await run(
        `CREATE ROLE ${role} LOGIN PASSWORD 'x'`,
        `GRANT CREATE ON SCHEMA public TO ${role}`,
        `GRANT CREATE ON DATABASE ${name} TO ${role}`,
      )
      databaseUrl = `postgres://${role}:x@${of.host}:${of.port}/${name}`
      drop = async () => {
        await run(`REASSIGN OWNED BY ${role} TO postgres`, `DROP OWNED BY ${role}`)
        await fresh.drop()
        const client = new pg.Client({ connectionString: fresh.url.replace(/[^/]+$/, 'postgres') })
        await client.connect()
        await client.query(`DROP ROLE ${role}`)
        await client.end()
      }
    }
    database = await openServerDatabase({ at: { databaseUrl } })
    end = drop
  })
  afterEach(async () => {
    if (skipped) return
    await database.close()
    await end()
    rmSync(folder, { recursive: true, force: true })
  })

  /** An encrypted workspace with something in every table. */
  async function filled(): Promise<Caller> {
    const people = accounts(database, Date.now)
    const { workspaceId, code } = await people.createWorkspace('Team')
    const join = async (code: string): Promise<Caller> => {
      const { deviceId, member } = await people.join({
        code,
        device: { name: 'laptop', publicKey: base64(32) },
        member: { id: uuidv7(), name: 'Ada' },
        historyId: uuidv7(),
      })
      return { workspaceId, deviceId, memberId: member.id, role: member.role }
    }
    const caller = await join(code)
    const chain = madeChain(caller.memberId)
    chain.add({ number: 1 })
    await push(database, caller, chain.after(0), numbering(), Date.now)
    await join(
      (await people.invite(workspaceId, { role: 'owner', hours: 1, memberId: caller.memberId })).code,
    )
    await people.reportDigest(caller, { chain: caller.deviceId, seq: 1, digest: 'a'.repeat(64), events: 1 })
    await database.inWorkspace(workspaceId, 'write', async (orm) => {
      await orm.insert(schema.keyLadder).values({ workspaceId, key: 1, sealed: 'x' })
      await orm.insert(schema.keyBoxes).values({ deviceId: caller.deviceId, key: 1, box: 'x' })
    })
    return caller
  }

  const rowsOf = async (orm: Orm): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {}
    for (const table of tables) counts[getTableName(table)] = (await orm.select().from(table)).length
    return counts
  }

  it('a query that names no workspace sees the rows of one alone, and none where nothing was said', async () => {
    const [ada, ben] = [await filled(), await filled()]
    const own = await database.inWorkspace(ada.workspaceId, 'read', rowsOf)
    for (const [table, rows] of Object.entries(own)) expect(rows, table).toBeGreaterThan(0)
    expect(await database.inWorkspace(ben.workspaceId, 'read', rowsOf)).toEqual(own)
    const seen = await database.inWorkspace(ada.workspaceId, 'read', (orm) =>
      orm.select().from(schema.events),
    )
    expect(new Set(seen.map(({ workspaceId }) => workspaceId))).toEqual(new Set([ada.workspaceId]))
    const none = Object.fromEntries(Object.keys(own).map((table) => [table, 0]))
    expect(await database.across({ token: 'nobody’s' }, rowsOf)).toEqual(none)
    expect(await database.inWorkspace(uuidv7(), 'read', rowsOf)).toEqual(none)
    expect(await database.across({ admin: 'on' }, rowsOf)).toEqual({ ...none, workspaces: 2 })
    // What was said holds for its transaction alone.
    expect(await database.across({ code: 'unknown' }, rowsOf)).toEqual(none)
  })

  it('nothing of another workspace is written, changed or deleted', async () => {
    const [ada, ben] = [await filled(), await filled()]
    const before = await database.inWorkspace(ben.workspaceId, 'read', rowsOf)
    await database.inWorkspace(ada.workspaceId, 'write', async (orm) => {
      await orm.update(schema.members).set({ name: 'Eve' })
      await orm.delete(schema.events)
      await orm.delete(schema.keyBoxes)
    })
    expect(await database.inWorkspace(ben.workspaceId, 'read', rowsOf)).toEqual(before)
    const names = await database.inWorkspace(ben.workspaceId, 'read', (orm) =>
      orm.select({ name: schema.members.name }).from(schema.members),
    )
    expect(names).toEqual([{ name: 'Ada' }])
    await expect(
      database.inWorkspace(ada.workspaceId, 'write', async (orm) => {
        await orm
          .insert(schema.members)
          .values({ workspaceId: ben.workspaceId, id: uuidv7(), name: 'Eve', role: 'owner', joinedAt: 0 })
      }),
    ).rejects.toThrow()
  })

  it('every table has its policies, also for whoever owns it, and partitions are reached through their parent alone', async () => {
    const ada = await filled()
    const { rows } = (await database.orm.execute(
      sql`SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS holds FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1`,
    )) as unknown as { rows: { name: string; holds: boolean }[] }
    expect(rows.length).toBe(tables.length + 16)
    expect(rows.filter(({ holds }) => !holds)).toEqual([])
    const direct = database.inWorkspace(ada.workspaceId, 'read', async (orm) => {
      let found = 0
      for (let n = 0; n < 16; n++)
        found += ((await orm.execute(sql.raw(`SELECT 1 FROM events_${n}`))) as unknown as { rows: unknown[] })
          .rows.length
      return found
    })
    // Empty for their owner; for everybody else there is nothing to ask.
    await direct.then(
      (found) => expect(found).toBe(0),
      (error) => expect(JSON.stringify(error.cause ?? error)).toContain('42501'),
    )
  })

  it('a page is still read along the index under the policies', async () => {
    const ada = await filled()
    const plan = await database.inWorkspace(ada.workspaceId, 'read', async (orm) => {
      await orm.execute(sql`SET LOCAL enable_seqscan = off`)
      const { rows } = (await orm.execute(
        sql`EXPLAIN SELECT * FROM events WHERE workspace_id = ${ada.workspaceId}::uuid AND seq > 0 AND seq <= 100 ORDER BY seq LIMIT 10`,
      )) as unknown as { rows: Record<string, string>[] }
      const page = await pull(orm, ada.workspaceId, {
        after: 0,
        mark: startCursor.mark,
        limit: 10,
        bytes: 1e6,
        except: new Map(),
      })
      expect(page.events).toHaveLength(1)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toMatch(/Index Cond: .*seq > .*seq <= /)
  })
})
