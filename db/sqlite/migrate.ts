import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type Sqlite from 'better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { titleOrder } from '#core/text/title-order.ts'

/** The migrations that this build knows, oldest first: when each was made, in milliseconds. */
function knownMigrations(folder: string): readonly number[] {
  const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as {
    entries: { when: number }[]
  }
  return journal.entries.map((entry) => entry.when)
}

function appliedMigrations(client: Sqlite.Database): readonly number[] {
  const table = client.prepare(`SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'`).get()
  if (!table) return []
  return client
    .prepare('SELECT created_at FROM __drizzle_migrations ORDER BY created_at')
    .pluck()
    .all()
    .map(Number)
}

/**
 * Applies drizzle's migrations that a file lacks, in one transaction. Which they are is read under the write lock: drizzle's own migrator reads it
 * before, so that of two processes the second makes what the first has made.
 * @param before called with how many were applied, where some were and more follow; the lock is held, other connections can read.
 * @returns `newer` where a build with more migrations was here; nothing was changed then.
 */
export function migrate(
  client: Sqlite.Database,
  folder: string,
  before: (applied: number) => void = () => {},
): 'done' | 'newer' {
  const known = knownMigrations(folder)
  const state = (): { applied: number; newer: boolean } => {
    const applied = appliedMigrations(client)
    const newest = applied.at(-1)
    return { applied: applied.length, newer: newest !== undefined && !known.includes(newest) }
  }
  const now = state()
  if (now.newer) return 'newer'
  if (now.applied >= known.length) return 'done'
  // A migration calls it for the titles that are there already.
  client.function('title_order', { deterministic: true }, (title) => titleOrder(String(title)))
  return client
    .transaction(() => {
      const { applied, newer } = state()
      if (newer) return 'newer'
      if (applied > 0 && applied < known.length) before(applied)
      client.exec(
        'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
      )
      const record = client.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)')
      for (const migration of readMigrationFiles({ migrationsFolder: folder }).slice(applied)) {
        for (const statement of migration.sql) client.exec(statement)
        record.run(migration.hash, migration.folderMillis)
      }
      return 'done' as const
    })
    .immediate()
}
