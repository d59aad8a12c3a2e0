import { useCallback, useEffect, useState } from 'react'

const keyOf = (key: string): string => `docket-draft:${key}`

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(keyOf(key))
  } catch {
    return null
  }
}

function write(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(keyOf(key))
    else sessionStorage.setItem(keyOf(key), text)
  } catch {
    // Storage that is full or denied: the text stays in the field at least.
  }
}

/** Whether something was typed there and not sent yet. */
export const hasDraft = (key: string): boolean => read(key) !== null

/** Forgets what was typed there. */
export const dropDraft = (key: string): void => write(key, null)

/**
 * Text under way, kept for as long as the window is open, whatever is shown in between. Equal to `initial` it is no draft.
 * @returns the text, a setter, and what forgets the draft.
 */
export function useDraft(
  key: string,
  initial: string,
): readonly [string, (text: string) => void, () => void] {
  const [held, setHeld] = useState(() => ({ key, text: read(key) ?? initial }))
  useEffect(() => {
    setHeld((now) => (now.key === key ? now : { key, text: read(key) ?? initial }))
  }, [key, initial])
  const text = held.key === key ? held.text : (read(key) ?? initial)
  const set = useCallback(
    (next: string) => {
      write(key, next === initial ? null : next)
      setHeld({ key, text: next })
    },
    [key, initial],
  )
  const clear = useCallback(() => {
    write(key, null)
    setHeld({ key, text: initial })
  }, [key, initial])
  return [text, set, clear]
}
