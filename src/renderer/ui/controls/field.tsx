import { type ComponentProps, type ReactNode, useId } from 'react'
import styles from './field.module.css'

type Props = {
  readonly label: string
  /** What is wrong with it, as a sentence. */
  readonly error?: string | null
  readonly hint?: ReactNode
  readonly trailing?: ReactNode
} & ComponentProps<'input'>

/** A labelled line of text. */
export function TextField({ label, error, hint, trailing, ...rest }: Props) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <div className={styles.line}>
        <input
          id={id}
          dir="auto"
          {...rest}
          className={styles.input}
          aria-invalid={error ? true : undefined}
          aria-describedby={error || hint ? `${id}-note` : undefined}
        />
        {trailing}
      </div>
      {(error || hint) && (
        <div
          id={`${id}-note`}
          className={error ? styles.error : styles.hint}
          {...(error ? { role: 'alert' } : {})}
        >
          {error ?? hint}
        </div>
      )}
    </div>
  )
}
