import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { openServerDatabase } from '#server/database/open-database.ts'
import { chains, workspaces } from '#server/database/schema.ts'
import type { ServerDatabase } from '#server/database/server-database.ts'
import { pull } from '#server/log/pull.ts'
import { temporaryFolder } from './dataset.ts'
import { type BenchRow, inTurn, micros, row } from './measure.ts'

const postgres = 'postgres://postgres@127.0.0.1:5432/postgres'
type Stored = { readonly id: string; readonly events: number }

/** Two workspaces of one database, with half as many events and with all, as a server holds them. */
async function storedWorkspaces({ orm }: ServerDatabase, base: number): Promise<readonly Stored[]> {
  const mark = 'a'.repeat(64)
  const made = [0.9, 1.8].map((share) => ({ id: uuidv7(), events: Math.round(base * share) }))
  for (const { id, events } of made) {
    await orm
      .insert(workspaces)
      .values({ id, name: 'Bench', createdAt: 0, lastSeq: events, lastMark: mark, secret: 'bench' })
    const chain = uuidv7()
    await orm
      .insert(chains)
      .values({ workspaceId: id, chain, replicaId: chain, lastSeq: events, lastHash: mark })
    for (let from = 0; from < events; from += 10_000)
      await orm.execute(sql`INSERT INTO events (workspace_id, seq, chain, replica_seq, id, stream_type, stream_id, type, schema_version,
          actor_id, hlc, occurred_at, hash, mark, data)
        SELECT ${id}::uuid, n, ${chain}::uuid, n, gen_random_uuid(), 'issue', gen_random_uuid(), 'commented', 2, gen_random_uuid(), n, n,
          ${mark}, ${mark}, repeat('x', 250) FROM generate_series(${from + 1}::integer, ${Math.min(events, from + 10_000)}::integer) AS n`)
  }
  return made
}

/** Everything of a workspace, page by page, as a first join asks for it. @returns milliseconds. */
async function joined({ orm }: ServerDatabase, workspaceId: string): Promise<number> {
  const begun = performance.now()
  for (let cursor = startCursor; ; ) {
    const page = await pull(orm, workspaceId, {
      after: cursor.seq,
      mark: cursor.mark,
      limit: 1_000,
      bytes: 2_097_152,
      except: new Map(),
    })
    if (!page.more) return performance.now() - begun
    cursor = page.cursor
  }
}

async function joinRow(name: string, database: ServerDatabase, made: readonly Stored[]): Promise<BenchRow> {
  const [half, whole] = made as [Stored, Stored]
  const measured = await inTurn({
    half: () => joined(database, half.id),
    whole: () => joined(database, whole.id),
  })
  const count = ({ events }: Stored): string => events.toLocaleString('en-US')
  return row(
    'sync',
    `pages of a join on ${name}: time an event at ${count(whole)} events against that at ${count(half)}`,
    measured.whole / whole.events / (measured.half / half.events),
    '<=',
    1.5,
    `${count(half)}: ${micros(measured.half)}, ${count(whole)}: ${micros(measured.whole)}`,
  )
}

/**
 * Joins where nobody ever gathered statistics: PGlite, which does not; Postgres with autovacuum off; one that was just restored. Time grows with the
 * events, not with their square. @param base nine tenths of it are half of the events.
 */
export async function joinPageRows(base: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  const { folder, remove } = temporaryFolder()
  try {
    const pglite = await openServerDatabase({ at: { data: join(folder, 'pglite') } })
    rows.push(await joinRow('a PGlite that was never analysed', pglite, await storedWorkspaces(pglite, base)))
    await pglite.close()
    rows.push(...(await onPostgres(join(folder, 'dump'), base)))
  } finally {
    remove()
  }
  return rows
}

/** @param dump a file for a dump. */
async function onPostgres(dump: string, base: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  const names = [`docket_bench_off_${process.pid}`, `docket_bench_restored_${process.pid}`] as const
  const at = (name: string): string => postgres.replace(/\/postgres$/, `/${name}`)
  const psql = (url: string, statement: string): Buffer =>
    execFileSync('psql', [url, '-qAtc', statement], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    for (const name of names) psql(postgres, `CREATE DATABASE ${name}`)
  } catch {
    return rows
  }
  try {
    const [off, restored] = names
    const first = await openServerDatabase({ at: { databaseUrl: at(off) } })
    const partitions = psql(at(off), `SELECT relname FROM pg_class WHERE relname ~ '^events_[0-9]+$'`)
    for (const table of partitions.toString().trim().split('\n'))
      psql(at(off), `ALTER TABLE ${table} SET (autovacuum_enabled = off)`)
    const made = await storedWorkspaces(first, base)
    rows.push(await joinRow('Postgres with autovacuum off', first, made))
    await first.close()
    execFileSync('pg_dump', ['--format=custom', `--file=${dump}`, at(off)])
    execFileSync('pg_restore', [`--dbname=${at(restored)}`, dump])
    const second = await openServerDatabase({ at: { databaseUrl: at(restored) } })
    rows.push(await joinRow('a Postgres just restored from a dump', second, made))
    await second.close()
  } finally {
    for (const name of names) psql(postgres, `DROP DATABASE ${name} WITH (FORCE)`)
  }
  return rows
}
