import { useEffect, useRef } from 'react'

const touches = ['keydown', 'pointerdown', 'wheel'] as const

/**
 * Whether a view was empty and nobody has touched the window since something came into it: no hand is in the way then, and it may
 * follow whatever arrives, such as a first import.
 * @param total how much is in it; `undefined` while that is not known
 */
export function useUntouched(total: number | undefined): { readonly current: boolean } {
  const untouched = useRef(false)
  useEffect(() => {
    if (total === 0) untouched.current = true
    if (!total) return
    const touch = () => {
      untouched.current = false
    }
    for (const name of touches) window.addEventListener(name, touch, { capture: true, passive: true })
    return () => {
      for (const name of touches) window.removeEventListener(name, touch, { capture: true })
    }
  }, [total])
  return untouched
}
