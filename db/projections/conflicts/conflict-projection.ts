import { and, eq, sql } from 'drizzle-orm'
import type { Conflict, ConflictState } from '#core/conflicts/conflict.ts'
import { recordedAt } from '../../log/rows/recorded-at.ts'
import type { StreamIds } from '../../log/rows/stream-ids.ts'
import { conflicts } from '../../schema.ts'
import type { WriteDatabase } from '../../sqlite/open-database.ts'

/** Keeps the table of conflicts, whatever they are of. `stream` is the stream's surrogate. Inside the append's transaction. */
export type ConflictProjection = {
  enter(stream: number, conflict: Conflict, settled: ConflictState['settled']): undefined
  /** Brings along what was decided about one, where anything was. */
  settle(stream: number, key: string, settled: ConflictState['settled']): undefined
  remove(stream: number, key: string): undefined
  /** Brings all of a stream from whatever is there to what was folded. */
  replace(stream: number, folded: Pick<ConflictState, 'conflicts' | 'settled'>): undefined
}

const p = sql.placeholder

export function conflictProjection(database: WriteDatabase, streamIds: StreamIds): ConflictProjection {
  const { orm } = database
  const at = recordedAt(database)
  const insertConflict = orm
    .insert(conflicts)
    .values({
      streamId: p('stream'),
      key: p('key'),
      field: p('field'),
      of: p('of'),
      lost: p('lost'),
      won: p('won'),
      at: p('at'),
    })
    .onConflictDoNothing()
    .prepare()
  const settleConflict = orm
    .update(conflicts)
    .set({
      settled: sql`${p('how')}`,
      settledBy: sql`${p('by')}`,
      settledAt: sql`${p('at')}`,
    })
    .where(and(eq(conflicts.streamId, p('stream')), eq(conflicts.key, p('key'))))
    .prepare()
  const deleteConflict = orm
    .delete(conflicts)
    .where(and(eq(conflicts.streamId, p('stream')), eq(conflicts.key, p('key'))))
    .prepare()
  const deleteAll = orm
    .delete(conflicts)
    .where(eq(conflicts.streamId, p('stream')))
    .prepare()

  const conflictRows: ConflictProjection = {
    enter(stream, { id: key, field, of, lost, won }, settled) {
      const [loser, winner] = [at(lost), at(won)]
      insertConflict.run({
        stream,
        key,
        field,
        of: of ?? null,
        lost: loser.position,
        won: winner.position,
        at: Math.max(loser.at, winner.at),
      })
      return conflictRows.settle(stream, key, settled)
    },
    settle(stream, key, settled) {
      const decision = settled[key]
      if (!decision) return undefined
      const by = streamIds.ensure(decision.by, 'member').id
      settleConflict.run({ stream, key, how: decision.how, by, at: decision.at })
      return undefined
    },
    remove(stream, key) {
      deleteConflict.run({ stream, key })
      return undefined
    },
    replace(stream, folded) {
      deleteAll.run({ stream })
      for (const conflict of folded.conflicts) conflictRows.enter(stream, conflict, folded.settled)
      return undefined
    },
  }
  return conflictRows
}
