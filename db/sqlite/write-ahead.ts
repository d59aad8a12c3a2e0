import type Sqlite from 'better-sqlite3'
import { isBusy } from './database-refusal.ts'

/** Between two tries, in milliseconds. */
const pause = 5

/**
 * Has a file keep a write-ahead log. Of two processes that turn a fresh file to it at once SQLite refuses one without waiting, whatever its
 * timeout: waits for it here, blocking. @param patience in milliseconds. @throws the busy error once that is over.
 */
export function writeAhead(client: Sqlite.Database, patience: number): void {
  const until = Date.now() + patience
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    try {
      client.pragma('journal_mode = WAL')
      return
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error
      Atomics.wait(sleeper, 0, 0, pause)
    }
  }
}
