import { type FormEvent, type ReactNode, useState } from 'react'
import { Button } from '../../ui/controls/button.tsx'
import styles from './people-and-labels.module.css'

/** One field and a button that make a named thing; the field is emptied once that is made. */
export function NewNameForm({
  label,
  placeholder,
  button,
  onAdd,
}: {
  readonly label: string
  readonly placeholder: string
  readonly button: ReactNode
  readonly onAdd: (name: string) => Promise<{ readonly ok: boolean }>
}) {
  const [name, setName] = useState('')
  const add = async (event: FormEvent) => {
    event.preventDefault()
    const wanted = name.trim()
    if (wanted !== '' && (await onAdd(wanted)).ok) setName('')
  }
  return (
    <form className={styles.adder} onSubmit={(event) => void add(event)}>
      <input
        className={styles.field}
        dir="auto"
        aria-label={label}
        placeholder={placeholder}
        value={name}
        maxLength={500}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" disabled={name.trim() === ''}>
        {button}
      </Button>
    </form>
  )
}
