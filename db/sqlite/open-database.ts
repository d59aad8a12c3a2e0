import { accessSync, constants, existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { keepPrivate, makePrivateFolder } from '../files/private-files.ts'
import * as schema from '../schema.ts'
import { copyDatabase } from './copy-database.ts'
import { databaseRefusal } from './database-refusal.ts'
import { migrate } from './migrate.ts'
import { readOnlyCopy } from './read-only-copy.ts'
import { writeAhead } from './write-ahead.ts'

type Handle = {
  readonly file: string
  readonly client: Sqlite.Database
  readonly orm: BetterSQLite3Database<typeof schema>
}
/** A connection that can only read; the inbox worker and queries take this one. */
export type ReadDatabase = Handle
/** A connection that may write. A different type, so that a reader can not be handed one by mistake. */
export type WriteDatabase = Handle & {
  readonly writes: true
  /** True where this user may not change the file: everything can be asked, and each write fails with SQLite's own error. */
  readonly readOnly: boolean
}

/** How durable a commit is: `FULL` survives a power cut (commands), `NORMAL` a crash (imports, which checkpoint before "done"). */
export type Durability = 'FULL' | 'NORMAL'

export type OpenOptions = {
  readonly durability?: Durability
  /** How long a write waits for another process's, in milliseconds, blocking; 0 where the caller retries by itself. */
  readonly busyTimeout?: number
  /** The folder of the drizzle migrations; beside `db/schema.ts` unless bundled. */
  readonly migrations?: string
}

const backupsKept = 5

/** Copies the file, as it was before the transaction that another connection may be in. */
function backUp(file: string, version: number): void {
  const folder = join(dirname(file), 'backups')
  makePrivateFolder(folder)
  const copy = join(
    folder,
    `${basename(file, '.db')}-before-migration-${version}-${new Date().toISOString().replaceAll(':', '')}.db`,
  )
  copyDatabase(file, copy)
  const old = readdirSync(folder)
    .filter((name) => name.includes('-before-migration-'))
    .sort()
    .slice(0, -backupsKept)
  for (const name of old) rmSync(join(folder, name))
}

function configure(client: Sqlite.Database, options: OpenOptions): void {
  const patience = Math.floor(options.busyTimeout ?? 5_000)
  client.pragma(`busy_timeout = ${patience}`)
  writeAhead(client, patience)
  client.pragma(`synchronous = ${options.durability ?? 'FULL'}`)
  client.pragma('cache_size = -65536')
  // Pages that many commands touch are carried over to the file once, not once every hundred commands.
  client.pragma('wal_autocheckpoint = 4000')
  client.pragma('temp_store = MEMORY')
  client.pragma('trusted_schema = OFF')
}

/**
 * Opens (or makes) a log file for writing and brings it forward to this build's schema, with a copy of the file made before.
 * Refuses with `newer_version`, `corrupt`, `read_only`, `disk_full` or `busy`; the file is then as it was.
 */
export function openDatabase(file: string, options: OpenOptions = {}): Result<WriteDatabase> {
  const folder = options.migrations ?? fileURLToPath(new URL('../migrations', import.meta.url))
  let client: Sqlite.Database | undefined
  try {
    // SQLite itself would open a file that can't be written, and say so at the first write only.
    const fresh = !existsSync(file)
    if (!fresh) accessSync(file, constants.W_OK)
    client = new Sqlite(file)
    // Before anything is in it: what SQLite puts beside it gets the same rights.
    if (fresh) keepPrivate(file)
    configure(client, options)
    if (migrate(client, folder, (version) => backUp(file, version)) === 'newer') {
      client.close()
      return refuse(
        'newer_version',
        `${file} was written by a newer Docket. It was left as it is; please update Docket to open it.`,
      )
    }
    return done({ file, client, orm: drizzle(client, { schema }), writes: true, readOnly: false })
  } catch (error) {
    client?.close()
    const refusal = databaseRefusal(error, file)
    if (refusal) return { ok: false, error: refusal }
    throw error
  }
}

/**
 * Opens a log file that this user may not change, by way of a copy that is brought forward and goes when the connection closes: what is written
 * to the file later is not in it. Refuses as `openDatabase` does.
 */
export function openReadOnly(file: string, options: OpenOptions = {}): Result<WriteDatabase> {
  let taken: ReturnType<typeof readOnlyCopy> | undefined
  try {
    taken = readOnlyCopy(file)
    const { copy, remove } = taken
    const forward = openDatabase(copy, options)
    if (!forward.ok) {
      remove()
      return forward
    }
    forward.value.client.close()
    const client = new Sqlite(copy, { readonly: true })
    const close = client.close.bind(client)
    client.close = () => {
      close()
      remove()
      return client
    }
    return done({ file, client, orm: drizzle(client, { schema }), writes: true, readOnly: true })
  } catch (error) {
    taken?.remove()
    const refusal = databaseRefusal(error, file)
    if (refusal) return { ok: false, error: refusal }
    throw error
  }
}

/** Opens an existing log file for reading. Refuses with `not_a_workspace`, `corrupt`, `read_only` or `busy`. */
export function openReadDatabase(file: string): Result<ReadDatabase> {
  if (!existsSync(file)) return refuse('not_a_workspace', `There is no ${file}.`)
  let client: Sqlite.Database | undefined
  try {
    client = new Sqlite(file, { readonly: true })
    client.pragma('busy_timeout = 5000')
    client.prepare('SELECT count(*) FROM sqlite_master').get()
    return done({ file, client, orm: drizzle(client, { schema }) })
  } catch (error) {
    client?.close()
    const refusal = databaseRefusal(error, file)
    if (refusal) return { ok: false, error: refusal }
    throw error
  }
}
