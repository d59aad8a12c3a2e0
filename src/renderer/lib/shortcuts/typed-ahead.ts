import { useLayoutEffect } from 'react'

const above = '[role="dialog"], [role="alertdialog"]'
/** Nobody means what they typed so long ago. */
const mostMillis = 5_000

/**
 * Text typed between the opening of a dialog and its taking the focus: it goes into the field that takes it, in its order, where that is one
 * for text. Else whoever presses `c` and types on loses their first letters.
 * @param opening whether something lies over the view that has, or is about to take, the focus
 */
export function useTypedAhead(opening: boolean): void {
  useLayoutEffect(() => {
    if (!opening) return
    let typed: { readonly text: string; readonly at: number }[] = []
    const keep = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      if ([...event.key].length !== 1 || isAbove(event.target)) return
      typed.push({ text: event.key, at: event.timeStamp })
      event.preventDefault()
    }
    const put = ({ target }: FocusEvent) => {
      if (!isAbove(target)) return
      end()
      const text = typed.flatMap(({ text, at }) => (performance.now() - at > mostMillis ? [] : text)).join('')
      typed = []
      if (text === '' || !(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement))
        return
      // As if it were typed: the field tells whoever listens, and its own undo takes it back.
      queueMicrotask(() => document.execCommand('insertText', false, text))
    }
    const end = () => {
      window.removeEventListener('keydown', keep, { capture: true })
      window.removeEventListener('focusin', put, { capture: true })
    }
    window.addEventListener('keydown', keep, { capture: true })
    window.addEventListener('focusin', put, { capture: true })
    return end
  }, [opening])
}

const isAbove = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(above) !== null
