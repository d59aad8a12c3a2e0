import { eventRegistry } from '#core/event-registry.ts'
import { mayWait } from '../log/rows/event-columns.ts'
import { eventRows } from '../log/rows/event-rows.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { events } from '../schema.ts'
import { rebuiltSetting } from '../setting-names.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

/** Counts the events whose payload is not here, or is not what it should be; looks again where the log changed. */
export function unreadableCount(database: ReadDatabase, streamIds: StreamIds): () => number {
  const { toEvent } = eventRows(database, streamIds, eventRegistry())
  const rows = database.orm.select().from(events).where(mayWait).prepare()
  const state = database.client
    .prepare(
      `SELECT (SELECT max(position) FROM events) || ' ' || coalesce((SELECT value FROM settings WHERE name = ?), '')`,
    )
    .pluck()
  let seen: unknown
  let count = 0
  return () => {
    const now = state.get(rebuiltSetting)
    if (now !== seen)
      count = rows
        .all()
        .map(toEvent)
        .filter(({ waiting }) => waiting === 'unreadable').length
    seen = now
    return count
  }
}
