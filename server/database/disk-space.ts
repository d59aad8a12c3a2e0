import { statfs } from 'node:fs/promises'
import type pg from 'pg'
import { diskFull } from '../http/refusal.ts'

export type RoomBounds = {
  /** Bytes of the disk that are left free. */
  readonly keptFree: number
  /** The most bytes that the database may have. */
  readonly mostBytes: number | undefined
}

export const databaseSize = 'SELECT pg_database_size(current_database()) AS size'
/** The database's size is asked for no more often, in milliseconds: it looks at every file. */
const sizeEveryMillis = 5_000

/** Whether there is room for another write. @param directory where the data lies on this machine; `undefined` where it does not. */
export function roomOf(
  { keptFree, mostBytes }: RoomBounds,
  directory: () => Promise<string | undefined>,
  size: () => Promise<number>,
): () => Promise<void> {
  let known: { readonly at: number; readonly size: number } | undefined
  let place: Promise<string | undefined> | undefined

  async function grown(): Promise<number> {
    if (!known || performance.now() - known.at > sizeEveryMillis)
      known = { at: performance.now(), size: await size() }
    return known.size
  }

  return async () => {
    place ??= directory()
    const at = await place
    if (at !== undefined) {
      const { bavail, bsize } = await statfs(at)
      if (bavail * bsize < keptFree) throw diskFull()
    }
    if (mostBytes !== undefined && (await grown()) >= mostBytes) throw diskFull()
  }
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|)$/

/** Where a Postgres of this machine keeps its data, where that can be asked and looked at: a guard on its disk before it says itself that it is full. */
export async function localDirectory(pool: pg.Pool, url: string): Promise<string | undefined> {
  try {
    if (!loopback.test(new URL(url).hostname)) return undefined
    const { rows } = await pool.query<{ directory: string }>(
      "SELECT current_setting('data_directory') AS directory",
    )
    const directory = rows[0]?.directory
    if (directory !== undefined) await statfs(directory)
    return directory
  } catch {
    return undefined
  }
}
