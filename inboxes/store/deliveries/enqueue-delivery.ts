import { uuidBytes } from '#db/sqlite/uuid-bytes.ts'
import type { NewDelivery } from '../../contract/new-delivery.ts'
import { deliveryState } from './delivery-state.ts'
import type { DeliveryStoreContext } from './delivery-statements.ts'
import { idempotencyKey } from './idempotency-key.ts'

/** The length of what `minutes` counts by, in milliseconds. */
export const minuteMillis = 60_000

/** A delivery, written down to be made, or as a dead letter from the start. @returns false where its key is known: it is passed over. */
export function enqueueDelivery(
  { statements }: DeliveryStoreContext,
  delivery: NewDelivery,
  at: number,
): boolean {
  const { changes } = statements.putDelivery.run({
    inbox: delivery.inbox,
    target: delivery.target,
    stream: uuidBytes(delivery.streamId),
    eventId: uuidBytes(delivery.eventId),
    position: delivery.position,
    key: delivery.key
      ? uuidBytes(delivery.key)
      : idempotencyKey(delivery.eventId, delivery.inbox, delivery.target),
    state: delivery.dead === undefined ? deliveryState.waiting : deliveryState.dead,
    due: at + (delivery.gatherMillis ?? 0),
    now: at,
    ended: delivery.dead === undefined ? null : at,
    dead: delivery.dead ?? null,
    evaluation: delivery.dead === undefined ? 0 : 1,
  })
  if (delivery.dead !== undefined) {
    statements.putError.run(at, delivery.target, delivery.dead, delivery.inbox)
    statements.countMinute.run(delivery.inbox, Math.floor(at / minuteMillis), 0, 0, 1)
  }
  return changes > 0
}

/** Whether a delivery with that key was written down. */
export const isDeliveryKnown = ({ statements }: DeliveryStoreContext, key: string): boolean =>
  statements.isKeyKnown.get(uuidBytes(key)) !== undefined
