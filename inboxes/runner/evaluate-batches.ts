import type { Scope } from '../contract/inbox.ts'
import type { NewDelivery } from '../contract/new-delivery.ts'
import type { ArrivedEvent } from '../log/log-reader.ts'
import { refreshInboxes } from './refresh-inboxes.ts'
import type { ActiveInbox, RunnerContext } from './runner-context.ts'

/** Whether an inbox of that scope sees an event. */
const isSeen = (scope: Scope, { origin }: ArrivedEvent): boolean =>
  scope === 'all' || (scope === 'own') === (origin === 'recorded')

/**
 * A batch for the inboxes that are furthest, and one for a group of those behind them, each group in its turn: whoever is behind costs the others
 * one batch of theirs at a time, and those that stand at the same place are read for once. @returns whether there was any.
 */
export function evaluateBatches(runner: RunnerContext): boolean {
  const last = runner.reader.position()
  if (runner.active.some((each) => each.position > last)) refreshInboxes(runner)
  const groups = [...Map.groupBy(runner.active, (each) => each.position)].sort(
    ([one], [other]) => one - other,
  )
  const furthest = groups.pop()
  if (!furthest) return false
  const [tip, leaders] = furthest
  if (tip < last) evaluateBatch(runner, leaders, tip, undefined)
  if (groups.length > 0) {
    const index = runner.turn++ % groups.length
    const [from, group] = groups[index] as (typeof groups)[number]
    evaluateBatch(runner, group, from, groups[index + 1]?.[0] ?? tip)
  }
  return tip < last || groups.length > 0
}

/** The next batch after the place where a group of inboxes stands, and no further than where the next group waits to be joined. */
function evaluateBatch(
  runner: RunnerContext,
  group: readonly ActiveInbox[],
  from: number,
  next: number | undefined,
): void {
  const { reader, dispatcher, waitingTargets, batch } = runner
  const limit = next === undefined ? batch : Math.min(batch, next - from)
  const { arrived, upTo, eventHash } = reader.after(from, limit)
  const told = withoutJoinedHistory(runner, arrived)
  const deliveries: NewDelivery[] = []
  const doneInline = new Map<string, number>()
  runner.deliveryStore.recordBatch({
    // Inside of the transaction, for inline inboxes write to the same file.
    evaluate: () => {
      for (const each of group) {
        const { inbox } = each
        let count = 0
        for (const one of told)
          if (isSeen(inbox.scope, one) && dispatcher.evaluate(each, one.event, deliveries)) count += 1
        if (count > 0) doneInline.set(inbox.name, count)
      }
      return { deliveries, doneInline }
    },
    positions: group.map((each) => ({ name: each.inbox.name, from, to: upTo, eventHash })),
  })
  for (const each of group) each.position = upTo
  for (const { inbox, target } of deliveries)
    if (!waitingTargets.get(inbox)?.includes(target)) waitingTargets.delete(inbox)
}

function withoutJoinedHistory(
  { quietUpTo }: RunnerContext,
  arrived: readonly ArrivedEvent[],
): readonly ArrivedEvent[] {
  const brought = arrived.some(({ origin }) => origin === 'synced')
  const end = brought ? (quietUpTo?.() ?? 0) : 0
  return end > 0
    ? arrived.filter(({ origin, event }) => origin === 'recorded' || event.position > end)
    : arrived
}
