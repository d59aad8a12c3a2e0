import { and, eq, sql } from 'drizzle-orm'
import { events } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { uuidBytes } from '../../sqlite/uuid-bytes.ts'
import { correctedTimesOf } from './corrected-times.ts'

/** Looks up where an event came to this replica, and when it happened. The answer throws where there is none of that id. */
export function recordedAt(database: ReadDatabase): (id: string) => { position: number; at: number } {
  const times = correctedTimesOf(database)
  const positionOf = database.orm
    .select({
      position: events.position,
      at: events.occurredAt,
      chain: events.chainId,
      seq: events.replicaSeq,
    })
    .from(events)
    .where(and(eq(events.id, sql.placeholder('id')), sql`copy = 0`))
    .prepare()
  return (id) => {
    const row = positionOf.get({ id: uuidBytes(id) })
    if (!row) throw new Error(`no event ${id} in ${database.file}`)
    return { position: row.position, at: times.of(row.chain, row.seq, row.at) }
  }
}
