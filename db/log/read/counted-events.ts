import { type SQL, sql } from 'drizzle-orm'
import { type EventRegistry, eventRegistry } from '#core/event-registry.ts'
import { correctedTimes as correctedTable, events, repeatedEvents } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { statementCache } from '../../sqlite/statement-cache.ts'
import { correctedTimesOf } from '../rows/corrected-times.ts'
import { mayWait } from '../rows/event-columns.ts'
import { waitingOf } from '../rows/event-rows.ts'
import { ofCountedType } from '../rows/shown-types.ts'
import type { StreamIds } from '../rows/stream-ids.ts'

/** Events that count, at the same places of two columns: when they happened, and {@link markOf} what. */
export type CountedColumns = { readonly at: readonly number[]; readonly mark: readonly number[] }

/** Takes a mark apart: on which stream, of which type, and whether a rule did it. The last two together are `mark % typeRange`. */
export const markOf = (mark: number): { stream: number; type: number; automated: boolean } => ({
  stream: Math.floor(mark / typeRange),
  type: (mark % typeRange) >> 1,
  automated: mark % 2 === 1,
})
/** Types are numbered from 1, in hundreds at most; streams leave room for them below 2^53. */
export const typeRange = 1 << 16

/** The events that count as activity: what a feed shows, once each, and folded here; by when they happened, corrected times included. */
export type CountedEvents = {
  /** The streams with one from `from` (inclusive) to `to` (exclusive), as a query of a column `id`, each perhaps several times. */
  streams(from: number, to: number): SQL
  /** Whether a stream has one in that time. */
  isActive(stream: number, from: number, to: number): boolean
  /** All of these streams; in the order of time only of one whose times were not corrected. */
  ofStreams(streams: readonly number[]): CountedColumns
  /** All there are, in the order of time but for those whose time was corrected, which come last; a piece a step, so that whoever asks can let others go first. */
  pieces(): Generator<CountedColumns, void>
  /** SQLite's plans of the queries above, for tests. */
  plans(from: number, to: number): readonly (readonly string[])[]
}

/** As the index has it. */
const automated = sql.raw(`metadata GLOB '*"triggeredBy":"automation"*'`)
/** Events a piece: a few milliseconds. */
const pieceSize = 20_000
const before = Number.MIN_SAFE_INTEGER
const after = Number.MAX_SAFE_INTEGER

