import { and, desc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { jumpQuery } from '../log/clock-jumps.ts'
import type { StreamRef } from '../log/event-log.ts'
import { correctedTimesOf } from '../log/rows/corrected-times.ts'
import type { EventRow } from '../log/rows/event-rows.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { ofShownType } from '../log/shown-types.ts'
import {
  aheadEvents,
  changedComments,
  correctedTimes as corrected,
  events,
  issues,
  labels,
  members,
  projects,
  supersededEvents,
} from '../schema.ts'
import { inList, listParameter } from '../sqlite/json-each.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

export type FeedQueryScope =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'issue'; readonly issueId: string }
  | { readonly kind: 'actor'; readonly memberId: string }

/** A place in a feed: just after the event at (`occurredAt`, `position`), newest first. */
export type FeedCursor = { readonly occurredAt: number; readonly position: number }

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
  readonly clockAheadMillis: number | null
  /** Where its chain's clock jumped here: above zero it was so far ahead of what came after, below it had gone back so far. */
  readonly clockJumpMillis: number | null
}

export type FeedQuery = {
  /** Newest first by (`occurredAt`, `position`); `before` continues after the last entry of the page before. */
  page(
    scope: FeedQueryScope,
    options: { readonly limit: number; readonly before?: FeedCursor | undefined },
  ): readonly FeedEntry[]
  /** SQLite's plan of a page, a line a step. */
  plan(scope: FeedQueryScope['kind']): readonly string[]
}

const p = sql.placeholder
const newest: FeedCursor = { occurredAt: Number.MAX_SAFE_INTEGER, position: Number.MAX_SAFE_INTEGER }
const keyset = sql`(${events.occurredAt}, ${events.position}) < (${p('occurredAt')}, ${p('position')})`
/** What a feed shows: what has no payload is no act of anybody's. */
const shown = sql`data IS NOT NULL AND ${ofShownType}
  AND NOT EXISTS (SELECT 1 FROM repeated_events WHERE repeated_events.position = events.position)`

/** Where payloads name other streams. */
const referenceFields = { memberId: 'member', labelId: 'label', target: 'issue' } as const
/** Those of `project_changed`; of other types' `from` and `to` none is a stream. */
const projectFields = { from: 'project', to: 'project' } as const

