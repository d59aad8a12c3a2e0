import { and, eq, sql } from 'drizzle-orm'
import type { EventKind, EventRegistry } from '#core/event-registry.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { type EventOrder, orderOf, totalOrder } from '#core/events/event-order.ts'
import { checkpoints, events, settings } from '../schema.ts'
import { rebuiltSetting } from '../setting-names.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { uuidBytes } from '../sqlite/uuid-bytes.ts'
import type { ArrivingEvent } from './rows/arriving-event.ts'
import { isHeld, mayWait } from './rows/event-columns.ts'
import { type EventRow, waitingOf } from './rows/event-rows.ts'
import { hashPayload, plainMetadata } from './rows/hash-chain.ts'
import { payloadProblem } from './rows/payload-problem.ts'
import type { StreamEntry, StreamIds } from './rows/stream-ids.ts'

/** The name in `settings` of what was known, as JSON, when what waits was last looked at; not there where nothing ever waited. */
export const knownSetting = 'fold.known'
/** The name in `settings` of the positions, as JSON, that search and activity have passed and are to look at again. */
export const againSetting = 'search.again'

/** What the log does once something counts that did not. */
export type Refolding = {
  /** Every event of a stream as it counts now. */
  readonly allOf: (stream: StreamEntry) => RecordedEvent[]
  /** Folds a stream again. @param before its events as they counted. @param earliest the first place that now counts otherwise */
  readonly refold: (stream: StreamEntry, before: readonly RecordedEvent[], earliest: EventOrder) => void
  /** Decides again which row of an event that several replicas recorded is shown. */
  readonly markRepeated: (eventId: string) => void
  readonly toEvent: (row: EventRow) => RecordedEvent
  readonly newId: () => string
}

/** Events that are in their place and in no fold: unknown to this Docket when they came, or here without a payload that can be read. */
export type WaitingEvents = {
  /** Notes what is known, so that an upgrade is noticed. Called where something is written that waits; inside the transaction. */
  began(): void
  /** Whether this Docket knows what waited so far: then {@link takeUp} has something to do. */
  isDue(): boolean
  /** Folds again what is known by now. Inside a transaction. */
  takeUp(): void
  /** Gives events the payloads that they came without, where those fit their hashes, and folds them. Inside a transaction. @returns how many. */
  makeWhole(list: readonly ArrivingEvent[]): number
}

const p = sql.placeholder

/** What was known once, from what {@link knownSetting} holds. */
function knowledge(lines: readonly string[]): (kind: EventKind) => boolean {
  const all = new Set(lines)
  const versions = new Map(
    lines.map((line) => {
      const [name = '', version] = line.split(' ')
      return [name, Number(version)] as const
    }),
  )
  return ({ streamType, type, schemaVersion }) =>
    all.has(`stream ${streamType}`) && schemaVersion <= (versions.get(type) ?? 0)
}

