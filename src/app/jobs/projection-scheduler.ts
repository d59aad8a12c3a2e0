import type { AsynchronousProjections } from '#db/projections/asynchronous-projections.ts'
import { isBusy } from '#db/sqlite/database-refusal.ts'
import { adaptiveBatch } from './adaptive-batch.ts'

/** After how long a quiet moment waiting events are worked off, in milliseconds: well inside the promised second. */
const delay = 100
/** Events a slice: at first, and at most. */
const [firstInSlice, mostInSlice] = [24, 500]

export type ProjectionScheduler = {
  /** Says that something was recorded. */
  nudge(): void
  /** Works a slice off at once, where little waits: who searches for what was just written finds it. */
  catchUpNow(): void
  stop(): void
}

/**
 * Keeps what is behind the commit at most a second behind, in slices that leave the event loop free: the asynchronous projections,
 * and what lists keep in memory.
 */
export function projectionScheduler(
  projections: Pick<AsynchronousProjections, 'step'>,
  onFailure: (error: unknown) => void,
  isDoneElsewhere: () => boolean,
): ProjectionScheduler {
  let timer: NodeJS.Timeout | undefined
  const sliced = adaptiveBatch(firstInSlice, mostInSlice)

  function slice(): void {
    timer = undefined
    // An import or a rebuild does this work itself, on its own thread.
    if (isDoneElsewhere()) {
      schedule(delay)
      return
    }
    try {
      const { size } = sliced
      const start = performance.now()
      const more = projections.step(size)
      if (more) sliced.took(size, performance.now() - start)
      if (more) schedule(0)
    } catch (error) {
      if (isBusy(error)) schedule(delay)
      else onFailure(error)
    }
  }

  function schedule(after: number): void {
    timer ??= setTimeout(slice, after)
    timer.unref()
  }

  return {
    nudge: () => schedule(delay),
    catchUpNow() {
      clearTimeout(timer)
      slice()
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
