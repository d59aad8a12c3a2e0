import type { NewEvent, RecordedEvent } from '#core/events/event.ts'
import { hlcMillis } from '#core/events/event-order.ts'
import { isPastTense } from '#core/events/past-tense.ts'
import { ownTypeVersion } from '#core/events/shipped-facts.ts'
import { isInstant } from '#core/time/instant.ts'
import { ownersNoted, timesCorrected } from '#core/time/time-events.ts'
import type { Position } from '#core/values/ids.ts'
import {
  type Appended,
  type AppendOptions,
  ConcurrencyError,
  InvalidEventError,
  type StreamRef,
} from './event-log.ts'
import { counts, type Head, type LogContext, versionOf, workflowNow } from './log-context.ts'
import { issueBefore } from './read/issue-before.ts'
import { correctTimes, findConflicts } from './refold.ts'
import { held, origins } from './rows/event-columns.ts'
import type { StreamEntry } from './rows/stream-ids.ts'
import { snapshotIfDue } from './snapshots.ts'
import { transact } from './transact.ts'
import { writeEvent } from './write-event.ts'

/** The last reading of a clock on a stream: an event that follows what its author saw must come after it in the total order. */
function lastHlcOf(context: LogContext, stream: StreamEntry): number {
  const { store } = context
  const { highestHlc } = context.statements
  if (stream.type === 'issue') return store.last(stream.uuid)?.hlc ?? 0
  return versionOf(context, stream.id) === 0 ? 0 : (highestHlc.get({ stream: stream.id })?.hlc ?? 0)
}

function projectEvents(context: LogContext, stream: StreamEntry, recorded: readonly RecordedEvent[]): void {
  const { store, projections, state } = context
  if (recorded.length === 0) return
  if (stream.type !== 'issue') {
    state.directoryVersion += 1
    for (const event of recorded) {
      projections.entities.apply(event)
      if (event.type === 'workflow_changed') {
        state.workflow = workflowNow(context)
        projections.issues.workflowChanged(state.workflow)
      }
    }
    // What was just made is in conflict with nothing.
    if (versionOf(context, stream.id) > 1) findConflicts(context, stream)
    return
  }
  const after = store.advance(stream.uuid, recorded)
  snapshotIfDue(context, stream, after)
}

/** Writes and projects events of one stream; a known id is passed over. */
export function putEvents(
  context: LogContext,
  ref: StreamRef,
  list: readonly NewEvent[],
  versionOfPayload: (event: NewEvent) => number,
  origin: number,
): RecordedEvent[] {
  const { registry, streamIds, store, projections } = context
  const { versions } = context.state
  const isNew = streamIds.find(ref.id, ref.type) === undefined
  const stream = streamIds.ensure(ref.id, ref.type)
  if (isNew) {
    versions.set(stream.id, 0)
    if (stream.type === 'issue') store.begin(stream.uuid)
  }
  const before = stream.type === 'issue' ? issueBefore(store.now(stream.uuid)) : undefined
  const recorded: RecordedEvent[] = []
  let floor = isNew ? 0 : lastHlcOf(context, stream)
  for (const event of list) {
    const schemaVersion = versionOfPayload(event)
    const waits = !registry.knows({ streamType: ref.type, type: event.type, schemaVersion })
    const written = writeEvent(context, stream, event, schemaVersion, waits ? origin + held : origin, floor)
    if (!written) continue
    recorded.push(written)
    floor = Math.max(floor, written.hlc)
  }
  if (recorded.length === 0) return recorded
  projectEvents(context, stream, recorded)
  if (before) projections.issues.apply(before, store.now(stream.uuid), recorded.filter(counts))
  if (
    recorded.some(({ type }) => type === timesCorrected.name) ||
    (recorded.some(({ type }) => type === ownersNoted.name) && projections.corrections.any())
  )
    correctTimes(context)
  return recorded
}

/** What no history may hold, wherever it comes from. */
export function checkPlace(
  context: LogContext,
  { type, id }: StreamRef,
  event: NewEvent,
  schemaVersion = 1,
): void {
  const { registry } = context
  const known = registry.knows({ streamType: type, type: event.type, schemaVersion })
  if (known && !registry.belongs(event.type, type))
    throw new InvalidEventError(`"${event.type}" can not happen to a ${type} (${id})`)
  if (event.occurredAt !== undefined && !isInstant(event.occurredAt))
    throw new InvalidEventError(
      `event ${event.id} says that it happened at ${event.occurredAt}, which is no instant of the years 1 to 9999`,
    )
}

/** Whether an event is of a type that somebody registered. */
const isOwn = ({ eventTypes }: LogContext, event: NewEvent): boolean => eventTypes().has(event.type)

/** What an event must be to be recorded here. @throws InvalidEventError */
function checkEvent(context: LogContext, stream: StreamRef, event: NewEvent): void {
  const { registry } = context
  checkPlace(context, stream, event)
  const type = registry.find(event.type)
  // What its data may be was decided with its schema.
  if (!type && isOwn(context, event) && stream.type === 'issue') return
  if (!type) {
    throw new InvalidEventError(
      isPastTense(event.type)
        ? `"${event.type}" is not a registered event type`
        : `"${event.type}" is not past tense: an event says what happened, like "status_changed"`,
    )
  }
  const parsed = type.schema.safeParse(event.data)
  if (!parsed.success)
    throw new InvalidEventError(
      `the payload of "${event.type}" is not of its shape: ${parsed.error.issues[0]?.message}`,
    )
}

/** The version of a payload of today. */
export const currentVersion = (context: LogContext, event: NewEvent): number =>
  context.registry.find(event.type)?.version ?? (isOwn(context, event) ? ownTypeVersion : 1)

function appendNow(
  context: LogContext,
  ref: StreamRef,
  list: readonly NewEvent[],
  expectedVersion: number | undefined,
): Appended {
  const { streamIds, state } = context
  if (expectedVersion !== undefined) {
    const known = streamIds.find(ref.id, ref.type)
    const actual = known ? versionOf(context, known.id) : 0
    if (actual !== expectedVersion) throw new ConcurrencyError(ref.id, expectedVersion, actual)
  }
  const recorded = putEvents(context, ref, list, (event) => currentVersion(context, event), origins.recorded)
  return {
    position: (state.head as Head).position as Position,
    streamVersion: versionOf(context, streamIds.ensure(ref.id, ref.type).id),
    events: recorded,
  }
}

/** Appends events to a stream. @throws InvalidEventError, or ConcurrencyError where the stream is of another version. */
export function append(
  context: LogContext,
  stream: StreamRef,
  list: readonly NewEvent[],
  { expectedVersion }: AppendOptions = {},
): Appended {
  for (const event of list) checkEvent(context, stream, event)
  return transact(context, () => appendNow(context, stream, list, expectedVersion))
}

/** Appends one event, but not twice within `throttle` milliseconds by the same actor. */
export function record(
  context: LogContext,
  ref: StreamRef,
  event: NewEvent,
  throttle: number,
): Appended | undefined {
  const { streamIds, statements, now } = context
  checkEvent(context, ref, event)
  return transact(context, () => {
    const stream = streamIds.find(ref.id, ref.type)
    const actor = stream && streamIds.find(event.actorId, 'member')
    const last =
      actor &&
      statements.lastOfActor.get({ stream: stream.id, actor: actor.id, type: streamIds.typeId(event.type) })
    // One from far ahead, by a clock that was wrong, holds nothing up.
    if (last && Math.abs(now() - hlcMillis(last.hlc)) < throttle) return undefined
    return appendNow(context, ref, [event], undefined)
  })
}
