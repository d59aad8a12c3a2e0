import { eq, sql } from 'drizzle-orm'
import { listedEntities } from '#core/entities/kinds/entities.ts'
import type { RecordedEvent, StreamType } from '#core/events/event.ts'
import { isShipped } from '#core/events/shipped-facts.ts'
import type { Field } from '#core/issue/fields/field.ts'
import { fieldOfEvent } from '#core/issue/fields/fields.ts'
import { tablesOfEntities } from '../entity-tables.ts'
import { jumpQuery } from '../log/clock-jumps.ts'
import type { StreamRef } from '../log/event-log.ts'
import { registeredTypes } from '../log/read/registered-types.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { aheadEvents, changedComments, events, issues, supersededEvents } from '../schema.ts'
import { inList, listParameter } from '../sqlite/json-each.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

/** An event as a feed shows it. */
export type FeedEntry = {
  readonly event: RecordedEvent
  readonly issue: { readonly id: string; readonly number: number | null; readonly title: string } | null
  readonly comment: {
    readonly id: string
    readonly body: string
    readonly editedAt: number | null
    readonly deleted: boolean
    /** Whether an import brought the body as it is. */
    readonly imported: boolean
  } | null
  /** Names of the members, labels, projects and issues in the payload, by id; an issue's is its number and title. */
  readonly names: Readonly<
    Record<string, { readonly name: string } | { readonly number: number | null; readonly title: string }>
  >
  readonly superseded: boolean
  /** What the workspace says of an event of its own type, with its placeholders. */
  readonly sentence?: string | undefined
  readonly clockAheadMillis: number | null
  /** Where its chain's clock jumped here: above zero it was so far ahead of what came after, below it had gone back so far. */
  readonly clockJumpMillis: number | null
}

/** Where payloads name other streams. */
const references: readonly (readonly [property: string, type: StreamType])[] = [
  ...listedEntities.map(({ idProperty, type }) => [idProperty, type] as const),
  ['target', 'issue'],
]

/** The streams that an event names: in a change of a reference what it was and is, in any other by what its properties are called. */
function referencesIn(event: RecordedEvent): StreamRef[] {
  const data = event.data as Record<string, unknown>
  const field: Field | undefined = fieldOfEvent(event.type)
  const { kind } = field ?? {}
  const named =
    kind?.operand === 'reference'
      ? (['from', 'to'] as const).map((side) => [side, kind.to] as const)
      : references
  return named.flatMap(([property, type]) => {
    const id = data[property]
    return typeof id === 'string' ? [{ type, id }] : []
  })
}

/** The statements that say what the events of a page name and what became of them. */
function entryQueries(database: ReadDatabase) {
  const { orm } = database
  const issuesOf = orm
    .select({ id: issues.id, number: issues.number, title: issues.title })
    .from(issues)
    .where(inList(issues.id, 'ids'))
    .prepare()
  const entitiesOf = tablesOfEntities.map(({ table }) =>
    orm.select({ id: table.id, name: table.name }).from(table).where(inList(table.id, 'ids')).prepare(),
  )
  const changedOf = orm
    .select({
      position: changedComments.position,
      editedAt: changedComments.editedAt,
      deleted: changedComments.deleted,
      data: events.data,
      imported: sql<number>`coalesce(json_extract(${events.metadata}, '$.triggeredBy') = 'import', 0)`,
    })
    .from(changedComments)
    .innerJoin(events, eq(events.position, changedComments.bodyPosition))
    .where(inList(changedComments.position, 'positions'))
    .prepare()
  const supersededOf = orm
    .select({ position: supersededEvents.position })
    .from(supersededEvents)
    .where(inList(supersededEvents.position, 'positions'))
    .prepare()

  const aheadOf = orm.select().from(aheadEvents).where(inList(aheadEvents.position, 'positions')).prepare()
  return {
    issuesOf,
    entitiesOf,
    changedOf,
    supersededOf,
    aheadOf,
    jumps: jumpQuery(database),
    eventTypes: registeredTypes(database),
  }
}
type EntryQueries = ReturnType<typeof entryQueries>

/** What the events of one page name and what became of them, read for all of the page at once. */
function readBeside(queries: EntryQueries, streamIds: StreamIds, recorded: readonly RecordedEvent[]) {
  const referenced = new Map<number, string>()
  for (const event of recorded) {
    for (const { type, id } of [{ type: event.streamType, id: event.streamId }, ...referencesIn(event)]) {
      const stream = streamIds.find(id, type)
      if (stream) referenced.set(stream.id, id)
    }
  }
  const ids = listParameter(referenced.keys())
  const positions = listParameter(recorded.map((event) => event.position))
  const { issuesOf, entitiesOf, changedOf, supersededOf, aheadOf, jumps } = queries
  return {
    eventTypes: queries.eventTypes,
    issues: new Map(issuesOf.all({ ids }).map((row) => [referenced.get(row.id) as string, row])),
    names: new Map(
      entitiesOf.flatMap((statement) =>
        statement.all({ ids }).map((row) => [referenced.get(row.id) as string, { name: row.name }] as const),
      ),
    ),
    changed: new Map(changedOf.all({ positions }).map((row) => [row.position, row])),
    superseded: new Set(supersededOf.all({ positions }).map((row) => row.position)),
    ahead: new Map(aheadOf.all({ positions }).map((row) => [row.position as number, row.millis])),
    jumped: new Map(
      jumps.of(recorded.map((event) => event.position)).map(({ position, millis }) => [position, millis]),
    ),
  }
}
type Beside = ReturnType<typeof readBeside>

/** A comment as it is now; `null` of what is none. */
function commentOf(event: RecordedEvent, changed: Beside['changed']): FeedEntry['comment'] {
  if (event.type !== 'commented' || event.waiting) return null
  const data = event.data as { commentId?: string; body?: string }
  const now = changed.get(event.position)
  const body = now?.data ? String((JSON.parse(now.data) as { body?: unknown }).body ?? '') : (data.body ?? '')
  return {
    id: data.commentId ?? '',
    body: now?.deleted ? '' : body,
    editedAt: now?.editedAt ?? null,
    deleted: now?.deleted === 1,
    imported: now ? now.imported === 1 : event.metadata.triggeredBy === 'import',
  }
}

function entryOf(event: RecordedEvent, beside: Beside): FeedEntry {
  const issue = event.streamType === 'issue' ? beside.issues.get(event.streamId) : undefined
  return {
    event,
    issue: issue ? { id: event.streamId, number: issue.number, title: issue.title } : null,
    comment: commentOf(event, beside.changed),
    names: Object.fromEntries(
      referencesIn(event).flatMap(({ type, id }) => {
        const target = beside.issues.get(id)
        const name =
          type === 'issue' ? target && { number: target.number, title: target.title } : beside.names.get(id)
        return name ? [[id, name]] : []
      }),
    ),
    superseded: beside.superseded.has(event.position),
    sentence: isShipped(event.type) ? undefined : beside.eventTypes().get(event.type)?.sentence,
    clockAheadMillis: beside.ahead.get(event.position) ?? null,
    clockJumpMillis: beside.jumped.get(event.position) ?? null,
  }
}

/** The events of a page as a feed shows them, in the order given: each with its issue, its comment as it is now, and the names in its payload. */
export function feedEntries(
  database: ReadDatabase,
  streamIds: StreamIds,
): (recorded: readonly RecordedEvent[]) => FeedEntry[] {
  const queries = entryQueries(database)
  return (recorded) => {
    const beside = readBeside(queries, streamIds, recorded)
    return recorded.map((event) => entryOf(event, beside))
  }
}
