import { eq, ne } from 'drizzle-orm'
import type { RecordedEvent, StreamType } from '#core/events/event.ts'
import { type EventOrder, inTotalOrder } from '#core/events/event-order.ts'
import { initialIssue } from '#core/issue/issue-state.ts'
import { streams } from '../schema.ts'
import { rebuiltSetting } from '../setting-names.ts'
import { type LogContext, workflowNow } from './log-context.ts'
import { foldRecorded } from './read/issue-cache.ts'
import type { StreamEntry } from './rows/stream-ids.ts'
import { dropSnapshots, snapshotIfDue } from './snapshots.ts'

/** Events that get their corrected times along with what corrects them: so many are a matter of a moment. */
const correctedInOne = 50

/** Every event of a stream. */
export const allOf = ({ statements, toEvent }: LogContext, stream: StreamEntry): RecordedEvent[] =>
  statements.streamPage.all({ stream: stream.id, from: 1, limit: -1 }).map(toEvent)

/** Folds a stream again of which events that were here already count otherwise. @param was its events as they counted before. */
export function refold(
  context: LogContext,
  stream: StreamEntry,
  was: readonly RecordedEvent[],
  earliest: EventOrder,
): void {
  const { store, projections } = context
  if (stream.type !== 'issue') {
    refoldEntity(context, stream)
    return
  }
  dropSnapshots(context, stream, earliest)
  store.forget(stream.uuid)
  projections.issues.replace(
    foldRecorded(initialIssue(stream.uuid), inTotalOrder(was)),
    store.now(stream.uuid),
  )
  snapshotIfDue(context, stream, store.now(stream.uuid))
}

/** Makes what is kept of a stream that is no issue again. */
export function refoldEntity(context: LogContext, stream: StreamEntry): void {
  const { projections, state } = context
  state.directoryVersion += 1
  projections.entities.refold(stream, inTotalOrder(allOf(context, stream)))
  const changed = workflowNow(context)
  if (JSON.stringify(changed) === JSON.stringify(state.workflow)) return
  state.workflow = changed
  projections.issues.workflowChanged(state.workflow)
}

/** Finds the conflicts of a stream that is no issue. */
export function findConflicts(context: LogContext, stream: StreamEntry): void {
  const { projections } = context
  projections.entities.findConflicts(stream, inTotalOrder(allOf(context, stream)))
}

/** Looks through everything of one kind, or of any that is no issue. */
export function findConflictsIn(context: LogContext, type?: StreamType): void {
  const {
    streamIds,
    database: { orm },
  } = context
  const found = type === undefined ? ne(streams.type, 'issue') : eq(streams.type, type)
  for (const { id } of orm.select({ id: streams.id }).from(streams).where(found).all())
    findConflicts(context, streamIds.stream(id))
}

/** Works out what corrections are good for, and brings the first events to it; the others follow in pieces: {@link correctNext}. */
export function correctTimes(context: LogContext): void {
  const { times, projections, state } = context
  projections.corrections.workOut()
  if (projections.corrections.pending()) correctNext(context, correctedInOne)
  else state.seenTimes = times.version
}

/** Brings the next events to their corrected times, and whatever was made of them. */
export function correctNext(context: LogContext, limit: number): void {
  const { newId, streamIds, store, times, projections, state } = context
  const { keepSetting, dropAllSnapshots } = context.statements
  const { snapshotted } = context.state
  for (const id of projections.corrections.step(limit)) {
    const stream = streamIds.stream(id)
    if (stream.type !== 'issue') {
      refoldEntity(context, stream)
      continue
    }
    dropAllSnapshots.run({ stream: id })
    snapshotted.delete(id)
    store.forget(stream.uuid)
    const issue = store.now(stream.uuid)
    projections.issues.retime(issue)
    snapshotIfDue(context, stream, issue)
  }
  state.seenTimes = times.version
  // Rows differ by now of which no event tells.
  if (!projections.corrections.pending()) keepSetting.run({ name: rebuiltSetting, value: newId() })
}
