import type { RecordedEvent } from '#core/events/event.ts'
import { correctedTimesOf } from '../log/rows/corrected-times.ts'
import type { EventRow } from '../log/rows/event-rows.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'
import { type FeedEntry, feedEntries } from './feed-entries.ts'
import { feedPages } from './feed-pages.ts'

export type FeedQueryScope =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'issue'; readonly issueId: string }
  | { readonly kind: 'actor'; readonly memberId: string }

/** A place in a feed: just after the event at (`occurredAt`, `position`), newest first. */
export type FeedCursor = { readonly occurredAt: number; readonly position: number }

export type FeedQuery = {
  /** Newest first by (`occurredAt`, `position`); `before` continues after the last entry of the page before. */
  page(
    scope: FeedQueryScope,
    options: { readonly limit: number; readonly before?: FeedCursor | undefined },
  ): readonly FeedEntry[]
  /** SQLite's plan of a page, a line a step. */
  plan(scope: FeedQueryScope['kind']): readonly string[]
}

const newest: FeedCursor = { occurredAt: Number.MAX_SAFE_INTEGER, position: Number.MAX_SAFE_INTEGER }

/** Reads on past what can't be read until there is a page of what can, or no more. */
function readable(
  read: (before: FeedCursor, limit: number) => readonly RecordedEvent[],
  from: FeedCursor,
  limit: number,
): RecordedEvent[] {
  const found: RecordedEvent[] = []
  for (let before = from; ; ) {
    const rows = read(before, limit)
    for (const event of rows) if (event.waiting !== 'unreadable' && found.length < limit) found.push(event)
    const last = rows.at(-1)
    if (found.length === limit || rows.length < limit || !last) return found
    before = { occurredAt: last.occurredAt, position: last.position }
  }
}

/** Pages of feeds by keyset, so that the thousandth page costs what the first does. */
export function feedQuery(
  database: ReadDatabase,
  streamIds: StreamIds,
  toEvent: (row: EventRow) => RecordedEvent,
): FeedQuery {
  const times = correctedTimesOf(database)
  const { plain, merged } = feedPages(database)
  const enter = feedEntries(database, streamIds)
  return {
    plan(kind) {
      const text = plain[kind].getQuery().sql
      const steps = database.client
        .prepare(`EXPLAIN QUERY PLAN ${text}`)
        .all(...Array.from(text.matchAll(/\?/g), () => 1)) as { detail: string }[]
      return steps.map((step) => step.detail)
    },
    page(scope, { limit, before = newest }) {
      times.refresh()
      const stream =
        scope.kind === 'workspace'
          ? undefined
          : scope.kind === 'issue'
            ? streamIds.find(scope.issueId, 'issue')
            : streamIds.find(scope.memberId, 'member')
      if (scope.kind !== 'workspace' && !stream) return []
      const read = (at: FeedCursor, most: number): readonly RecordedEvent[] => {
        const asked = { ...at, limit: most, ...(stream ? { of: stream.id } : {}) }
        if (!times.any) return plain[scope.kind].all(asked).map(toEvent)
        const found = merged[scope.kind].flatMap((page) => page.all(asked)).map(toEvent)
        found.sort((a, b) => b.occurredAt - a.occurredAt || b.position - a.position)
        return found.slice(0, most)
      }
      return enter(readable(read, before, limit))
    },
  }
}
