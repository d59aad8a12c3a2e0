import type { AnyStreamType } from '#core/events/event.ts'

/** An event of another replica as it arrives, with its payload or without: what the hash covers, and the hash. */
export type ArrivingEvent = {
  readonly id: string
  readonly streamType: AnyStreamType
  readonly streamId: string
  readonly type: string
  readonly schemaVersion: number
  readonly actorId: string
  readonly replicaSeq: number
  readonly hlc: number
  readonly occurredAt: number
  readonly hash: string
  /** Canonical JSON; absent where it did not come, or can't be read. */
  readonly data?: string | undefined
  readonly metadata?: string | undefined
  /** Of a payload that is not here. */
  readonly payloadHash?: string | undefined
  readonly imported?: true | undefined
}
