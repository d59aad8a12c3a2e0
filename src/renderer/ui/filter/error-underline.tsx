import type { CallError } from '../../lib/queries/call-error.ts'
import styles from './filter-bar.module.css'

/** The place of the error, marked below the text itself. */
export function ErrorUnderline({ text, error }: { readonly text: string; readonly error: CallError }) {
  const place = error.details.at as { readonly start?: unknown; readonly end?: unknown } | undefined
  if (typeof place?.start !== 'number' || typeof place.end !== 'number') return null
  // The host was asked without the blanks at the front.
  const shift = text.length - text.trimStart().length
  const at = place.start + shift
  const end = Math.max(at + 1, place.end + shift)
  return (
    <span className={styles.under} aria-hidden>
      {text.slice(0, at)}
      <mark>{text.slice(at, end) || ' '}</mark>
    </span>
  )
}
