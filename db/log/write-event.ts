import { randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { EventMetadata, NewEvent, RecordedEvent } from '#core/events/event.ts'
import { hlcMillis, nextHlc } from '#core/events/event-order.ts'
import { factsOf } from '#core/events/shipped-facts.ts'
import type { Position } from '#core/values/ids.ts'
import { uuidBytes } from '../sqlite/uuid-bytes.ts'
import { type Head, type LogContext, versionOf } from './log-context.ts'
import { mostAhead } from './receive-events.ts'
import { held, originOf, origins } from './rows/event-columns.ts'
import { type EventRow, waitingOf } from './rows/event-rows.ts'
import { hashEvent, hashPayload, plainMetadata } from './rows/hash-chain.ts'
import type { StreamEntry } from './rows/stream-ids.ts'

/** The metadata of what somebody did by hand. */
export const manual: EventMetadata = { triggeredBy: 'manual' }

/** When an event happened, which may have been corrected before it came here. */
export function timeOf(context: LogContext, row: Pick<EventRow, 'chainId' | 'replicaSeq' | 'occurredAt'>) {
  const { times } = context
  const occurredAt = times.of(row.chainId, row.replicaSeq, row.occurredAt)
  return occurredAt === row.occurredAt ? { occurredAt } : { occurredAt, recordedAt: row.occurredAt }
}

/** Writes one event at the end of its stream and of this replica's chain. @returns `undefined` where its id is known already. */
export function writeEvent(
  context: LogContext,
  stream: StreamEntry,
  event: NewEvent,
  schemaVersion: number,
  origin: number,
  floor: number,
): RecordedEvent | undefined {
  const { registry, now, streamIds, jumps, projections, waits, state } = context
  const { insertEvent } = context.statements
  const { versions } = context.state
  const at = state.head as Head
  const plain = event.metadata ?? manual
  const metadata = state.salted ? { ...plain, salt: randomBytes(12).toString('base64url') } : plain
  const dataText = canonicalize(event.data) as string
  const metadataText = canonicalize(metadata) as string
  const wall = Math.floor(now())
  // A reading that a wrong clock took ahead is not gone on from: what comes next follows the wall again.
  const clock = nextHlc(hlcMillis(at.hlc) <= wall + mostAhead ? at.hlc : 0, wall)
  const hlc = Math.max(clock, floor + 1)
  // The hybrid clock orders, and nothing else.
  const occurredAt = Math.floor(event.occurredAt ?? wall)
  const replicaSeq = at.replicaSeq + 1
  const position = at.position + 1
  const streamVersion = versionOf(context, stream.id) + 1
  const hash = hashEvent(
    {
      actorId: event.actorId,
      hlc,
      id: event.id,
      occurredAt,
      replicaId: at.replicaId,
      replicaSeq,
      schemaVersion,
      streamId: stream.uuid,
      streamType: stream.type,
      type: event.type,
    },
    hashPayload(dataText, metadataText),
    at.hash,
  )
  const data = event.data as Record<string, unknown>
  const waiting =
    origin >= held
      ? waitingOf(
          { streamType: stream.type, type: event.type, schemaVersion },
          { data: dataText, origin },
          registry,
        )
      : undefined
  if (waiting) waits.began()
  const row = {
    position,
    id: uuidBytes(event.id),
    streamId: stream.id,
    streamVersion,
    typeId: streamIds.typeId(event.type),
    schemaVersion,
    actorId: streamIds.ensure(event.actorId, 'member').id,
    chainId: at.chainId,
    replicaSeq,
    hlc,
    occurredAt,
    origin,
    quiet: factsOf(event.type).feed === 'hidden' ? 1 : 0,
    hash: Buffer.from(hash, 'hex'),
    data: dataText,
    metadata: metadataText === plainMetadata ? null : metadataText,
    payloadHash: null,
    copy: 0,
  }
  if (insertEvent.run(row) === 0) return undefined
  projections.corrections.noted(row, event.type)
  at.position = position
  at.replicaSeq = replicaSeq
  // A stream that somebody's clock took days ahead keeps its order, and drags this clock nowhere.
  at.hlc = hlcMillis(hlc) <= wall + mostAhead ? hlc : clock
  at.hash = hash
  if (originOf(origin) !== origins.imported) {
    jumps.note({ chainId: at.chainId, position, at: occurredAt }, at.at)
    at.at = occurredAt
  }
  versions.set(stream.id, streamVersion)
  return {
    position: position as Position,
    id: event.id as RecordedEvent['id'],
    streamType: stream.type,
    streamId: stream.uuid as RecordedEvent['streamId'],
    streamVersion,
    type: event.type,
    schemaVersion,
    actorId: event.actorId,
    data: waiting ? {} : registry.lift(event.type, schemaVersion, data),
    metadata,
    replicaId: at.replicaId as RecordedEvent['replicaId'],
    replicaSeq,
    hlc,
    ...timeOf(context, row),
    hash,
    ...(waiting ? { waiting } : {}),
  }
}
