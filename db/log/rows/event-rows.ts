import type { EventKind, EventRegistry } from '#core/event-registry.ts'
import type { EventMetadata, RecordedEvent, Waiting } from '#core/events/event.ts'
import type { EventId, Position, ReplicaId } from '#core/values/ids.ts'
import { jsonObject } from '#core/values/json-depth.ts'
import { chains, type events } from '../../schema.ts'
import { DamagedEventError, DamagedLogError } from '../../sqlite/damaged-log.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { uuidText } from '../../sqlite/uuid-bytes.ts'
import { correctedTimesOf } from './corrected-times.ts'
import { isHeld } from './event-columns.ts'
import type { StreamIds } from './stream-ids.ts'

export type EventRow = typeof events.$inferSelect

const manual: EventMetadata = Object.freeze({ triggeredBy: 'manual' })
const nothingYet = Object.freeze({})

/** What is stored of an event beside its header, as far as it says whether anything follows from it. */
export type StoredPayload = Pick<EventRow, 'data' | 'origin'>

/**
 * Why nothing follows from a stored event yet; `undefined` where it is folded like any other. What was held when it came is looked at whole each
 * time: it may be known by now, and then still not be what its type's should be.
 */
export function waitingOf(
  kind: EventKind,
  { data, origin }: StoredPayload,
  registry: EventRegistry,
): Waiting | undefined {
  if (data === null) return 'unreadable'
  if (!registry.knows(kind)) return 'unknown'
  return isHeld(origin) && !registry.fits(kind, jsonObject(data)) ? 'unreadable' : undefined
}

function parsed(row: EventRow, text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch (error) {
    throw new DamagedEventError(uuidText(row.id), row.position, error)
  }
}

export type EventRowsOptions = {
  /** Whether events happened when corrections of wrong clocks say, or when they were recorded to. */
  readonly corrected?: boolean
}

/**
 * Turns stored rows into events: surrogates back to ids, payloads parsed and lifted to their type's current version; of what waits, none.
 * @throws DamagedEventError from `toEvent` where the row's JSON is broken.
 */
export function eventRows(
  database: ReadDatabase,
  streamIds: StreamIds,
  registry: EventRegistry,
  { corrected = true }: EventRowsOptions = {},
): { toEvent(row: EventRow): RecordedEvent } {
  const times = corrected ? correctedTimesOf(database) : undefined
  const replicas = new Map<number, ReplicaId>()
  const allChains = database.orm.select({ id: chains.id, replica: chains.replica }).from(chains).prepare()

  function replicaOf(chainId: number): ReplicaId {
    if (!replicas.has(chainId))
      for (const chain of allChains.all()) replicas.set(chain.id, uuidText(chain.replica) as ReplicaId)
    const replica = replicas.get(chainId)
    if (!replica) throw new DamagedLogError(`chain ${chainId} is missing`)
    return replica
  }

  return {
    toEvent(row) {
      const stream = streamIds.stream(row.streamId)
      const type = streamIds.typeName(row.typeId)
      const { schemaVersion } = row
      const waiting = waitingOf({ streamType: stream.type, type, schemaVersion }, row, registry)
      const occurredAt = times ? times.of(row.chainId, row.replicaSeq, row.occurredAt) : row.occurredAt
      return {
        position: row.position as Position,
        id: uuidText(row.id) as EventId,
        streamType: stream.type,
        streamId: stream.uuid as RecordedEvent['streamId'],
        streamVersion: row.streamVersion,
        type,
        schemaVersion,
        actorId: streamIds.stream(row.actorId).uuid,
        data: waiting ? nothingYet : registry.lift(type, schemaVersion, parsed(row, row.data as string)),
        metadata: row.metadata === null ? manual : (parsed(row, row.metadata) as unknown as EventMetadata),
        replicaId: replicaOf(row.chainId),
        replicaSeq: row.replicaSeq,
        hlc: row.hlc,
        occurredAt,
        ...(occurredAt === row.occurredAt ? {} : { recordedAt: row.occurredAt }),
        hash: row.hash.toString('hex'),
        ...(waiting ? { waiting } : {}),
        ...(row.copy > 0 ? { copy: true } : {}),
      }
    },
  }
}
