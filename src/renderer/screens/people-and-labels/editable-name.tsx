import { useState } from 'react'
import styles from './people-and-labels.module.css'

/** A name in a field of its own: Enter or leaving it renames, Escape takes back what was typed. */
export function EditableName({
  name,
  label,
  kind = 'name',
  onRename,
}: {
  readonly name: string
  readonly label: string
  /** An address may be taken away; a name may not. */
  readonly kind?: 'name' | 'email'
  readonly onRename: (name: string) => Promise<{ readonly ok: boolean }>
}) {
  const [typed, setTyped] = useState<string | null>(null)
  const save = async () => {
    const wanted = typed?.trim()
    if (wanted === undefined || wanted === name || (wanted === '' && kind === 'name')) return setTyped(null)
    if (!(await onRename(wanted)).ok) return
    setTyped(null)
  }
  return (
    <input
      className={kind === 'email' ? styles.email : styles.name}
      type="text"
      {...(kind === 'email'
        ? {
            inputMode: 'email' as const,
            autoComplete: 'off',
            spellCheck: false,
            placeholder: 'Add an e-mail address',
          }
        : {})}
      dir="auto"
      aria-label={label}
      value={typed ?? name}
      maxLength={500}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key === 'Escape') {
          setTyped(null)
          event.stopPropagation()
        }
      }}
    />
  )
}
