import { type RefObject, useEffect } from 'react'

/** Moves the focus to the first field that is marked as wrong, once it is drawn. @param mistake a new one each time that a form is refused */
export function useFocusOnMistake(form: RefObject<HTMLElement | null>, mistake: object | null): void {
  useEffect(() => {
    if (mistake) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [form, mistake])
}
