import Sqlite from 'better-sqlite3'
import { desc } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { inboxDatabaseFile } from './open-store.ts'
import { inboxes } from './schema.ts'

/** The farthest place in the log to which an inbox of a folder has read, with the hash of the event there; `undefined` where the store can't be read. */
export function farthestCheckpoint(
  folder: string,
): { readonly position: number; readonly hash: string | null } | undefined {
  let client: Sqlite.Database | undefined
  try {
    client = new Sqlite(inboxDatabaseFile(folder), { fileMustExist: true })
    const row = drizzle(client)
      .select({ position: inboxes.position, eventHash: inboxes.eventHash })
      .from(inboxes)
      .orderBy(desc(inboxes.position))
      .limit(1)
      .get()
    return row && { position: row.position, hash: row.eventHash?.toString('hex') ?? null }
  } catch {
    // Whoever needs the store opens it, and says what is wrong with it.
    return undefined
  } finally {
    client?.close()
  }
}
