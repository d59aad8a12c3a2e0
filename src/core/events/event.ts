import { type Entity, entities } from '../entities/kinds/entities.ts'
import type { EventId, Millis, Position, ReplicaId, StreamId } from '../values/ids.ts'

export const streamTypes = [
  'issue',
  ...entities.map((entity): Entity['type'] => entity.type),
  'rule',
  'view',
  'event_type',
] as const
export type StreamType = (typeof streamTypes)[number]
/** A kind of stream as an event names it: one of Docket's, or one that only a newer Docket knows. */
export type AnyStreamType = StreamType | (string & Record<never, never>)

/** What names types and kinds of streams, also those that nobody here knows: with nothing to escape, for hashes cover it as it is. */
export const eventName = /^[a-z][a-z0-9_]{0,59}$/

/**
 * Why an event is in its place and in no fold. `unknown`: of a type, a payload version or a kind of stream that only a newer Docket knows.
 * `unreadable`: its payload never came, or is not what its type's should be. Either ends by itself, once it is known or whole.
 */
export type Waiting = 'unknown' | 'unreadable'

export type TriggeredBy = 'manual' | 'automation' | 'import' | 'sync'
/** How an event came to be. Unknown fields of an import are kept under `source`. */
export type EventMetadata = {
  readonly triggeredBy: TriggeredBy
  readonly causationId?: string
  readonly correlationId?: string
  readonly [key: string]: unknown
}

/** An event that is not in the log yet: what a decision or an importer hands to `append`. */
export type NewEvent<Type extends string = string, Data = unknown> = {
  readonly id: string
  readonly type: Type
  readonly data: Data
  readonly actorId: string
  readonly metadata?: EventMetadata
  /** When it happened in the world; the log's clock where absent. */
  readonly occurredAt?: Millis
}

/** An event as the log holds it. `data` has been lifted to the type's current version; the stored bytes stay as they were. */
export type RecordedEvent<Type extends string = string, Data = unknown> = {
  readonly position: Position
  readonly id: EventId
  readonly streamType: AnyStreamType
  readonly streamId: StreamId
  readonly streamVersion: number
  readonly type: Type
  readonly schemaVersion: number
  readonly actorId: string
  readonly data: Data
  readonly metadata: EventMetadata
  readonly replicaId: ReplicaId
  readonly replicaSeq: number
  /** Hybrid logical clock: milliseconds × 1024 + counter. */
  readonly hlc: number
  /** When it happened, as far as is known now: as it was recorded, or as somebody corrected a clock that was wrong. */
  readonly occurredAt: Millis
  /** What was recorded, where that was corrected since. */
  readonly recordedAt?: Millis
  /** Lower-case hexadecimal SHA-256. */
  readonly hash: string
  /** True where another replica recorded the same event too and that came here first: folded and shown once. */
  readonly copy?: boolean
  /** Why nothing follows from it yet; `data` is then empty. */
  readonly waiting?: Waiting
}
