import { ChevronDown } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import styles from './labelled.module.css'

/** What a labelled control must carry. */
export type LabelledProps = {
  readonly id: string
  readonly className: string
  readonly dir: 'auto'
  readonly 'aria-invalid': true | undefined
  readonly 'aria-describedby': string | undefined
}

type Props = {
  readonly label: string
  readonly optional?: boolean
  readonly hint?: ReactNode
  /** What is wrong with it, as a sentence. */
  readonly error?: string | null
  /** Several controls under one label: it then names the group. */
  readonly group?: boolean
  readonly children: (props: LabelledProps) => ReactNode
}

/** Any control with its label above, and a hint and what is wrong with it below. */
export function Labelled({ label, optional = false, hint, error = null, group = false, children }: Props) {
  const id = useId()
  const notes = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined
  const said = (
    <>
      {label}
      {optional && <span className={styles.optional}> (optional)</span>}
    </>
  )
  const control = children({
    id,
    className: styles.control ?? '',
    dir: 'auto',
    'aria-invalid': error ? true : undefined,
    'aria-describedby': notes,
  })
  return (
    <div
      className={styles.field}
      {...(group ? { role: 'group', 'aria-labelledby': `${id}-label`, 'aria-describedby': notes } : {})}
    >
      {group ? (
        <span id={`${id}-label`} className={styles.label}>
          {said}
        </span>
      ) : (
        <label htmlFor={id} className={styles.label}>
          {said}
        </label>
      )}
      {control}
      {error && (
        <div id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </div>
      )}
      {hint && (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      )}
    </div>
  )
}

type SelectProps = {
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly value: string
  readonly onChange: (value: string) => void
} & Omit<ComponentProps<'select'>, 'onChange' | 'value'>

/** One of several, by the system's own list. A value that is not among them is shown as it is. */
export function Select({ options, value, onChange, className, ...rest }: SelectProps) {
  const known = options.some((option) => option.value === value)
  return (
    <span className={styles.select}>
      <select
        {...rest}
        className={[styles.control, className].filter(Boolean).join(' ')}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {!known && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown size={14} strokeWidth={1.5} className={styles.chevron} aria-hidden />
    </span>
  )
}