/** Pages of feeds by keyset, so that the thousandth page costs what the first does. */
export function feedQuery(
  database: ReadDatabase,
  streamIds: StreamIds,
  toEvent: (row: EventRow) => RecordedEvent,
): FeedQuery {
  const { orm } = database
  const times = correctedTimesOf(database)
  const pageOf = (of: SQL | undefined) =>
    orm
      .select()
      .from(events)
      .where(and(shown, of, keyset))
      .orderBy(desc(events.occurredAt), desc(events.position))
      .limit(p('limit'))
      .prepare()
  const unmovedOf = (of: SQL | undefined) =>
    orm
      .select()
      .from(events)
      .where(
        and(
          shown,
          of,
          keyset,
          sql`NOT EXISTS (SELECT 1 FROM corrected_times WHERE corrected_times.position = events.position)`,
        ),
      )
      .orderBy(desc(events.occurredAt), desc(events.position))
      .limit(p('limit'))
      .prepare()
  const movedOf = (of: SQL | undefined) =>
    orm
      .select(getTableColumns(events))
      .from(corrected)
      .innerJoin(events, eq(events.position, corrected.position))
      .where(
        and(
          shown,
          of,
          sql`(${corrected.at}, ${corrected.position}) < (${p('occurredAt')}, ${p('position')})`,
        ),
      )
      .orderBy(desc(corrected.at), desc(corrected.position))
      .limit(p('limit'))
      .prepare()
  const pages = {
    workspace: pageOf(undefined),
    issue: pageOf(eq(events.streamId, p('of'))),
    actor: pageOf(eq(events.actorId, p('of'))),
  }
  /** Where times were corrected, a page is merged of the events that were not moved and of those that were. */
  const merged = {
    workspace: [unmovedOf(undefined), movedOf(undefined)],
    issue: [unmovedOf(eq(events.streamId, p('of'))), movedOf(eq(corrected.streamId, p('of')))],
    actor: [unmovedOf(eq(events.actorId, p('of'))), movedOf(eq(corrected.actorId, p('of')))],
  } as const
  const issuesOf = orm
    .select({ id: issues.id, number: issues.number, title: issues.title })
    .from(issues)
    .where(inList(issues.id, 'ids'))
    .prepare()
  const labelsOf = orm
    .select({ id: labels.id, name: labels.name })
    .from(labels)
    .where(inList(labels.id, 'ids'))
    .prepare()
  const projectsOf = orm
    .select({ id: projects.id, name: projects.name })
    .from(projects)
    .where(inList(projects.id, 'ids'))
    .prepare()
  const membersOf = orm
    .select({ id: members.id, name: members.name })
    .from(members)
    .where(inList(members.id, 'ids'))
    .prepare()
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

  const jumps = jumpQuery(database)
  const aheadOf = orm.select().from(aheadEvents).where(inList(aheadEvents.position, 'positions')).prepare()

  function references(event: RecordedEvent): StreamRef[] {
    const data = event.data as Record<string, unknown>
    const fields = event.type === 'project_changed' ? projectFields : referenceFields
    return Object.entries(fields).flatMap(([field, type]) => {
      const id = data[field]
      return typeof id === 'string' ? [{ type, id }] : []
    })
  }

  function enter(recorded: readonly RecordedEvent[]): FeedEntry[] {
    const referenced = new Map<number, string>()
    for (const event of recorded) {
      for (const { type, id } of [{ type: event.streamType, id: event.streamId }, ...references(event)]) {
        const stream = streamIds.find(id, type)
        if (stream) referenced.set(stream.id, id)
      }
    }
    const ids = listParameter(referenced.keys())
    const issuesById = new Map(issuesOf.all({ ids }).map((row) => [referenced.get(row.id) as string, row]))
    const namesById = new Map(
      [...labelsOf.all({ ids }), ...projectsOf.all({ ids }), ...membersOf.all({ ids })].map((row) => [
        referenced.get(row.id) as string,
        { name: row.name },
      ]),
    )
    const positions = listParameter(recorded.map((event) => event.position))
    const changed = new Map(changedOf.all({ positions }).map((row) => [row.position, row]))
    const superseded = new Set(supersededOf.all({ positions }).map((row) => row.position))
    const ahead = new Map(aheadOf.all({ positions }).map((row) => [row.position as number, row.millis]))

    const jumped = new Map(
      jumps.of(recorded.map((event) => event.position)).map(({ position, millis }) => [position, millis]),
    )

    return recorded.map((event) => {
      const issue = event.streamType === 'issue' ? issuesById.get(event.streamId) : undefined
      const data = event.data as { commentId?: string; body?: string }
      const now = changed.get(event.position)
      const body = now?.data
        ? String((JSON.parse(now.data) as { body?: unknown }).body ?? '')
        : (data.body ?? '')
      return {
        event,
        issue: issue ? { id: event.streamId, number: issue.number, title: issue.title } : null,
        comment:
          event.type === 'commented' && !event.waiting
            ? {
                id: data.commentId ?? '',
                body: now?.deleted ? '' : body,
                editedAt: now?.editedAt ?? null,
                deleted: now?.deleted === 1,
                imported: now ? now.imported === 1 : event.metadata.triggeredBy === 'import',
              }
            : null,
        names: Object.fromEntries(
          references(event).flatMap(({ type, id }) => {
            const target = issuesById.get(id)
            const name =
              type === 'issue' ? target && { number: target.number, title: target.title } : namesById.get(id)
            return name ? [[id, name]] : []
          }),
        ),
        superseded: superseded.has(event.position),
        clockAheadMillis: ahead.get(event.position) ?? null,
        clockJumpMillis: jumped.get(event.position) ?? null,
      }
    })
  }

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

  return {
    plan(kind) {
      const text = pages[kind].getQuery().sql
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
        if (!times.any) return pages[scope.kind].all(asked).map(toEvent)
        const found = merged[scope.kind].flatMap((page) => page.all(asked)).map(toEvent)
        found.sort((a, b) => b.occurredAt - a.occurredAt || b.position - a.position)
        return found.slice(0, most)
      }
      return enter(readable(read, before, limit))
    },
  }
}
