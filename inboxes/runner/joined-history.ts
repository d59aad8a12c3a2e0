import type { LogReader } from '../log/log-reader.ts'
import { joinedPosition } from '../store/joined-position.ts'
import type { InboxDatabase } from '../store/open-store.ts'

/** What a copy of a workspace got by joining: the past to it, of which nobody is told. */
export type JoinedHistory = {
  /** Up to where what was synced is that history: everything, as long as the first catch-up is under way. */
  quietUpTo(): number
  /** The copy has what the server has. Only the first time counts, until the workspace leaves its server. */
  caughtUp(): void
}

/** The joined history of this copy. @param inTeam whether the workspace has a server. */
export function joinedHistory(
  inboxDatabase: InboxDatabase,
  reader: Pick<LogReader, 'position' | 'hashAt'>,
  inTeam: () => boolean,
): JoinedHistory {
  const joined = joinedPosition(inboxDatabase)
  const hashAt = (position: number): string | undefined => reader.hashAt(position)?.toString('hex')

  return {
    quietUpTo() {
      const kept = joined.get()
      if (!kept) return inTeam() ? Number.POSITIVE_INFINITY : 0
      // Of a log that was replaced since, nothing is known any more.
      return hashAt(kept.position) === kept.eventHash ? kept.position : 0
    },
    caughtUp() {
      if (joined.get()) return
      const position = reader.position()
      joined.put({ position, eventHash: hashAt(position) ?? '' })
    },
  }
}
