import type { LogReader } from '../log/log-reader.ts'
import type { InboxDatabase } from '../store/open-store.ts'

/** What a copy of a workspace got by joining: the past to it, of which nobody is told. */
export type JoinedHistory = {
  /** Up to where what was synced is that history: everything, as long as the first catch-up is under way. */
  quietUpTo(): number
  /** The copy has what the server has. Only the first time counts, until the workspace leaves its server. */
  caughtUp(): void
}

/** @param inTeam whether the workspace has a server. */
export function joinedHistory(
  { client }: InboxDatabase,
  reader: Pick<LogReader, 'position' | 'markAt'>,
  inTeam: () => boolean,
): JoinedHistory {
  // Beside what sync remembers, for it is forgotten with that.
  const read = client.prepare(`SELECT value FROM sync_state WHERE name = 'joined'`).pluck()
  const write = client.prepare(
    `INSERT INTO sync_state (name, value) VALUES ('joined', ?) ON CONFLICT (name) DO NOTHING`,
  )

  return {
    quietUpTo() {
      const kept = read.get()
      if (typeof kept !== 'string') return inTeam() ? Number.POSITIVE_INFINITY : 0
      const [position, mark] = kept.split(' ')
      // Of a log that was replaced since, nothing is known any more.
      return reader.markAt(Number(position))?.toString('hex') === mark ? Number(position) : 0
    },
    caughtUp() {
      if (read.get() !== undefined) return
      const position = reader.position()
      write.run(`${position} ${reader.markAt(position)?.toString('hex') ?? ''}`)
    },
  }
}