/** Follows what waits in a log. */
export function waitingEvents(
  database: WriteDatabase,
  streamIds: StreamIds,
  registry: EventRegistry,
  log: Refolding,
): WaitingEvents {
  const { orm, client } = database
  const known = JSON.stringify(registry.known)
  const settingNamed = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, p('name')))
    .prepare()
  const putSetting = orm
    .insert(settings)
    .values({ name: p('name'), value: p('value') })
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
    .prepare()
  const searched = orm
    .select({ position: checkpoints.position })
    .from(checkpoints)
    .where(eq(checkpoints.name, 'search'))
    .prepare()
  const mayWaitRows = orm.select().from(events).where(mayWait).prepare()
  const withoutPayload = client
    .prepare('SELECT 1 FROM events WHERE data IS NULL AND (origin > 3 OR data IS NULL) LIMIT 1')
    .pluck()
  const rowsOf = orm
    .select()
    .from(events)
    .where(and(eq(events.id, p('id')), sql`data IS NULL`))
    .prepare()
  const fill = client.prepare(
    'UPDATE events SET data = ?, metadata = ?, payload_hash = NULL WHERE position = ? AND data IS NULL',
  )

  const kindOf = (row: EventRow): EventKind => ({
    streamType: streamIds.stream(row.streamId).type,
    type: streamIds.typeName(row.typeId),
    schemaVersion: row.schemaVersion,
  })

  /** Folds again every stream of these rows, and tells all that follow the log by its end, where nothing happened. */
  function refoldStreams(
    rows: readonly EventRow[],
    before: (stream: StreamEntry, waited: ReadonlySet<number>) => readonly RecordedEvent[],
  ): void {
    for (const [id, ofStream] of Map.groupBy(rows, (row) => row.streamId)) {
      const stream = streamIds.stream(id)
      const recorded = ofStream.map(log.toEvent)
      const earliest = recorded.map(orderOf).sort(totalOrder)[0] as EventOrder
      log.refold(stream, before(stream, new Set(ofStream.map((row) => row.position))), earliest)
      for (const event of recorded) log.markRepeated(event.id)
    }
    const upTo = searched.get()?.position ?? 0
    const passed = rows.map((row) => row.position).filter((position) => position <= upTo)
    const waiting = JSON.parse(settingNamed.get({ name: againSetting })?.value ?? '[]') as number[]
    if (passed.length > 0)
      putSetting.run({ name: againSetting, value: JSON.stringify([...new Set([...waiting, ...passed])]) })
    putSetting.run({ name: rebuiltSetting, value: log.newId() })
  }

  /** What was known when it was last looked at what waits; `undefined` where nothing ever did. */
  function knewBefore(): readonly string[] | undefined {
    const text = settingNamed.get({ name: knownSetting })?.value
    return text === undefined || text === known ? undefined : (JSON.parse(text) as string[])
  }

  return {
    began() {
      if (!settingNamed.get({ name: knownSetting })) putSetting.run({ name: knownSetting, value: known })
    },
    // What a newer Docket folded here stays as that folded it, should an older one open the file once more.
    isDue: () => knewBefore()?.every((line) => isStillKnown(line, registry)) === true,
    takeUp() {
      const lines = knewBefore()
      if (!lines) return
      const knew = knowledge(lines)
      const rows = mayWaitRows
        .all()
        .filter((row) => row.data !== null && !knew(kindOf(row)) && registry.knows(kindOf(row)))
      if (rows.length > 0)
        refoldStreams(rows, (stream, waited) =>
          log
            .allOf(stream)
            .map((event) => (waited.has(event.position) ? { ...event, waiting: 'unknown' } : event)),
        )
      putSetting.run({ name: knownSetting, value: known })
    },
    makeWhole(list) {
      if (list.length === 0 || withoutPayload.get() === undefined) return 0
      const filled: EventRow[] = []
      const before = new Map<number, readonly RecordedEvent[]>()
      for (const event of list) {
        const { data, metadata = plainMetadata } = event
        if (data === undefined || payloadProblem(event, registry) !== undefined) continue
        const payloadHash = hashPayload(data, metadata)
        for (const row of rowsOf.all({ id: uuidBytes(event.id) })) {
          if (row.hash.toString('hex') !== event.hash || row.payloadHash?.toString('hex') !== payloadHash)
            continue
          const whole = {
            ...row,
            data,
            metadata: metadata === plainMetadata ? null : metadata,
            payloadHash: null,
          }
          // One that was let in before anything was held is read without being looked at: it has to fit now.
          const asHeld = { data, origin: isHeld(row.origin) ? row.origin : row.origin + 4 }
          if (!isHeld(row.origin) && waitingOf(kindOf(row), asHeld, registry) !== undefined) continue
          if (!before.has(row.streamId)) before.set(row.streamId, log.allOf(streamIds.stream(row.streamId)))
          fill.run(data, whole.metadata, row.position)
          filled.push(whole)
        }
      }
      if (filled.length > 0) refoldStreams(filled, (stream) => before.get(stream.id) ?? [])
      return filled.length
    },
  }
}

/** Whether a line of {@link EventRegistry.known} holds, or one of a later version of the same type. */
function isStillKnown(line: string, registry: EventRegistry): boolean {
  const [name = '', version = ''] = line.split(' ')
  if (name === 'stream') return registry.known.includes(line)
  return (registry.find(name)?.version ?? 0) >= Number(version)
}
