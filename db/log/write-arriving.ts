import type { EventMetadata, RecordedEvent } from '#core/events/event.ts'
import { type EventOrder, orderOf } from '#core/events/event-order.ts'
import { mayRepeat } from '#core/events/repeated-event.ts'
import { factsOf } from '#core/events/shipped-facts.ts'
import type { Position } from '#core/values/ids.ts'
import { uuidBytes } from '../sqlite/uuid-bytes.ts'
import { type Head, type LogContext, versionOf } from './log-context.ts'
import { ArrivalError, type ArrivingRow } from './receive-events.ts'
import type { ArrivingEvent } from './rows/arriving-event.ts'
import { originOf, origins } from './rows/event-columns.ts'
import { waitingOf } from './rows/event-rows.ts'
import { plainMetadata } from './rows/hash-chain.ts'
import { manual, timeOf } from './write-event.ts'

/** The place of an event in the order, by id. @throws Error for one that is not here. */
export function placeOfEvent(context: LogContext, id: string): EventOrder {
  const { database, toEvent } = context
  const { eventById } = context.statements
  const row = eventById.get({ id: uuidBytes(id) })
  if (!row) throw new Error(`no event ${id} in ${database.file}`)
  return orderOf(toEvent(row))
}

/** Whether a rule recorded it, by its stored texts; `undefined` where they were erased. */
const isAutomated = (data: string | null | undefined, metadata: string | null | undefined) =>
  data == null ? undefined : JSON.parse(metadata ?? plainMetadata).triggeredBy === 'automation'

/** What takes the place of an event that is here is not let in, whatever server hands it out. @throws ArrivalError */
function refuseReplacing(context: LogContext, event: ArrivingEvent): void {
  const { streamIds } = context
  const { eventById } = context.statements
  const row = eventById.get({ id: uuidBytes(event.id) })
  if (!row) return
  const { uuid: streamId, type: streamType } = streamIds.stream(row.streamId)
  const known = { streamType, streamId, type: streamIds.typeName(row.typeId) }
  const imported = originOf(row.origin) === origins.imported
  const again = { ...event, imported: event.imported === true }
  if (
    !mayRepeat(
      event.id,
      { ...known, imported, automated: isAutomated(row.data, row.metadata) },
      { ...again, automated: isAutomated(event.data, event.metadata) },
    )
  )
    throw new ArrivalError('invalid_event', `event ${event.id} has the id of another event`, event.id)
}

/** Writes an event of another replica at the end of the log. @throws ArrivalError where it has the id of another event. */
export function writeArriving(
  context: LogContext,
  { event, chain, origin }: ArrivingRow,
): {
  recorded: RecordedEvent
  copy: boolean
} {
  const { registry, streamIds, projections, waits, state } = context
  const { insertEvent } = context.statements
  const { versions } = context.state
  const at = state.head as Head
  const stream = streamIds.ensure(event.streamId, event.streamType)
  const position = at.position + 1
  const streamVersion = versionOf(context, stream.id) + 1
  const metadata = event.metadata === plainMetadata ? undefined : event.metadata
  const row = {
    position,
    id: uuidBytes(event.id),
    streamId: stream.id,
    streamVersion,
    typeId: streamIds.typeId(event.type),
    schemaVersion: event.schemaVersion,
    actorId: streamIds.ensure(event.actorId, 'member').id,
    chainId: chain.id,
    replicaSeq: event.replicaSeq,
    hlc: event.hlc,
    occurredAt: event.occurredAt,
    origin,
    quiet: factsOf(event.type).feed === 'hidden' ? 1 : 0,
    hash: Buffer.from(event.hash, 'hex'),
    data: event.data ?? null,
    metadata: metadata ?? null,
    payloadHash: event.data === undefined ? Buffer.from(event.payloadHash ?? '', 'hex') : null,
    copy: 0,
  }
  let copies = 0
  while (insertEvent.run({ ...row, copy: copies }) === 0) {
    if (copies === 0) refuseReplacing(context, event)
    copies += 1
  }
  const copy = copies > 0
  projections.corrections.noted({ ...row, occurredAt: event.occurredAt }, event.type)
  if (copy) projections.repeated.mark(event.id)
  at.position = position
  versions.set(stream.id, streamVersion)
  const waiting = waitingOf(event, { data: event.data ?? null, origin }, registry)
  if (waiting) waits.began()
  const recorded: RecordedEvent = {
    position: position as Position,
    id: event.id as RecordedEvent['id'],
    streamType: stream.type,
    streamId: stream.uuid as RecordedEvent['streamId'],
    streamVersion,
    type: event.type,
    schemaVersion: event.schemaVersion,
    actorId: event.actorId,
    data: waiting ? {} : registry.lift(event.type, event.schemaVersion, JSON.parse(event.data as string)),
    metadata: metadata === undefined ? manual : (JSON.parse(metadata) as EventMetadata),
    replicaId: chain.replicaId as RecordedEvent['replicaId'],
    replicaSeq: event.replicaSeq,
    hlc: event.hlc,
    ...timeOf(context, row),
    hash: event.hash,
    ...(waiting ? { waiting } : {}),
    ...(copy ? { copy } : {}),
  }
  return { recorded, copy }
}
