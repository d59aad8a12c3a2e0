import type { TimedWork } from './timed-work.ts'
import type { WorkerContext } from './worker-context.ts'

/** How often rules are evaluated at most because one of them, or anything that is no issue, changed, in milliseconds. */
const rulesEvery = 5_000
/** Set back by less than this, in milliseconds, the clock is only kept right. */
const setBackMillis = 2_000

/** What no message told of: another process wrote, or the clock was set back. */
export type ChangeWatch = {
  /** Looks for all of that. */
  notice(): void
  /** A rule that was just added, changed or answered is evaluated now and not at the end of the minute. */
  evaluateChangedRules(): void
  /** What the delivery store holds now was read by whoever calls. */
  storeWasRead(): void
}

/** The watch of a worker over what it shares with other processes: log, delivery store and clock. */
export function changeWatch(worker: WorkerContext, timed: TimedWork): ChangeWatch {
  const { deliveryStore, reader, sync } = worker
  let seenLog: unknown
  let seenDirectory = -1
  let seenStore = deliveryStore.dataVersion()
  let rulesEvaluatedAt = Number.NEGATIVE_INFINITY
  /** The clock on the wall against the one that only goes on. */
  let wallAhead = Date.now() - performance.now()

  /** Whether the clock was set back since it was asked last. */
  function wasSetBack(): boolean {
    const before = wallAhead
    wallAhead = Date.now() - performance.now()
    return wallAhead < before - setBackMillis
  }

  function evaluateChangedRules(): void {
    // A history that is being pulled changes everything at every page.
    if (performance.now() - rulesEvaluatedAt < rulesEvery) return
    const version = reader.directoryVersion()
    if (version === seenDirectory) return
    seenDirectory = version
    rulesEvaluatedAt = performance.now()
    timed.run()
  }

  return {
    notice() {
      if (wasSetBack()) timed.run()
      const log = worker.logVersion()
      const store = deliveryStore.dataVersion()
      if (store !== seenStore) {
        // Settings and secrets may be others by now; only the host can open the latter.
        worker.send({ kind: 'stale' })
        worker.running?.refresh()
        sync.refresh()
        sync.beginIfAsked()
      } else if (log !== seenLog) {
        worker.running?.wake()
        sync.wake()
      }
      evaluateChangedRules()
      seenLog = log
      seenStore = store
    },
    evaluateChangedRules,
    storeWasRead() {
      seenStore = deliveryStore.dataVersion()
    },
  }
}
