import { type RefObject, useEffect } from 'react'

/** Gives a list the focus once it has rows, where nothing else has it, so that its keys work at once. */
export function useFocusOnceFilled(list: RefObject<HTMLElement | null>, filled: boolean): void {
  useEffect(() => {
    const focused = document.activeElement
    if (filled && (focused === document.body || focused === document.getElementById('main')))
      list.current?.focus({ preventScroll: true })
  }, [list, filled])
}
