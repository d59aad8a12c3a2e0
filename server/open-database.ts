import { statfs } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import pg from 'pg'
import { mostBodyBytes } from '#contract/sync-protocol.ts'
import { makePrivateFolder } from '#db/private-files.ts'
import { diskFull, ServerRefusal } from './refusal.ts'
import * as schema from './schema.ts'

/** Either database, or a transaction on it. */
export type Orm = PgDatabase<PgQueryResultHKT, typeof schema>

export type ServerDatabase = {
  readonly kind: 'pglite' | 'postgres'
  readonly orm: Orm
  /** Runs a statement once, to know that the database answers. */
  ping(): Promise<void>
  /**
   * Makes sure that there is room for another write. PGlite that can't begin a new piece of its log never comes back, and the process with it: it
   * is not let get that far. @throws ServerRefusal `disk_full`
   */
  room(): Promise<void>
  /** Hears what any process notifies on a channel. Comes back by itself after the connection was lost. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

export type DatabaseOptions = {
  /** Where the database is: a folder for PGlite, or a URL for Postgres. */
  readonly at: { readonly data: string } | { readonly databaseUrl: string }
  /** Told of trouble that no request caused: a lost connection. */
  readonly onTrouble?: (error: Error) => void
  /** Bytes of the disk that PGlite leaves free; `usualKeptFree` where absent. */
  readonly keptFree?: number
}

/** The largest push with its indexes and its share of the log, twice over. */
export const usualKeptFree = 6 * mostBodyBytes

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))
/** Two servers that start together migrate one after the other. */
const migrationLock = 7_420_001
const relistenMillis = 500

/** Opens the database and brings its tables forward. @throws NewerDataError, or what the database says where it can't be had. */
export async function openDatabase({
  at,
  onTrouble = () => {},
  keptFree = usualKeptFree,
}: DatabaseOptions): Promise<ServerDatabase> {
  if ('data' in at) return openPglite(at.data, keptFree)
  return openPostgres(at.databaseUrl, onTrouble)
}

/** The data is of a server with more migrations than this one has. */
export class NewerDataError extends Error {
  constructor() {
    super(
      'This data is of a newer docket-server; it was left as it is. Please update this one, or go back to a backup from before the update.',
    )
    this.name = 'NewerDataError'
  }
}

/** @param select runs a statement that gives one row. @throws NewerDataError */
async function refuseNewer(
  select: (text: string) => Promise<Record<string, unknown> | undefined>,
): Promise<void> {
  const table = await select(`SELECT to_regclass('drizzle.__drizzle_migrations')::text AS name`)
  if (!table?.name) return
  const newest = await select(`SELECT max(created_at)::text AS made FROM drizzle.__drizzle_migrations`)
  const known = readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => String(folderMillis))
  if (newest?.made && !known.includes(String(newest.made))) throw new NewerDataError()
}

async function openPglite(folder: string, keptFree: number): Promise<ServerDatabase> {
  makePrivateFolder(folder)
  const client = await PGlite.create(folder)
  const orm = drizzlePglite(client, { schema })
  try {
    await refuseNewer(async (text) => (await client.query<Record<string, unknown>>(text)).rows[0])
    await migratePglite(orm, { migrationsFolder })
  } catch (error) {
    await client.close()
    throw error
  }
  return {
    kind: 'pglite',
    orm: orm as unknown as Orm,
    ping: async () => void (await client.query('SELECT 1')),
    async room() {
      const { bavail, bsize } = await statfs(folder)
      if (bavail * bsize < keptFree) throw diskFull()
    },
    listen: (channel, heard) => client.listen(channel, heard),
    close: () => client.close(),
  }
}

/**
 * How long a request waits for the database, in milliseconds: for another push to the same workspace, for a statement, for an answer at all. A
 * process that stands still in the middle of a push loses its lock, so that the others go on.
 */
const patience = {
  lock_timeout: 10_000,
  statement_timeout: 30_000,
  idle_in_transaction_session_timeout: 15_000,
  query_timeout: 45_000,
  keepAlive: true,
}

/** Migrations may take as long as they need. */
async function migrateOnce(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // Its next statement says what is wrong.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    await refuseNewer(async (text) => (await client.query(text)).rows[0])
    await migratePostgres(drizzlePostgres(client), { migrationsFolder })
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Transactions that give their connection back whatever happens: drizzle's own keep it for ever where BEGIN fails, so that a pool that lost its
 * connections a few times is used up, and throw what ROLLBACK failed with in place of why it was needed.
 */
function transactionsOf(pool: pg.Pool): Orm['transaction'] {
  return async (run, config) => {
    const client = await pool.connect()
    let why: { readonly error: unknown } | undefined
    try {
      const orm: Orm = drizzlePostgres(client, { schema })
      const result = await orm.transaction(async (within) => {
        try {
          return await run(within)
        } catch (error) {
          why = { error }
          throw error
        }
      }, config)
      client.release()
      return result
    } catch (error) {
      // What a refusal leaves is rolled back; after anything else nobody knows what the connection is in the middle of.
      client.release(!(why && why.error === error && error instanceof ServerRefusal))
      throw why ? why.error : error
    }
  }
}

async function openPostgres(url: string, onTrouble: (error: Error) => void): Promise<ServerDatabase> {
  const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 5_000, ...patience })
  // A connection that the server ends would end the process otherwise, be it idle or between two statements of a transaction.
  pool.on('error', onTrouble)
  pool.on('connect', (client) => client.on('error', onTrouble))
  const orm = Object.assign(drizzlePostgres(pool, { schema }), { transaction: transactionsOf(pool) })
  await migrateOnce(url).catch(async (error) => {
    await pool.end()
    throw error
  })
  const listeners = new Set<() => Promise<void>>()

  async function listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    let ended = false
    let client: pg.Client | undefined
    let timer: NodeJS.Timeout | undefined
    async function connect(): Promise<void> {
      const fresh = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: 5_000,
        keepAlive: true,
      })
      client = fresh
      const again = (): void => {
        if (ended || client !== fresh) return
        client = undefined
        timer = setTimeout(() => void connect().catch(onTrouble), relistenMillis)
      }
      fresh.on('error', (error) => {
        onTrouble(error)
        again()
      })
      fresh.on('end', again)
      fresh.on('notification', ({ payload }) => heard(payload ?? ''))
      try {
        await fresh.connect()
        await fresh.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
        // What was notified while nobody listened is made good for by one nudge to all.
        heard('')
      } catch (error) {
        onTrouble(error as Error)
        again()
      }
    }
    await connect()
    const end = async (): Promise<void> => {
      ended = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    }
    listeners.add(end)
    return end
  }

  return {
    kind: 'postgres',
    orm: orm as unknown as Orm,
    ping: async () => void (await orm.execute(sql`SELECT 1`)),
    // Postgres says so itself.
    room: async () => {},
    listen,
    async close() {
      for (const end of listeners) await end()
      await pool.end()
    },
  }
}
