import { eq, gt, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { totalOrder } from '#core/events/event-order.ts'
import type { EventRow } from '../log/rows/event-rows.ts'
import { events, repeatedEvents } from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { uuidBytes, uuidText } from '../sqlite/uuid-bytes.ts'

/** Keeps which rows of an event that several replicas recorded are not shown. */
export type RepeatedProjection = {
  /** Decides anew for one event, by id. */
  mark(id: string): undefined
  /** Decides anew for all. */
  markAll(): undefined
}

export function repeatedProjection(
  database: WriteDatabase,
  toEvent: (row: EventRow) => RecordedEvent,
): RepeatedProjection {
  const { orm } = database
  const rowsOf = orm
    .select()
    .from(events)
    .where(eq(events.id, sql.placeholder('id')))
    .prepare()

  function mark(id: string): undefined {
    const [first, ...rest] = rowsOf
      .all({ id: uuidBytes(id) })
      .map(toEvent)
      // One that waits is folded nowhere, and hides none that is.
      .sort((a, b) => Number(a.waiting !== undefined) - Number(b.waiting !== undefined) || totalOrder(a, b))
    if (!first) return undefined
    orm.delete(repeatedEvents).where(eq(repeatedEvents.position, first.position)).run()
    for (const { position } of rest)
      orm.insert(repeatedEvents).values({ position }).onConflictDoNothing().run()
    return undefined
  }

  return {
    mark,
    markAll() {
      orm.delete(repeatedEvents).run()
      const copied = orm.selectDistinct({ id: events.id }).from(events).where(gt(events.copy, 0)).all()
      for (const { id } of copied) mark(uuidText(id))
      return undefined
    },
  }
}
