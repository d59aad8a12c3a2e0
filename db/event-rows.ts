import type { EventMetadata, RecordedEvent } from '#core/event.ts'
import type { EventRegistry } from '#core/event-registry.ts'
import type { EventId, Position, ReplicaId } from '#core/ids.ts'
import { correctedTimes } from './corrected-times.ts'
import { DamagedEventError, DamagedLogError } from './damaged-log.ts'
import type { ReadDatabase } from './open-database.ts'
import { chains, type events } from './schema.ts'
import type { Surrogates } from './surrogates.ts'
import { uuidText } from './uuid-bytes.ts'

export type EventRow = typeof events.$inferSelect

const manual: EventMetadata = Object.freeze({ triggeredBy: 'manual' })
const erasedData = Object.freeze({})

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
 * Turns stored rows into events: surrogates back to ids, payloads parsed and lifted to their type's current version.
 * @throws DamagedEventError from `toEvent` where the row's JSON is broken.
 */
export function eventRows(
  database: ReadDatabase,
  names: Surrogates,
  registry: EventRegistry,
  { corrected = true }: EventRowsOptions = {},
): { toEvent(row: EventRow): RecordedEvent } {
  const times = corrected ? correctedTimes(database) : undefined
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
      const stream = names.stream(row.streamId)
      const type = names.typeName(row.typeId)
      const erased = row.data === null
      const occurredAt = times ? times.of(row.chainId, row.replicaSeq, row.occurredAt) : row.occurredAt
      return {
        position: row.position as Position,
        id: uuidText(row.id) as EventId,
        streamType: stream.type,
        streamId: stream.uuid as RecordedEvent['streamId'],
        streamVersion: row.streamVersion,
        type,
        schemaVersion: row.schemaVersion,
        actorId: names.stream(row.actorId).uuid,
        data: erased ? erasedData : registry.lift(type, row.schemaVersion, parsed(row, row.data as string)),
        metadata: row.metadata === null ? manual : (parsed(row, row.metadata) as unknown as EventMetadata),
        replicaId: replicaOf(row.chainId),
        replicaSeq: row.replicaSeq,
        hlc: row.hlc,
        occurredAt,
        ...(occurredAt === row.occurredAt ? {} : { recordedAt: row.occurredAt }),
        hash: row.hash.toString('hex'),
        ...(erased ? { erased } : {}),
        ...(row.copy > 0 ? { copy: true } : {}),
      }
    },
  }
}
