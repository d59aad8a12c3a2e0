import { existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { z } from 'zod'
import { chainReceipt } from '#contract/sync-api/wire-events.ts'
import { inboxDatabaseFile } from './open-store.ts'

/** The newest place of each chain for which the server gave this copy a receipt: it was here, and there, once. Empty where there is no delivery store to read. */
export function receiptedPlaces(folder: string): readonly { chain: string; seq: number; hash: string }[] {
  const file = inboxDatabaseFile(folder)
  if (!existsSync(file)) return []
  let client: Sqlite.Database | undefined
  try {
    client = new Sqlite(file, { readonly: true })
    const texts = client.prepare("SELECT value FROM sync_state WHERE name LIKE 'receipts %'").pluck().all()
    return texts.flatMap((text) => {
      const last = z
        .array(chainReceipt)
        .parse(JSON.parse(String(text)))
        .at(-1)
      return last ? [{ chain: last.chain, seq: last.seq, hash: last.hash }] : []
    })
  } catch {
    // A delivery store that can't be read is named where it is opened.
    return []
  } finally {
    client?.close()
  }
}
