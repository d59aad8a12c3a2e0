import { usualCircuit } from './circuit-breaker.ts'
import { dispatcher } from './dispatcher.ts'
import { evaluateBatches } from './evaluate-batches.ts'
import { outcomeWriter } from './outcome-writer.ts'
import { refreshInboxes } from './refresh-inboxes.ts'
import type { RunnerContext, RunnerOptions } from './runner-context.ts'
import { deliveriesUnderWay, startDeliveries } from './start-deliveries.ts'

/** Inboxes at work. */
export type Runner = {
  /** Looks for new events and for deliveries that came due. */
  wake(): void
  /** Reads settings, pauses and replays anew, then does the same. */
  refresh(): void
  /** Does everything that can be done now, without waiting for gathering or for later attempts. */
  drain(): Promise<void>
  /** The lowest position that every running inbox has read to. */
  position(): number
  /** Lets go of everything under way; what is not written down is done again by the next runner. */
  stop(): Promise<void>
}

/** Events evaluated in one go, unless a test wants another number. */
const batchSize = 100
const longestSleepMillis = 60_000
/** How long is waited after something went wrong (a full disk, a log that is being rebuilt), in milliseconds. */
const tryAgainMillis = 1_000

/**
 * Runs inboxes: reads the log once for all of them, writes down who has to hear of what, and delivers that, each target at its own pace. What is
 * read and what follows from it is one transaction of the delivery store, so a crash at any moment repeats at most what was under way.
 */
export function runner(options: RunnerOptions): Runner {
  const { deliveryStore, reader, now } = options
  let stopped = false
  let scheduled = false
  let timer: NodeJS.Timeout | undefined
  let idle = Promise.withResolvers<void>()
  const context = runnerContext(options, wake)

  function wake(): void {
    if (scheduled || stopped) return
    scheduled = true
    setImmediate(step)
  }

  function wakeAfter(millis: number): void {
    timer = setTimeout(wake, millis)
    timer.unref()
  }

  function step(): void {
    scheduled = false
    if (stopped) return
    clearTimeout(timer)
    try {
      const more = evaluateBatches(context)
      const due = startDeliveries(context)
      if (more) {
        options.onProgress?.()
        wake()
        return
      }
      if (deliveriesUnderWay(context) === 0) idle.resolve()
      wakeAfter(
        due === undefined ? longestSleepMillis : Math.min(longestSleepMillis, Math.max(due - now(), 1)),
      )
    } catch (error) {
      // Everything is still where it was, and is tried again.
      console.error('the inboxes could not go on:', error)
      wakeAfter(tryAgainMillis)
    }
  }

  const isBehind = (): boolean => context.active.some((each) => each.position < reader.position())

  async function drain(): Promise<void> {
    context.draining = true
    try {
      do {
        idle = Promise.withResolvers<void>()
        wake()
        await idle.promise
      } while (!stopped && (isBehind() || deliveriesUnderWay(context) > 0))
    } finally {
      context.draining = false
    }
  }

  refreshInboxes(context)
  return {
    wake,
    refresh() {
      if (stopped) return
      refreshInboxes(context)
      deliveryStore.pullBack()
      for (const each of context.queues.values()) each.reset()
      wake()
    },
    drain,
    position: () =>
      context.active.length === 0
        ? reader.position()
        : Math.min(...context.active.map((each) => each.position)),
    async stop() {
      stopped = true
      clearTimeout(timer)
      idle.resolve()
      await Promise.all([...context.queues.values()].map((each) => each.stop()))
      await Promise.allSettled(options.inboxes().map((inbox) => inbox.close?.()))
      context.outcomes.flush()
    },
  }
}

function runnerContext(options: RunnerOptions, wake: () => void): RunnerContext {
  const { deliveryStore, reader, workspace, now } = options
  const context: RunnerContext = {
    ...options,
    circuit: options.circuit ?? usualCircuit,
    random: options.random ?? Math.random,
    batch: options.batch ?? batchSize,
    dispatcher: dispatcher({ deliveryStore, reader, workspace, inTeam: () => context.inTeam, now }),
    outcomes: outcomeWriter(deliveryStore.recordOutcomes, (error) =>
      console.error('deliveries can not be written down just now:', error),
    ),
    queues: new Map(),
    hosts: new Map(),
    waitingTargets: new Map(),
    wake,
    active: [],
    inTeam: false,
    turn: 0,
    rounds: 0,
    draining: false,
  }
  return context
}
