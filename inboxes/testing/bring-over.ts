import { chainReader } from '#db/log/read/chain-reader.ts'
import type { SqliteEventLog } from '#db/log/sqlite-log.ts'
import type { WriteDatabase } from '#db/sqlite/open-database.ts'

/** Brings everything of one copy of a workspace to another, as sync does. */
export function bringOver(
  from: { readonly database: WriteDatabase; readonly log: SqliteEventLog },
  to: { readonly log: SqliteEventLog },
): void {
  const chains = chainReader(from.database, from.log.streamIds)
  for (const { chain, replicaId } of chains.ends())
    to.log.receive({
      chains: [{ chain, replicaId }],
      events: chains.page(chain, 0, 10_000, 100_000_000).map((event) => ({ chain: 0, event })),
    })
}
