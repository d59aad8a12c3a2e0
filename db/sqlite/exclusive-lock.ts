import Sqlite from 'better-sqlite3'
import { keepPrivate } from '../files/private-files.ts'

/**
 * Held by one process at a time (the one that runs a workspace's inboxes, the one that has a server's data open): an exclusive lock of the operating
 * system on a file of its own, which a killed process lets go of by dying.
 * @returns a function that lets go, or `undefined` while another process holds it.
 */
export function takeLock(file: string): (() => void) | undefined {
  const client = new Sqlite(file)
  try {
    keepPrivate(file)
    client.pragma('busy_timeout = 0')
    client.pragma('journal_mode = DELETE')
    client.exec('BEGIN EXCLUSIVE')
    return () => client.close()
  } catch (error) {
    client.close()
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
}
