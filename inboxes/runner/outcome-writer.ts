import type { AttemptEnd } from '../store/delivery-store.ts'

/** Collects how attempts ended and writes them down together: one transaction for all that end at about the same time. */
export type OutcomeWriter = {
  /** Resolves once it is on disk. */
  add(settlement: AttemptEnd): Promise<void>
  /** Writes what is collected now. */
  flush(): void
}

/** How long is waited before what could not be written (a full disk) is tried again, in milliseconds. */
const tryAgainMillis = 1_000

export function outcomeWriter(
  write: (settlements: readonly AttemptEnd[]) => void,
  complain: (error: unknown) => void,
): OutcomeWriter {
  let waiting: { readonly settlement: AttemptEnd; readonly written: () => void }[] = []
  let scheduled: { clear(): void } | undefined

  function flush(): void {
    scheduled?.clear()
    scheduled = undefined
    if (waiting.length === 0) return
    try {
      write(waiting.map(({ settlement }) => settlement))
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
    add(settlement) {
      return new Promise((written) => {
        waiting.push({ settlement, written })
        if (scheduled) return
        const immediate = setImmediate(flush)
        scheduled = { clear: () => clearImmediate(immediate) }
      })
    },
    flush,
  }
}
