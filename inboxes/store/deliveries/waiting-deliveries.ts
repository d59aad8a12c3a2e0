import { uuidBytes } from '#db/sqlite/uuid-bytes.ts'
import { type WaitingDelivery, waitingDelivery } from './delivery-rows.ts'
import type { DeliveryStoreContext } from './delivery-statements.ts'

type Context = Pick<DeliveryStoreContext, 'statements'>

/** What waits for a target, written down after `afterId`, oldest first, due or not. */
export const waitingAfter = (
  { statements }: Context,
  inbox: string,
  target: string,
  afterId: number,
  limit: number,
): readonly WaitingDelivery[] =>
  statements.waitingAfter.all(inbox, target, afterId, limit).map(waitingDelivery)

/** What of one stream waits for a target, up to `upToId`, oldest first. */
export const waitingOfStream = (
  { statements }: Context,
  inbox: string,
  target: string,
  streamId: string,
  upToId: number,
  limit: number,
): readonly WaitingDelivery[] =>
  statements.waitingOfStream.all(inbox, target, uuidBytes(streamId), upToId, limit).map(waitingDelivery)

/** What waits and is bound to be sent as one. */
export const waitingOfBatch = (
  { statements }: Context,
  inbox: string,
  target: string,
  batch: string,
): readonly WaitingDelivery[] =>
  statements.waitingOfBatch.all(inbox, target, uuidBytes(batch)).map(waitingDelivery)

/** Targets that something waits for, by name. */
export function waitingTargets({ statements }: Context, inbox: string): readonly string[] {
  const found: string[] = []
  for (
    let target = statements.nextTarget.get(inbox, '');
    typeof target === 'string';
    target = statements.nextTarget.get(inbox, target)
  )
    found.push(target)
  return found
}

/** Deliveries bound to be sent as one, now and at every repeat. Belongs in one transaction. @returns them, bound. */
export function bindToBatch(
  { statements, now }: DeliveryStoreContext,
  deliveries: readonly WaitingDelivery[],
): readonly WaitingDelivery[] {
  const batch = deliveries[0]?.key
  if (batch === undefined) return deliveries
  const at = now()
  // Gathered long enough: whoever finds them after a crash sends them at once.
  for (const { id } of deliveries) statements.bindToBatch.run(uuidBytes(batch), at, at, id)
  return deliveries.map((each) => ({ ...each, batch }))
}
