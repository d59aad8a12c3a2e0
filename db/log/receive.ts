import type { RecordedEvent } from '#core/events/event.ts'
import { type EventOrder, inTotalOrder, totalOrder } from '#core/events/event-order.ts'
import { commutes } from '#core/issue/evolve.ts'
import type { IssueEvent } from '#core/issue/issue-event.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import { aheadEvents } from '../schema.ts'
import { counts, type Head, headOf, type LogContext } from './log-context.ts'
import { type IssueBefore, issueBefore } from './read/issue-before.ts'
import { type Arrivals, type Received, receiveEvents } from './receive-events.ts'
import { correctTimes, refoldEntity } from './refold.ts'
import type { Chain } from './rows/chain-store.ts'
import type { StreamEntry } from './rows/stream-ids.ts'
import { dropSnapshots, snapshotIfDue } from './snapshots.ts'
import { transact } from './transact.ts'
import { placeOfEvent, writeArriving } from './write-arriving.ts'

/** Arriving events that are folded in one go; fewer streams than the store remembers. */
const receivedAtOnce = 1_000

type Pending = {
  readonly state: IssueState
  readonly before: IssueBefore
  readonly last: EventOrder | undefined
}

/** Whether a late event comes to the same at the end as in its place. */
function commutesWith(context: LogContext, state: IssueState, event: RecordedEvent): boolean {
  return commutes(
    state,
    event as unknown as IssueEvent,
    (id) => totalOrder(placeOfEvent(context, id), event) < 0,
  )
}

const isComment =
  (context: LogContext, state: IssueState) =>
  (event: RecordedEvent): boolean =>
    event.type === 'commented' && !event.copy && commutesWith(context, state, event)

/** Folds what arrived of an issue: at its end where that comes to the same, else from before the earliest of it. */
function foldArrived(
  context: LogContext,
  stream: StreamEntry,
  recorded: readonly RecordedEvent[],
  earliest: EventOrder,
  { state, before, last }: Pending,
): void {
  const { store, projections } = context
  const counting = recorded.filter(counts)
  // Of several, the later ones would have to be looked at with the earlier folded in.
  const [only] = counting
  const inPlace = counting.length === 1 && only && !only.copy && commutesWith(context, state, only)
  if (!last || totalOrder(last, earliest) < 0 || inPlace || counting.every(isComment(context, state))) {
    const inOrder = inTotalOrder(recorded)
    const after = store.advance(stream.uuid, inOrder)
    projections.issues.apply(before, after, inOrder.filter(counts))
  } else {
    dropSnapshots(context, stream, earliest)
    store.forget(stream.uuid)
    projections.issues.replace(state, store.now(stream.uuid))
  }
  snapshotIfDue(context, stream, store.now(stream.uuid))
}

function receiveNow(context: LogContext, arrivals: Arrivals): Omit<Received, 'position'> {
  const {
    registry,
    now,
    streamIds,
    store,
    book,
    chainsRead,
    jumps,
    waits,
    state,
    database: { orm },
  } = context
  const { versions } = context.state
  const at = state.head as Head
  const pending = new Map<string, Pending>()
  return receiveEvents(arrivals, {
    book,
    registry,
    now,
    write: (row) => writeArriving(context, row),
    placeOfEvent: (id) => placeOfEvent(context, id),
    hashAt: (chain: Chain, seq) => chainsRead.hashAt(chain.key, seq),
    beforeStream({ id, type }) {
      const isNew = streamIds.find(id, type) === undefined
      const stream = streamIds.ensure(id, type)
      if (isNew) versions.set(stream.id, 0)
      if (type !== 'issue') return
      if (isNew) store.begin(id)
      const state = store.now(id)
      pending.set(id, { state, before: issueBefore(state), last: store.last(id) })
    },
    afterStream({ id, type }, recorded, earliest) {
      const stream = streamIds.ensure(id, type)
      const before = type === 'issue' ? pending.get(id) : undefined
      if (before) foldArrived(context, stream, recorded, earliest, before)
      else refoldEntity(context, stream)
    },
    makeWhole: waits.makeWhole,
    ahead: (position, millis) =>
      void orm.insert(aheadEvents).values({ position, millis }).onConflictDoNothing().run(),
    observe: (hlc) => {
      at.hlc = Math.max(at.hlc, hlc)
    },
    jumps,
  })
}

/** Takes in what other replicas recorded. @throws ArrivalError, with nothing written. */
export function receive(context: LogContext, { chains, events }: Arrivals): Received {
  const { corrections } = context.projections
  return transact(context, () => {
    let [appended, skipped, madeWhole] = [0, 0, 0]
    for (let start = 0; start < events.length; start += receivedAtOnce) {
      const part = receiveNow(context, { chains, events: events.slice(start, start + receivedAtOnce) })
      appended += part.appended
      skipped += part.skipped
      madeWhole += part.madeWhole
    }
    // What arrived may be a correction, the chain that one is of, or the event that says who may.
    if (appended + madeWhole > 0 && corrections.any()) correctTimes(context)
    return { appended, skipped, madeWhole, position: headOf(context).position }
  })
}
