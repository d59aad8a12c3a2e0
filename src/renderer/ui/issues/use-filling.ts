import { useEffect, useRef } from 'react'

const touches = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const

/**
 * Whether a view that had nothing in it is being filled, and nobody has touched the window since: it may follow whatever arrives, such as a
 * first import. Where something was in it from the opening on, somebody may be reading.
 * @param total how much is in it; `undefined` while that is not known
 */
export function useFilling(total: number | undefined): { readonly current: boolean } {
  const filling = useRef(false)
  useEffect(() => {
    if (total === 0) filling.current = true
    if (!total) return
    const touch = () => {
      filling.current = false
    }
    for (const name of touches) window.addEventListener(name, touch, { capture: true, passive: true })
    return () => {
      for (const name of touches) window.removeEventListener(name, touch, { capture: true })
    }
  }, [total])
  return filling
}
