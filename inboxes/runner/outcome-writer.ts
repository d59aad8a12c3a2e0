import type { AttemptEnd } from '../store/deliveries/delivery-rows.ts'

/** Collects how attempts ended and writes them down together: one transaction for all that end at about the same time. */
export type OutcomeWriter = {
  /** Resolves once it is on disk. */
  add(end: AttemptEnd): Promise<void>
  /** Writes what is collected now. */
  flush(): void
}

/** How long is waited before what could not be written (a full disk) is tried again, in milliseconds. */
const tryAgainMillis = 1_000

/** A writer that collects until the next turn of the event loop. @param complain is told of what could not be written, which is tried again. */
export function outcomeWriter(
  write: (ends: readonly AttemptEnd[]) => void,
  complain: (error: unknown) => void,
): OutcomeWriter {
  let waiting: { readonly end: AttemptEnd; readonly written: () => void }[] = []
  let scheduled: { clear(): void } | undefined

  function flush(): void {
    scheduled?.clear()
    scheduled = undefined
    if (waiting.length === 0) return
    try {
      write(waiting.map(({ end }) => end))
    } catch (error) {
      complain(error)
      const timer = setTimeout(flush, tryAgainMillis)
      scheduled = { clear: () => clearTimeout(timer) }
      return
    }
    const written = waiting
    waiting = []
    for (const each of written) each.written()
  }

  return {
    add(end) {
      return new Promise((written) => {
        waiting.push({ end, written })
        if (scheduled) return
        const immediate = setImmediate(flush)
        scheduled = { clear: () => clearImmediate(immediate) }
      })
    },
    flush,
  }
}
