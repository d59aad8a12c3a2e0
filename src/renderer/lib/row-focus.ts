import { type RefObject, useCallback, useRef } from 'react'

/** The cursor of a list whose rows take the focus. */
export type RowFocus = {
  /** The row that has the focus, or is about to; -1 for none. */
  readonly focusedIndex: () => number
  /** Brings a row into view and gives it the focus, in the next frame: it may have to be drawn first. */
  readonly go: (index: number) => void
}

/**
 * Keeps the cursor of a virtual list. A key that follows within the frame in which the focus moves means the row that it moves to: `j` and at
 * once `h` must not put off the row above.
 * @param list holds the rows: `[data-index]`, and in each the `[data-row]` that takes the focus
 */
export function useRowFocus(
  list: RefObject<HTMLElement | null>,
  virtual: { scrollToIndex(index: number): void },
): RowFocus {
  const aim = useRef<number | null>(null)
  const go = useCallback(
    (index: number) => {
      aim.current = index
      virtual.scrollToIndex(index)
      requestAnimationFrame(() => {
        // Another key has led further meanwhile.
        if (aim.current !== index) return
        aim.current = null
        list.current
          ?.querySelector<HTMLElement>(`[data-index="${index}"] [data-row]`)
          ?.focus({ preventScroll: true })
      })
    },
    [list, virtual],
  )
  const focusedIndex = useCallback((): number => {
    if (aim.current !== null) return aim.current
    const row = document.activeElement?.closest<HTMLElement>('[data-index]')
    return row && list.current?.contains(row) ? Number(row.dataset.index) : -1
  }, [list])
  return { focusedIndex, go }
}
