import type { NewDelivery } from '../../contract/new-delivery.ts'
import type { CheckpointMove } from './delivery-rows.ts'
import type { DeliveryStoreContext } from './delivery-statements.ts'
import { enqueueDelivery, minuteMillis } from './enqueue-delivery.ts'

/** A batch of the log's events, and what inboxes make of it. */
export type EvaluatedBatch = {
  /** Inboxes that have now evaluated everything up to `to`. One that was moved meanwhile stays where it was moved to. */
  readonly positions: readonly CheckpointMove[]
  /** Evaluates the events, inside of the transaction: what has to be delivered, and how many each inbox was done with on the spot. */
  readonly evaluate: () => {
    readonly deliveries: readonly NewDelivery[]
    readonly doneInline: ReadonlyMap<string, number>
  }
}

/** What a batch of events led to, written down with the checkpoints. Belongs in one transaction. */
export function recordBatch(context: DeliveryStoreContext, { positions, evaluate }: EvaluatedBatch): void {
  const { statements } = context
  const at = context.now()
  const { deliveries, doneInline } = evaluate()
  for (const delivery of deliveries) enqueueDelivery(context, delivery, at)
  for (const [name, count] of doneInline) {
    statements.countDone.run(count, at, name)
    statements.countMinute.run(name, Math.floor(at / minuteMillis), count, 0, 0)
  }
  for (const move of positions) statements.moveCheckpoint.run(move)
}
