import type { Settlement } from '../store/delivery-store.ts'

/** Collects how attempts ended and writes them down together: one transaction for all that end at about the same time. */
export type Settlements = {
  /** Resolves once it is on disk. */
  add(settlement: Settlement): Promise<void>
  /** Writes what is collected now. */
  flush(): void
}

/** How long is waited before what could not be written (a full disk) is tried again, in milliseconds. */
const tryAgainMillis = 1_000

export function settlements(
  write: (settlements: readonly Settlement[]) => void,
  complain: (error: unknown) => void,
): Settlements {
  let waiting: { readonly settlement: Settlement; readonly written: () => void }[] = []
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