/** Reads them from the index `events_activity`, which holds all that is asked for, so that no event is looked at itself. */
export function countedEvents(
  database: ReadDatabase,
  streamIds: StreamIds,
  registry: EventRegistry = eventRegistry(),
): CountedEvents {
  const statements = statementCache(database)
  const times = correctedTimesOf(database)
  const held = sql`SELECT position, stream_id AS streamId, type_id AS typeId, schema_version AS schemaVersion, data, origin
    FROM ${events} WHERE ${mayWait} AND data IS NOT NULL`
  const newest = sql`SELECT max(position) AS position FROM ${events}`

  /** Positions of events whose payload is here and that still are in no fold. */
  function waiting(): readonly number[] {
    const rows = statements.all(held) as {
      position: number
      streamId: number
      typeId: number
      schemaVersion: number
      data: string
      origin: number
    }[]
    return rows.flatMap(({ position, streamId, typeId, schemaVersion, ...stored }) => {
      const kind = {
        streamType: streamIds.stream(streamId).type,
        type: streamIds.typeName(typeId),
        schemaVersion,
      }
      return waitingOf(kind, stored, registry) === undefined ? [] : [position]
    })
  }

  /** What does not count: told once for a statement, for it is seldom more than nothing. */
  function leftOut(): SQL {
    return sql`SELECT position FROM ${repeatedEvents}
      UNION ALL SELECT position FROM ${events} WHERE ${mayWait} AND data IS NULL
      UNION ALL SELECT value FROM json_each(${JSON.stringify(waiting())})`
  }

  const inTime = (column: SQL, from: number, to: number): SQL =>
    sql`${column} >= ${from} AND ${column} < ${to}`
  const ofEvent = sql.raw('events.occurred_at')
  const corrected = (from: number, to: number, without: SQL): SQL =>
    sql`FROM ${correctedTable} CROSS JOIN ${events} ON events.position = corrected_times.position
      WHERE ${inTime(sql.raw('corrected_times.at'), from, to)} AND ${ofCountedType} AND events.position NOT IN (${without})`
  /** Events at the times that were recorded with them, where those are theirs still. */
  const recorded = (index: string, which: SQL): SQL =>
    sql`FROM ${events} INDEXED BY ${sql.raw(index)} WHERE ${which} AND ${ofCountedType} AND position NOT IN (${leftOut()}
      UNION ALL SELECT position FROM ${correctedTable})`

  function streams(from: number, to: number): SQL {
    times.refresh()
    const asRecorded = sql`SELECT stream_id AS id ${recorded('events_activity', inTime(ofEvent, from, to))}`
    if (!times.any) return asRecorded
    return sql`${asRecorded} UNION ALL SELECT events.stream_id AS id ${corrected(from, to, leftOut())}`
  }

  const mark = sql`events.stream_id * ${sql.raw(String(typeRange))} + type_id * 2 + (${automated} IS TRUE) AS mark`
  const counted = (from: SQL): SQL => sql`SELECT occurred_at AS at, ${mark} ${from}`
  const moved = (from: SQL): SQL => sql`SELECT corrected_times.at AS at, ${mark} ${from}`

  /** Reads each column as one JSON array: many times quicker than a row at a time. */
  function read(from: SQL): CountedColumns {
    const columns = statements.get(
      sql`SELECT json_group_array(at) AS at, json_group_array(mark) AS mark FROM (${from})`,
    ) as Record<'at' | 'mark', string>
    return { at: JSON.parse(columns.at) as number[], mark: JSON.parse(columns.mark) as number[] }
  }

  const isActive = (stream: number, from: number, to: number): SQL =>
    sql`SELECT 1 ${recorded('events_feed_stream', sql`stream_id = ${stream} AND ${inTime(ofEvent, from, to)}`)} LIMIT 1`

  return {
    streams,
    isActive(stream, from, to) {
      times.refresh()
      if (statements.get(isActive(stream, from, to))) return true
      if (!times.any) return false
      const later = sql`SELECT 1 ${corrected(from, to, leftOut())} AND corrected_times.stream_id = ${stream} LIMIT 1`
      return statements.get(later) !== undefined
    },
    ofStreams(streams) {
      times.refresh()
      const list = JSON.stringify(streams)
      const own = read(
        counted(recorded('events_feed_stream', sql`stream_id IN (SELECT value FROM json_each(${list}))`)),
      )
      if (!times.any) return own
      const later = read(
        sql`${moved(corrected(before, after, leftOut()))} AND events.stream_id IN (SELECT value FROM json_each(${list}))`,
      )
      return { at: [...own.at, ...later.at], mark: [...own.mark, ...later.mark] }
    },
    *pieces() {
      times.refresh()
      const last = (statements.get(newest) as { position: number | null }).position ?? 0
      for (let from = before; from < after; ) {
        const next = statements.get(
          sql`SELECT occurred_at AS at FROM ${events} INDEXED BY events_feed WHERE occurred_at >= ${from} ORDER BY occurred_at LIMIT 1 OFFSET ${pieceSize}`,
        ) as { at: number } | undefined
        // As many as happened at one instant are one piece.
        const to = next === undefined ? after : Math.max(next.at, from + 1)
        const which = sql`${inTime(ofEvent, from, to)} AND position <= ${last}`
        yield read(counted(recorded('events_activity', which)))
        from = to
      }
      if (times.any)
        yield read(sql`${moved(corrected(before, after, leftOut()))} AND events.position <= ${last}`)
    },
    plans: (from, to) => [
      statements.plan(streams(from, to)),
      statements.plan(counted(recorded('events_activity', inTime(ofEvent, from, to)))),
      statements.plan(isActive(1, from, to)),
    ],
  }
}
