import { and, asc, eq, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { attached } from '#core/issue/issue-events.ts'
import type { EventRow } from '../log/rows/event-rows.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { events, eventTypes } from '../schema.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

/** At most so many files of an issue are named. */
const most = 500

/** The events that attached files to an issue, in order of arrival. */
export function attachmentQuery(
  { orm }: ReadDatabase,
  streamIds: StreamIds,
  toEvent: (row: EventRow) => RecordedEvent,
): (issueId: string) => readonly RecordedEvent[] {
  const ofType = orm
    .select()
    .from(events)
    .where(
      and(
        eq(events.streamId, sql.placeholder('stream')),
        eq(
          events.typeId,
          sql`(SELECT ${eventTypes.id} FROM ${eventTypes} WHERE ${eventTypes.name} = ${attached.name})`,
        ),
        sql`copy = 0`,
      ),
    )
    .orderBy(asc(events.streamVersion))
    .limit(most)
    .prepare()
  return (issueId) => {
    const stream = streamIds.find(issueId, 'issue')
    return stream ? ofType.all({ stream: stream.id }).map(toEvent) : []
  }
}
