import { useCallback, useSyncExternalStore } from 'react'

const storageKey = (key: string): string => `docket-unsaved:${key}`
const values = new Map<string, unknown>()
const listeners = new Set<() => void>()

function read(key: string): unknown {
  if (values.has(key)) return values.get(key)
  let value: unknown = null
  try {
    value = JSON.parse(sessionStorage.getItem(storageKey(key)) ?? 'null')
  } catch {
    // What can't be read is no draft.
  }
  values.set(key, value)
  return value
}

function write(key: string, value: unknown, secret: boolean): void {
  values.set(key, value)
  try {
    if (secret || value === null) sessionStorage.removeItem(storageKey(key))
    else sessionStorage.setItem(storageKey(key), JSON.stringify(value))
  } catch {
    // Storage that is full or denied: it is kept until the window closes or is loaded anew.
  }
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * What was entered in a form and not saved yet: it stays whatever is shown in between, for as long as the window is open.
 * @param secret never written anywhere: gone when the window is loaded anew.
 * @returns the value, `null` where there is none, and a setter that takes `null` to forget it.
 */
export function useUnsaved<T extends object>(
  key: string,
  { secret = false }: { readonly secret?: boolean } = {},
): readonly [T | null, (value: T | null) => void] {
  const value = useSyncExternalStore(subscribe, () => read(key)) as T | null
  const set = useCallback((next: T | null) => write(key, next, secret), [key, secret])
  return [value, set]
}

/** Whether anything was entered under one of these keys and not saved. */
export function useIsUnsaved(...keys: readonly string[]): boolean {
  return useSyncExternalStore(subscribe, () => keys.some((key) => read(key) !== null))
}
