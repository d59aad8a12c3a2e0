import canonicalize from 'canonicalize'
import type { EventRegistry } from '#core/event-registry.ts'
import type { EventMetadata, NewEvent, RecordedEvent } from '#core/events/event.ts'
import { hlcMillis, nextHlc } from '#core/events/event-order.ts'
import { isPastTense } from '#core/events/past-tense.ts'
import type { NewId, Position } from '#core/values/ids.ts'
import {
  type Appended,
  ConcurrencyError,
  type EventLog,
  InvalidEventError,
  type StreamRef,
} from './event-log.ts'
import { genesis, hashEvent, hashPayload } from './rows/hash-chain.ts'

const manual: EventMetadata = { triggeredBy: 'manual' }

/** The log in memory, for specs and for trying something out: the same contract and the same chain as the one on SQLite. */
export function memoryEventLog(options: {
  readonly registry: EventRegistry
  readonly now: () => number
  readonly newId: NewId
}): EventLog {
  const { registry, now } = options
  const replicaId = options.newId() as RecordedEvent['replicaId']
  const all: RecordedEvent[] = []
  const isOf = ({ type, id }: StreamRef, event: RecordedEvent): boolean =>
    event.streamId === id && event.streamType === type
  const versionOf = (stream: StreamRef): number =>
    all.findLast((event) => isOf(stream, event))?.streamVersion ?? 0

  function check(event: NewEvent): number {
    const type = registry.find(event.type)
    if (!type)
      throw new InvalidEventError(
        isPastTense(event.type) ? `"${event.type}" is not registered` : `"${event.type}" is not past tense`,
      )
    if (!type.schema.safeParse(event.data).success)
      throw new InvalidEventError(`the payload of "${event.type}" is not of its shape`)
    return type.version
  }

  function write(stream: StreamRef, event: NewEvent, schemaVersion: number): RecordedEvent {
    const last = all.at(-1)
    const hlc = nextHlc(last?.hlc ?? 0, now())
    const metadata = event.metadata ?? manual
    const header = {
      actorId: event.actorId,
      hlc,
      id: event.id as RecordedEvent['id'],
      occurredAt: event.occurredAt ?? Math.floor(now()),
      replicaId,
      replicaSeq: all.length + 1,
      schemaVersion,
      streamId: stream.id as RecordedEvent['streamId'],
      streamType: stream.type,
      type: event.type,
    }
    const payloadHash = hashPayload(canonicalize(event.data) as string, canonicalize(metadata) as string)
    const recorded: RecordedEvent = {
      ...header,
      position: (all.length + 1) as Position,
      streamVersion: versionOf(stream) + 1,
      data: structuredClone(event.data),
      metadata,
      hash: hashEvent(header, payloadHash, last?.hash ?? genesis),
    }
    all.push(recorded)
    return recorded
  }

  function append(stream: StreamRef, list: readonly NewEvent[], expectedVersion?: number): Appended {
    const versions = list.map(check)
    const actual = versionOf(stream)
    if (expectedVersion !== undefined && expectedVersion !== actual)
      throw new ConcurrencyError(stream.id, expectedVersion, actual)
    const recorded: RecordedEvent[] = []
    list.forEach((event, index) => {
      if (!all.some((known) => known.id === event.id))
        recorded.push(write(stream, event, versions[index] as number))
    })
    return { position: all.length as Position, streamVersion: versionOf(stream), events: recorded }
  }

  return {
    append: (stream, list, { expectedVersion } = {}) => append(stream, list, expectedVersion),
    record(stream, event, { throttle }) {
      check(event)
      const last = all.findLast(
        (known) => isOf(stream, known) && known.actorId === event.actorId && known.type === event.type,
      )
      return last && Math.abs(now() - hlcMillis(last.hlc)) < throttle ? undefined : append(stream, [event])
    },
    readStream: (stream, { fromVersion = 1, limit = Number.POSITIVE_INFINITY } = {}) =>
      all.filter((event) => isOf(stream, event) && event.streamVersion >= fromVersion).slice(0, limit),
    readAll: (after, limit = 100) => all.slice(after, after + limit),
    position: () => all.length as Position,
    streamVersion: versionOf,
  }
}
