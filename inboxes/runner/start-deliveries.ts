import { type DeliveringInbox, type InboxContext, type Pace, usualPace } from '../contract/inbox.ts'
import { type Circuit, circuit } from './circuit-breaker.ts'
import { refreshInboxes } from './refresh-inboxes.ts'
import type { ActiveInbox, RunnerContext } from './runner-context.ts'
import { type TargetQueue, targetQueue } from './target-queue.ts'

/** The deliveries of every active inbox that may be made now, started. @returns when something else comes due, in milliseconds since 1970. */
export function startDeliveries(runner: RunnerContext): number | undefined {
  const { waitingTargets, deliveryStore } = runner
  let next: number | undefined
  runner.rounds += 1
  for (const each of runner.active) {
    if (each.inbox.inline) continue
    const { name } = each.inbox
    const targets = waitingTargets.get(name) ?? deliveryStore.targets(name)
    waitingTargets.set(name, targets)
    // Each time another one first: what they share (a host) is not for the first in the alphabet alone.
    const first = targets.length === 0 ? 0 : runner.rounds % targets.length
    for (const target of [...targets.slice(first), ...targets.slice(0, first)]) {
      const due = queueOf(runner, each, target)?.pump(runner.draining)
      if (due !== undefined) next = Math.min(next ?? due, due)
    }
  }
  return next
}

/** How many attempts are under way. */
export const deliveriesUnderWay = ({ queues }: RunnerContext): number =>
  [...queues.values()].reduce((sum, each) => sum + each.underWay, 0)

function queueOf(runner: RunnerContext, each: ActiveInbox, target: string): TargetQueue | undefined {
  const { inbox } = each
  if (inbox.inline) return undefined
  const name = `${inbox.name}\n${target}`
  const known = runner.queues.get(name)
  if (known) return known
  const made = newQueue(runner, each, inbox, target)
  runner.queues.set(name, made)
  return made
}

function newQueue(
  runner: RunnerContext,
  each: ActiveInbox,
  inbox: DeliveringInbox,
  target: string,
): TargetQueue {
  const { deliveryStore } = runner
  const pace = paceOf(runner, inbox)
  const context = () => runner.active.find((other) => other.inbox === inbox)?.context ?? each.context
  return targetQueue({
    inbox,
    target,
    pace,
    circuit: circuit({ ...runner.circuit, atOnce: pace.concurrency }),
    hostCircuit: () => hostCircuit(runner, inbox, target, context()),
    deliveryStore,
    outcomes: runner.outcomes,
    event: runner.reader.event,
    leftToAnother: (event) => runner.dispatcher.leftToAnother(inbox, event),
    context,
    now: runner.now,
    random: runner.random,
    onGone(why) {
      const settings = inbox.withoutTarget?.(context().settings, target)
      if (settings === undefined) return
      const called = inbox.targetName?.(target, context()) ?? target
      deliveryStore.switchOff(inbox.name, target, settings, `${called} was switched off. ${why}`)
      refreshInboxes(runner)
    },
    onFree() {
      runner.onProgress?.()
      runner.wake()
    },
  })
}

const paceOf = ({ pace }: RunnerContext, inbox: DeliveringInbox): Pace => ({
  ...usualPace,
  ...inbox.pace,
  ...pace,
})

/** The circuit that an inbox's targets at one host share. */
function hostCircuit(
  runner: RunnerContext,
  inbox: DeliveringInbox,
  target: string,
  context: InboxContext,
): Circuit | undefined {
  const host = inbox.hostOf?.(target, context)
  if (host === undefined) return undefined
  const name = `${inbox.name}\n${host}`
  const known =
    runner.hosts.get(name) ?? circuit({ ...runner.circuit, atOnce: paceOf(runner, inbox).perHost })
  runner.hosts.set(name, known)
  return known
}
