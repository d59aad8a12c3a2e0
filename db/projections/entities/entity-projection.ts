import { eq, inArray, sql } from 'drizzle-orm'
import type { EntityChange } from '#core/entities/entity-events.ts'
import { type EntityEvent, foldEntry } from '#core/entities/entity-state.ts'
import { isListedType } from '#core/entities/kinds/entities.ts'
import type { AnyStreamType, RecordedEvent } from '#core/events/event.ts'
import type { RuleChange } from '#core/rules/rule-events.ts'
import { entityTables } from '../../entity-tables.ts'
import { recordedAt } from '../../log/rows/recorded-at.ts'
import type { StreamEntry, StreamIds } from '../../log/rows/stream-ids.ts'
import { events, rules, supersededEvents } from '../../schema.ts'
import type { WriteDatabase } from '../../sqlite/open-database.ts'
import { conflictProjection } from '../conflicts/conflict-projection.ts'
import { eventTypeProjection, isAtHome } from './event-type-projection.ts'
import { propertyRows } from './property-rows.ts'
import { ruleRows } from './rule-rows.ts'
import { workspaceRows } from './workspace-rows.ts'

const p = sql.placeholder

/** Keeps the tables of labels, projects, members and rules, the types of events, their conflicts, and the workspace's own settings. Inside the append's transaction. */
export function entityProjection(
  database: WriteDatabase,
  streamIds: StreamIds,
): {
  apply(event: RecordedEvent): undefined
  /** Finds a stream's conflicts and what of it has no effect, in all its events in total order. */
  findConflicts(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined
  /** Makes what is kept of a stream again, from all its events in total order. */
  refold(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined
} {
  const { orm } = database
  const putProperties = propertyRows(database)
  const putRule = ruleRows(database)
  const ofWorkspace = workspaceRows(database)
  const conflictRows = conflictProjection(database, streamIds)
  const eventTypes = eventTypeProjection(database)
  const at = recordedAt(database)
  const putSuperseded = orm
    .insert(supersededEvents)
    .values({ position: p('position'), by: p('by') })
    .prepare()
  const dropSuperseded = orm
    .delete(supersededEvents)
    .where(
      inArray(
        supersededEvents.position,
        orm
          .select({ position: events.position })
          .from(events)
          .where(eq(events.streamId, p('stream'))),
      ),
    )
    .prepare()
  const counts = (type: AnyStreamType, id: string): boolean => type !== 'workspace' || ofWorkspace.counts(id)

  const projection = {
    apply(event: RecordedEvent): undefined {
      if (event.waiting || !counts(event.streamType, event.streamId)) return undefined
      const { id } = streamIds.ensure(event.streamId, event.streamType)
      if (putProperties(event.type, id, event.data)) return undefined
      const change = { type: event.type, data: event.data } as unknown
      switch (event.streamType) {
        case 'workspace':
          return ofWorkspace.apply(change as EntityChange)
        case 'rule':
          return putRule(change as RuleChange, id, event.recordedAt ?? event.occurredAt)
        case 'event_type':
          return eventTypes.apply(event)
        // A custom type has no table of its own.
        default:
          return undefined
      }
    },
    findConflicts(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined {
      const counted = counts(stream.type, stream.uuid) ? recorded.filter(isAtHome) : []
      const folded = foldEntry(counted as readonly unknown[] as readonly EntityEvent[])
      dropSuperseded.run({ stream: stream.id })
      for (const { eventId, by } of folded.superseded)
        putSuperseded.run({ position: at(eventId).position, by: at(by).position })
      return conflictRows.replace(stream.id, folded)
    },
    refold(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined {
      const { type, id, uuid } = stream
      const table = type === 'rule' ? rules : isListedType(type) ? entityTables[type] : undefined
      if (table) orm.delete(table).where(eq(table.id, id)).run()
      if (type === 'event_type') eventTypes.forget(uuid)
      if (type === 'workspace' && ofWorkspace.follows(uuid)) ofWorkspace.clear()
      for (const event of recorded) projection.apply(event)
      return projection.findConflicts(stream, recorded)
    },
  }
  return projection
}
