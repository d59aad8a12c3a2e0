import type { RecordedEvent } from '#core/events/event.ts'
import type { DeliveringInbox, InboxContext, Pace } from '../contract/inbox.ts'
import type { DeliveryStore } from '../store/delivery-store.ts'
import type { Circuit } from './circuit-breaker.ts'
import type { OutcomeWriter } from './outcome-writer.ts'
import type { PendingDeliveries } from './pending-deliveries.ts'

/** What a target's queue needs of the runner. */
export type TargetQueueOptions = {
  readonly inbox: DeliveringInbox
  readonly target: string
  readonly pace: Pace
  /** The target's own. */
  readonly circuit: Circuit
  /** That of the host which the target has just now, shared with the host's other targets. */
  readonly hostCircuit: () => Circuit | undefined
  readonly deliveryStore: DeliveryStore
  readonly outcomes: OutcomeWriter
  readonly event: (id: string) => RecordedEvent | undefined
  /** Why an event is another's to tell of, or `undefined`. */
  readonly leftToAnother: (event: RecordedEvent) => string | undefined
  readonly context: () => InboxContext
  readonly now: () => number
  /** From 0 to below 1. */
  readonly random: () => number
  /** The receiver said that the target is gone for good. */
  readonly onGone: (why: string) => void
  /** Something changed: there may be more to do. */
  readonly onFree: () => void
}

/** A target's queue while it runs: what it was made with, and how the target stands. Instants are of the clock that only goes on. */
export type TargetQueueContext = TargetQueueOptions & {
  readonly pending: PendingDeliveries
  readonly stopping: AbortController
  /** Attempts under way. */
  readonly flights: Set<Promise<void>>
  /** Until when it waits for somebody to do something. */
  heldUntil: number
  /** Until when its receiver asked to be left alone. */
  closedUntil: number
  /** The soonest start of the next attempt that the pace allows. */
  mayStartAt: number
  /** How often in a row the receiver asked to be left alone without saying for how long. */
  refusals: number
  /** Whether what waits is sent as one: the target was closed, or such a message is still owed. */
  joining: boolean
}
