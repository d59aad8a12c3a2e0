import type { AnyStreamType, NewEvent, RecordedEvent } from '#core/events/event.ts'
import type { Position } from '#core/values/ids.ts'

export type StreamRef = { readonly type: AnyStreamType; readonly id: string }

export type AppendOptions = {
  /** The stream's version that the decision was made on; 0 for a new stream. Left out: no check. */
  readonly expectedVersion?: number
}

export type Appended = {
  /** Of the last event appended; the log's last position where none was. */
  readonly position: Position
  /** The stream's version after. */
  readonly streamVersion: number
  readonly events: readonly RecordedEvent[]
}

/** Somebody else appended first; nothing was written. */
export class ConcurrencyError extends Error {
  readonly code = 'concurrency'
  readonly streamId: string
  readonly expectedVersion: number
  readonly actualVersion: number
  constructor(streamId: string, expectedVersion: number, actualVersion: number) {
    super(
      `expected version ${expectedVersion} of stream ${streamId}, but it is at ${actualVersion}; nothing was written`,
    )
    this.name = 'ConcurrencyError'
    this.streamId = streamId
    this.expectedVersion = expectedVersion
    this.actualVersion = actualVersion
  }
}

/** The event can not be taken as it is (unknown or present-tense type, wrong payload); nothing was written. */
export class InvalidEventError extends Error {
  readonly code = 'invalid_event'
  constructor(message: string) {
    super(message)
    this.name = 'InvalidEventError'
  }
}

/** Reading the log; what everybody may do. */
export type EventReader = {
  /** A stream's events by version, from `fromVersion` (default 1) on. */
  readStream(
    stream: StreamRef,
    options?: { readonly fromVersion?: number; readonly limit?: number },
  ): readonly RecordedEvent[]
  /** Events with a position above `after`, in order of position; at most `limit` (default 100). */
  readAll(after: Position, limit?: number): readonly RecordedEvent[]
  /** The last position; 0 while the log is empty. */
  position(): Position
  /** The version of a stream: how many events it has on this replica; 0 where there is none. */
  streamVersion(stream: StreamRef): number
}

/** The log: the one place that events are added to. All events of one call are written, or none. */
export type EventLog = EventReader & {
  /**
   * Adds events to the end of a stream, with the inline projections, in one transaction.
   * An event whose id is in the log already is not written again.
   * @throws ConcurrencyError where the stream is not at `expectedVersion`. @throws InvalidEventError for a bad event.
   */
  append(stream: StreamRef, events: readonly NewEvent[], options?: AppendOptions): Appended
  /**
   * Like `append` of one event, but drops it where the same actor recorded the same type on the same stream less than
   * `throttle` milliseconds before; the check and the write are one transaction.
   * @returns `undefined` where it was dropped.
   */
  record(stream: StreamRef, event: NewEvent, options: { readonly throttle: number }): Appended | undefined
}
