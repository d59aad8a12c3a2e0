import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { keepPrivate } from '#db/files/private-files.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { migrate } from '#db/sqlite/migrate.ts'
import { writeAhead } from '#db/sqlite/write-ahead.ts'
import * as schema from './schema.ts'

/** The open `inboxes.db`. Several processes may have it open: the worker that delivers, a host that shows and replays. */
export type InboxDatabase = {
  readonly file: string
  readonly client: Sqlite.Database
  readonly orm: BetterSQLite3Database<typeof schema>
}

/** The delivery store's file in a workspace's folder. */
export const inboxDatabaseFile = (folder: string): string => join(folder, 'inboxes.db')

/**
 * Opens (or makes) `inboxes.db`. Commits survive a crash; after a power cut the newest few may be gone with the checkpoint they belong
 * to, so that events are taken up again and delivered under the same keys.
 * Refuses with `newer_version`, `corrupt`, `read_only`, `disk_full` or `busy`.
 */
export function openInboxDatabase(file: string): Result<InboxDatabase> {
  let client: Sqlite.Database | undefined
  try {
    const fresh = !existsSync(file)
    client = new Sqlite(file)
    // Before anything is in it: what SQLite puts beside it gets the same rights.
    if (fresh) keepPrivate(file)
    client.pragma('busy_timeout = 5000')
    writeAhead(client, 5_000)
    client.pragma('synchronous = NORMAL')
    client.pragma('temp_store = MEMORY')
    client.pragma('trusted_schema = OFF')
    if (migrate(client, fileURLToPath(new URL('./ledger-migrations', import.meta.url))) === 'newer') {
      client.close()
      return refuse(
        'newer_version',
        `${file} was written by a newer Docket. It was left as it is; please update Docket to open it.`,
      )
    }
    return done({ file, client, orm: drizzle(client, { schema }) })
  } catch (error) {
    client?.close()
    const refusal = databaseRefusal(error, file)
    if (refusal) return { ok: false, error: refusal }
    throw error
  }
}
