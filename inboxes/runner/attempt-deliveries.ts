import type { RecordedEvent } from '#core/events/event.ts'
import type { Delivery, Outcome } from '../contract/inbox.ts'
import { backoff } from '../shared/backoff.ts'
import type { WaitingDelivery } from '../store/deliveries/delivery-rows.ts'
import { attemptEnd } from './attempt-end.ts'
import { runAttempt } from './run-attempt.ts'
import type { TargetQueueContext } from './target-queue-context.ts'

/** How long a target that waits for somebody is left alone, in milliseconds, unless settings change before. */
const holdMillis = 60_000

/** An attempt at deliveries of a queue that count as one. @returns how it ended, `undefined` where none was made. */
export async function attemptDeliveries(
  queue: TargetQueueContext,
  waiting: readonly WaitingDelivery[],
  together: boolean,
): Promise<Outcome | undefined> {
  const there = await withEvents(queue, waiting)
  if (there.length === 0) return undefined
  const started = performance.now()
  const outcome = await runAttempt(
    queue,
    there.map(({ each, event }) => deliveryOf(each, event)),
    together,
  )
  const tried = there.map(({ each }) => each)
  if (queue.stopping.signal.aborted) {
    // Cut off by the worker's end: no attempt was made that counts.
    for (const each of tried) queue.pending.postponed(each, queue.now() + 1_000)
    return undefined
  }
  if (outcome.kind === 'hold') queue.heldUntil = performance.now() + holdMillis
  closeAsAsked(queue, outcome)
  if (outcome.kind === 'give_up' && outcome.gone) queue.onGone(outcome.why)
  await recordOutcome(queue, tried, outcome, performance.now() - started)
  return outcome
}

const deliveryOf = (
  { key, target, attempts, createdAt, batch }: WaitingDelivery,
  event: RecordedEvent,
): Delivery => ({
  key,
  target,
  event,
  attempt: attempts + 1,
  createdAt,
  ...(batch === null ? {} : { batch }),
})

/** Ends deliveries of events that nobody is to hear of from here. @returns the others, with their events. */
async function withEvents(queue: TargetQueueContext, waiting: readonly WaitingDelivery[]) {
  const there: { readonly each: WaitingDelivery; readonly event: RecordedEvent }[] = []
  for (const each of waiting) {
    const event = queue.event(each.eventId)
    const why =
      !event || event.waiting ? 'What it would have told can’t be read here' : queue.leftToAnother(event)
    if (event && why === undefined) there.push({ each, event })
    else await recordOutcome(queue, [each], { kind: 'skip', why: why ?? '' }, 0)
  }
  return there
}

async function recordOutcome(
  queue: TargetQueueContext,
  waiting: readonly WaitingDelivery[],
  outcome: Outcome,
  millis: number,
): Promise<void> {
  const { pending, outcomes, now } = queue
  // Drawn once: what is sent as one comes due as one.
  const luck = queue.random()
  await Promise.all(
    waiting.map(async (each) => {
      const end = attemptEnd(queue, each, outcome, millis, luck)
      await outcomes.add(end)
      if (end.outcome === 'hold') pending.postponed(each, now())
      else if (end.outcome === 'closed') pending.postponed(each, end.due)
      else if (end.outcome === 'retry' && end.due !== null) pending.postponed(each, end.due)
      else pending.finished(each)
    }),
  )
}

/** Leaves the whole target alone for as long as its receiver asked, over a restart too. */
function closeAsAsked(queue: TargetQueueContext, outcome: Outcome): void {
  const { inbox, target, pace } = queue
  if (outcome.kind !== 'closed' && outcome.kind !== 'retry') {
    queue.refusals = 0
    return
  }
  if (outcome.kind === 'retry' && outcome.afterMillis === undefined) return
  queue.refusals += outcome.afterMillis === undefined ? 1 : 0
  // Where it named no time, longer each time; with jitter, for others were told the same.
  const asked = outcome.afterMillis ?? backoff(queue.refusals, pace, () => 0.5 + queue.random() / 2)
  const millis = Math.max(pace.firstBackoffMillis, asked)
  queue.closedUntil = Math.max(queue.closedUntil, performance.now() + millis)
  if (inbox.joins) queue.joining = true
  queue.deliveryStore.close(inbox.name, target, millis, outcome.why)
}
