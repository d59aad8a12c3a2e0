import type { HostMessage } from '#contract/answers/answers.ts'

/** Hands messages to whoever listens, and keeps those that come before anybody does. */
export type EarlyMessages = {
  receive(message: HostMessage): void
  /** @returns a function that ends the subscription. */
  listen(listener: (message: HostMessage) => void): () => void
}

/** A page that takes this long to listen will fetch everything anew anyway. */
const keptAtMost = 100

export function earlyMessages(): EarlyMessages {
  const listeners = new Set<(message: HostMessage) => void>()
  let kept: HostMessage[] = []
  return {
    receive(message) {
      if (listeners.size === 0) kept = [...kept, message].slice(-keptAtMost)
      for (const listener of listeners) listener(message)
    },
    listen(given) {
      // Each subscription is its own, also when one function is handed in twice.
      const listener = (message: HostMessage) => given(message)
      listeners.add(listener)
      const waiting = kept
      kept = []
      for (const message of waiting) listener(message)
      return () => void listeners.delete(listener)
    },
  }
}
