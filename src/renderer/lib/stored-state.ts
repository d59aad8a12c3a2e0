import { useSyncExternalStore } from 'react'

/** A small value that the window remembers between starts, shared by every view that shows it. */
export type Stored<T> = {
  readonly get: () => T
  readonly set: (value: T) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** @param parse turns what was stored (or `null`) into a value; must not throw. Storage that is denied or full only forgets. */
export function stored<T>(
  key: string,
  parse: (text: string | null) => T,
  write: (value: T) => string | null,
): Stored<T> {
  const read = (): string | null => {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  let value = parse(read())
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      value = next
      try {
        const text = write(next)
        if (text === null) localStorage.removeItem(key)
        else localStorage.setItem(key, text)
      } catch {
        // The choice holds until the window closes.
      }
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The value now, and again when it changes. */
export const useStored = <T>(of: Stored<T>): T => useSyncExternalStore(of.subscribe, of.get)
