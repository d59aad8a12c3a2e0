import type { DeliveryStoreContext } from './delivery-statements.ts'
import { minuteMillis } from './enqueue-delivery.ts'

/** Waits made as long as they were meant to be after the clock was set back, not longer. @returns how many were changed. */
export function pullBackDueTimes({ statements, now }: DeliveryStoreContext): number {
  const at = now()
  return statements.pullBack.run(at, at, at).changes
}

/** What ended before an instant, forgotten a few thousand rows at a time. Dead letters and what waits are kept. Belongs in one transaction. */
export function forgetEnded({ statements }: DeliveryStoreContext, before: number): void {
  statements.forgetAttempts.run(before)
  statements.forgetDeliveries.run(before)
  statements.forgetMinutes.run(Math.floor(before / minuteMillis))
}
