import type { NewDelivery } from '../../contract/new-delivery.ts'
import type { AttemptEnd } from './delivery-rows.ts'
import { deliveryState } from './delivery-state.ts'
import type { DeliveryStatements, DeliveryStoreContext } from './delivery-statements.ts'
import { enqueueDelivery, minuteMillis } from './enqueue-delivery.ts'

type Tally = { done: number; failed: number; dead: number }

const isDead = (end: AttemptEnd): boolean =>
  end.outcome === 'give_up' || (end.outcome === 'retry' && end.due === null)

function tally(ends: readonly AttemptEnd[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>()
  for (const end of ends) {
    const count = tallies.get(end.inbox) ?? { done: 0, failed: 0, dead: 0 }
    if (end.outcome === 'done') count.done += 1
    if (end.outcome === 'retry') count.failed += 1
    if (isDead(end)) count.dead += 1
    tallies.set(end.inbox, count)
  }
  return tallies
}

function endedState(outcome: AttemptEnd['outcome']): number {
  if (outcome === 'done') return deliveryState.done
  return outcome === 'skip' ? deliveryState.skipped : deliveryState.dead
}

function recordOutcome(statements: DeliveryStatements, end: AttemptEnd): void {
  const { id, attempt, at, millis, outcome, detail } = end
  if (outcome === 'hold') {
    statements.hold.run(detail, id)
    return
  }
  if (outcome === 'closed') {
    statements.postpone.run(attempt - 1, end.due, at, detail, id)
    return
  }
  if (outcome === 'retry' && end.due !== null) statements.postpone.run(attempt, end.due, at, detail, id)
  else statements.end.run(endedState(outcome), attempt, at, detail, id)
  // What worked at once needs no log of its own: its row says it all.
  if (outcome === 'retry' || outcome === 'give_up' || attempt > 1)
    statements.putAttempt.run(id, attempt, at - millis, millis, outcome, detail ?? '')
  if (outcome === 'retry' || outcome === 'give_up') statements.putError.run(at, end.target, detail, end.inbox)
}

/** How attempts ended, written down and counted by the minute. Belongs in one transaction. */
export function recordOutcomes({ statements, now }: DeliveryStoreContext, ends: readonly AttemptEnd[]): void {
  for (const end of ends) recordOutcome(statements, end)
  const at = now()
  for (const [inbox, { done, failed, dead }] of tally(ends)) {
    if (done > 0) statements.countDone.run(done, at, inbox)
    if (done + failed + dead > 0)
      statements.countMinute.run(inbox, Math.floor(at / minuteMillis), done, failed, dead)
  }
}

/** What came of evaluating an event again, written down with the word that it was evaluated. Belongs in one transaction. */
export function recordReevaluation(
  context: DeliveryStoreContext,
  reevaluate: () => { readonly deliveries: readonly NewDelivery[]; readonly end: AttemptEnd },
): void {
  const { deliveries, end } = reevaluate()
  for (const delivery of deliveries) enqueueDelivery(context, delivery, context.now())
  recordOutcomes(context, [end])
}
