import { useEffect, useRef } from 'react'

const touches = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const

/**
 * Whether nobody has touched the window since a view has had something in it: no hand is in the way then, and it may follow
 * whatever arrives, such as a first import.
 * @param total how much is in it; `undefined` while that is not known
 * @param begun whether it is as somebody left it
 */
export function useUntouched(total: number | undefined, begun: boolean): { readonly current: boolean } {
  const untouched = useRef(!begun)
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
