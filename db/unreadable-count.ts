import { eventRegistry } from '#core/event-registry.ts'
import { eventRows } from './event-rows.ts'
import { rebuiltSetting } from './issue-columns.ts'
import type { ReadDatabase } from './open-database.ts'
import { events } from './schema.ts'
import type { Surrogates } from './surrogates.ts'
import { mayWait } from './waiting-events.ts'

/** Counts the events whose payload is not here, or is not what it should be; looks again where the log changed. */
export function unreadableCount(database: ReadDatabase, names: Surrogates): () => number {
  const { toEvent } = eventRows(database, names, eventRegistry())
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
