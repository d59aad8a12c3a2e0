import { isBusy } from '#db/sqlite/database-refusal.ts'

/** How long a write waits for another process's before it is refused, in milliseconds. */
const patience = 10_000

/**
 * Runs a write; where another connection holds the lock, waits outside the event loop and tries again.
 * @throws what `work` throws, the busy error too once patience ends.
 */
export async function retryWhileBusy<T>(work: () => T): Promise<T> {
  const until = Date.now() + patience
  for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}
