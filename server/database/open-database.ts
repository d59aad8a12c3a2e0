import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import pg from 'pg'
import { mostBodyBytes } from '#contract/sync-api/protocol.ts'
import { makePrivateFolder } from '#db/files/private-files.ts'
import { ServerRefusal } from '../http/refusal.ts'
import { databaseSize, localDirectory, type RoomBounds, roomOf } from './disk-space.ts'
import { appRole, bypassesPolicies, grantRole, insufficientPrivilege } from './row-security.ts'
import * as schema from './schema.ts'
import type { Orm, ServerDatabase } from './server-database.ts'
import { type RunTransaction, turnedTransactions, usualPool, workspaceTurns } from './workspace-turns.ts'

export type DatabaseOptions = {
  /** Where the database is: a folder for PGlite, or a URL for Postgres. */
  readonly at: { readonly data: string } | { readonly databaseUrl: string }
  /** Told of trouble that no request caused: a lost connection. */
  readonly onTrouble?: (error: Error) => void
  /** Bytes of the disk that are left free; `usualKeptFree` where absent. */
  readonly keptFree?: number
  /** The most bytes that the database may have; as many as there is room for where absent. */
  readonly mostBytes?: number | undefined
  /** Connections to Postgres; `usualPool` where absent. */
  readonly pool?: number | undefined
}

/** The largest push with its indexes and its share of the log, twice over. */
export const usualKeptFree = 6 * mostBodyBytes

const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))
/** Two servers that start together migrate one after the other. */
const migrationLock = 7_420_001
const relistenMillis = 500

/** Opens the database and brings its tables forward. @throws NewerDataError, or what the database says where it can't be had. */
export async function openServerDatabase(options: DatabaseOptions): Promise<ServerDatabase> {
  const { at, onTrouble = () => {}, keptFree = usualKeptFree, mostBytes, pool = usualPool } = options
  if ('data' in at) return openPglite(at.data, { keptFree, mostBytes })
  return openPostgres(at.databaseUrl, onTrouble, { keptFree, mostBytes }, pool)
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

async function openPglite(folder: string, bounds: RoomBounds): Promise<ServerDatabase> {
  makePrivateFolder(folder)
  const client = await PGlite.create(folder)
  const orm = drizzlePglite(client, { schema }) as unknown as Orm
  try {
    await refuseNewer(async (text) => (await client.query<Record<string, unknown>>(text)).rows[0])
    await migratePglite(drizzlePglite(client), { migrationsFolder })
    await grantRole((text) => client.exec(text))
  } catch (error) {
    await client.close()
    throw error
  }
  const turns = workspaceTurns(usualPool)
  const transaction: RunTransaction = (settings, run) =>
    orm.transaction(async (within) => {
      await within.execute(sql.raw(`SET LOCAL ROLE ${appRole}`))
      for (const [name, value] of Object.entries(settings))
        await within.execute(sql`SELECT set_config(${name}, ${value}, true)`)
      return run(within)
    })
  const size = async () => Number((await client.query<{ size: string }>(databaseSize)).rows[0]?.size ?? 0)
  return {
    kind: 'pglite',
    orm,
    ping: async () => void (await client.query('SELECT 1')),
    room: roomOf(bounds, async () => folder, size),
    ...turnedTransactions(transaction, turns),
    waiting: () => ({ turn: turns.waiting(), connection: 0 }),
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

/** Migrations may take as long as they need. @returns whether requests go under a role of their own. */
async function migrateOnce(url: string, onTrouble: (error: Error) => void): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // Its next statement says what is wrong.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    await refuseNewer(async (text) => (await client.query(text)).rows[0])
    await migratePostgres(drizzlePostgres(client), { migrationsFolder })
    const { rows } = await client.query<{ bypasses: boolean }>(bypassesPolicies)
    if (!rows[0]?.bypasses) return false
    await grantRole((text) => client.query(text))
    return true
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code !== insufficientPrivilege) throw error
    onTrouble(new Error(`Row-level security does not hold: ${(error as Error).message}`))
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Transactions that give their connection back whatever happens: drizzle's own keep it for ever where BEGIN fails, so that a pool that lost its
 * connections a few times is used up, and throw what ROLLBACK failed with in place of why it was needed.
 */
function transactionsOf(pool: pg.Pool, ownRole: boolean): RunTransaction {
  return async (settings, run) => {
    const client = await pool.connect()
    const sets = Object.entries(settings)
      .map(([name, value]) => `; SELECT set_config('${name}', ${pg.escapeLiteral(value)}, true)`)
      .join('')
    let refused = false
    try {
      await client.query(`BEGIN${ownRole ? `; SET LOCAL ROLE ${appRole}` : ''}${sets}`)
      const result = await run(drizzlePostgres(client, { schema }) as unknown as Orm).catch((error) => {
        refused = error instanceof ServerRefusal
        throw error
      })
      await client.query('COMMIT')
      client.release()
      return result
    } catch (error) {
      // What a refusal leaves is rolled back; after anything else nobody knows what the connection is in the middle of.
      const back =
        refused &&
        (await client.query('ROLLBACK').then(
          () => true,
          () => false,
        ))
      client.release(!back)
      throw error
    }
  }
}

async function openPostgres(
  url: string,
  onTrouble: (error: Error) => void,
  bounds: RoomBounds,
  size: number,
): Promise<ServerDatabase> {
  const pool = new pg.Pool({ connectionString: url, max: size, connectionTimeoutMillis: 5_000, ...patience })
  // A connection that the server ends would end the process otherwise, be it idle or between two statements of a transaction.
  pool.on('error', onTrouble)
  pool.on('connect', (client) => client.on('error', onTrouble))
  const ownRole = await migrateOnce(url, onTrouble).catch(async (error) => {
    await pool.end()
    throw error
  })
  const orm = drizzlePostgres(pool, { schema }) as unknown as Orm
  const turns = workspaceTurns(size)
  const room = roomOf(
    bounds,
    () => localDirectory(pool, url),
    async () => Number((await pool.query<{ size: string }>(databaseSize)).rows[0]?.size ?? 0),
  )
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
    orm,
    ping: async () => void (await orm.execute(sql`SELECT 1`)),
    room,
    ...turnedTransactions(transactionsOf(pool, ownRole), turns),
    waiting: () => ({ turn: turns.waiting(), connection: pool.waitingCount }),
    listen,
    async close() {
      for (const end of listeners) await end()
      await pool.end()
    },
  }
}
