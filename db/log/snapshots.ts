import { type EventOrder, totalOrder } from '#core/events/event-order.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import { type LogContext, versionOf } from './log-context.ts'
import type { StreamEntry } from './rows/stream-ids.ts'

/** A stream gets a snapshot once it has this many events after the last, or a tenth of its length where that is more. */
const snapshotEvery = 50

/** Keeps the state of an issue where its last snapshot is long ago. */
export function snapshotIfDue(context: LogContext, stream: StreamEntry, state: IssueState): void {
  const { store } = context
  const { snapshotVersion, newestOf, putSnapshot } = context.statements
  const { snapshotted } = context.state
  const version = versionOf(context, stream.id)
  if (version < snapshotEvery) return
  let last = snapshotted.get(stream.id)
  if (last === undefined) {
    last = snapshotVersion.get({ stream: stream.id })?.version ?? 0
    snapshotted.set(stream.id, last)
  }
  if (version - last < Math.max(snapshotEvery, version / 10)) return
  putSnapshot.run({
    stream: stream.id,
    version,
    newest: newestOf.get({ stream: stream.id })?.at ?? 0,
    place: JSON.stringify(store.last(stream.uuid)),
    state: JSON.stringify(state),
  })
  snapshotted.set(stream.id, version)
}

/** Makes snapshots void that something belongs before which arrived after them. */
export function dropSnapshots(context: LogContext, stream: StreamEntry, from: EventOrder): void {
  const { snapshotsOf, dropSnapshot } = context.statements
  const { snapshotted } = context.state
  for (const { version, place } of snapshotsOf.all({ stream: stream.id }))
    if (totalOrder(JSON.parse(place) as EventOrder, from) >= 0)
      dropSnapshot.run({ stream: stream.id, version })
  snapshotted.delete(stream.id)
}
