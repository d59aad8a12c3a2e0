import type { DeliveringInbox, Outcome } from '../contract/inbox.ts'
import type { WaitingDelivery } from '../store/deliveries/delivery-rows.ts'
import { attemptDeliveries } from './attempt-deliveries.ts'
import type { Circuit } from './circuit-breaker.ts'
import { pendingDeliveries } from './pending-deliveries.ts'
import type { TargetQueueContext, TargetQueueOptions } from './target-queue-context.ts'

/** The deliveries of one inbox to one target. */
export type TargetQueue = {
  readonly inbox: DeliveringInbox
  /** Starts what may start. @param hurry gathers no longer. @returns when it should be asked again, in milliseconds since 1970; `undefined` where nothing waits for a time. */
  pump(hurry?: boolean): number | undefined
  readonly underWay: number
  reset(): void
  /** Aborts what is under way and waits for it to end. */
  stop(): Promise<void>
}

/** Deliveries that are sent as one, at most. */
const togetherAtMost = 500

/** The queue of one target, each attempt at the target's own pace. */
export function targetQueue(options: TargetQueueOptions): TargetQueue {
  const queue = queueContext(options)
  return {
    inbox: options.inbox,
    pump: (hurry = false) => pump(queue, hurry),
    get underWay() {
      return queue.flights.size
    },
    reset() {
      queue.heldUntil = 0
      queue.pending.reset()
    },
    async stop() {
      queue.stopping.abort()
      await Promise.allSettled([...queue.flights])
    },
  }
}

function queueContext(options: TargetQueueOptions): TargetQueueContext {
  const { inbox, target, deliveryStore, now } = options
  const closedBefore = deliveryStore.closedMillis(inbox.name, target)
  const isBatchOwed = () => (deliveryStore.waiting(inbox.name, target, 0, 1)[0]?.batch ?? null) !== null
  return {
    ...options,
    pending: pendingDeliveries(deliveryStore, inbox.name, target, now),
    stopping: new AbortController(),
    flights: new Set(),
    heldUntil: 0,
    closedUntil: performance.now() + (closedBefore ?? 0),
    mayStartAt: 0,
    refusals: 0,
    joining: inbox.joins === true && (closedBefore !== undefined || isBatchOwed()),
  }
}

function pump(queue: TargetQueueContext, hurry: boolean): number | undefined {
  const { inbox, circuit, pace, pending } = queue
  if (queue.stopping.signal.aborted) return undefined
  const host = hostCircuitOf(queue)
  const rest = Math.max(
    circuit.restMillis(),
    host?.restMillis() ?? 0,
    queue.heldUntil - performance.now(),
    queue.closedUntil - performance.now(),
    queue.mayStartAt - performance.now(),
  )
  if (rest > 0) return queue.now() + rest
  const room = Math.min(circuit.room(), host?.room() ?? Number.POSITIVE_INFINITY)
  // Whatever is under way asks again when it ends.
  if (room === 0) return undefined
  if (inbox.handleTogether && (queue.joining || (inbox.gatherMillis?.(queue.context()) ?? 0) > 0))
    return pumpTogether(queue, hurry, host)
  for (const waiting of pending.take(pace.everyMillis > 0 ? 1 : room)) start(queue, [waiting], host)
  return pending.soonest()
}

/** All that waits for this target at once, when the first of it comes due; what was sent as one before first, and by itself. */
function pumpTogether(
  queue: TargetQueueContext,
  hurry: boolean,
  host: Circuit | undefined,
): number | undefined {
  const { inbox, target, deliveryStore } = queue
  if (queue.flights.size > 0) return undefined
  const waiting = deliveryStore.waiting(inbox.name, target, 0, togetherAtMost)
  const bound = waiting.find((each) => each.batch !== null)?.batch
  const batch = bound ? deliveryStore.waitingOfBatch(inbox.name, target, bound) : waiting
  if (batch.length === 0) return undefined
  const due = Math.min(...batch.map((each) => each.due))
  const gathering = !bound && batch.every((each) => each.attempts === 0)
  if (due > queue.now() && !(hurry && gathering)) return due
  start(queue, bound ? batch : deliveryStore.bind(batch), host, true)
  return undefined
}

/** Whether an outcome says anything of the receiver's health: an attempt reached it, or failed to. */
const isTried = (outcome: Outcome | undefined): outcome is Outcome =>
  outcome !== undefined && outcome.kind !== 'hold' && outcome.kind !== 'skip' && outcome.kind !== 'closed'

function start(
  queue: TargetQueueContext,
  waiting: readonly WaitingDelivery[],
  host: Circuit | undefined,
  together = false,
): void {
  const { inbox, target, flights } = queue
  queue.mayStartAt = performance.now() + queue.pace.everyMillis
  const end = queue.circuit.begin()
  const endAtHost = host?.begin()
  let outcome: Outcome | undefined
  const flight = attemptDeliveries(queue, waiting, together)
    .then((made) => {
      outcome = made
    })
    .catch((error) => console.error(`${inbox.name}: a delivery could not be settled:`, error))
    .finally(() => {
      end(isTried(outcome) ? outcome.kind === 'retry' : undefined)
      endAtHost?.(isTried(outcome) ? outcome.kind === 'retry' && !outcome.answered : undefined)
      flights.delete(flight)
      if (queue.joining && together && outcome?.kind !== 'retry' && outcome?.kind !== 'closed') {
        queue.joining = false
        queue.deliveryStore.opened(inbox.name, target)
        queue.pending.reset()
      }
      queue.onFree()
    })
  flights.add(flight)
}

function hostCircuitOf(queue: TargetQueueContext): Circuit | undefined {
  try {
    return queue.hostCircuit()
  } catch {
    // A secret that can't be read: the attempt itself says so.
    return undefined
  }
}
