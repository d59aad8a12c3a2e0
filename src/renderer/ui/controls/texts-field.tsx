import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'
import { Labelled } from './labelled.tsx'
import { PickList } from './pick-list.tsx'
import styles from './texts-field.module.css'

type Props = {
  readonly label: string
  readonly values: readonly string[]
  readonly onChange: (values: readonly string[]) => void
  readonly hint?: string | undefined
  readonly placeholder?: string | undefined
  readonly error?: string | null
  readonly optional?: boolean
  /** What can be picked. Anything can be typed where there are none. */
  readonly suggestions?: readonly string[] | undefined
  /** How a value reads; itself by default. */
  readonly nameOf?: (value: string) => string
  /** The words on the button that picks. */
  readonly add?: string
}

/** Several short texts, each of which can be taken out again: picked where there is a list, typed where there is none. */
export function TextsField({
  label,
  values,
  onChange,
  hint,
  placeholder,
  error,
  optional = false,
  suggestions,
  nameOf = (value) => value,
  add = 'Add',
}: Props) {
  const [typed, setTyped] = useState('')
  const without = (value: string) => values.filter((each) => each !== value)
  const take = () => {
    const wanted = typed
      .split(/[\s,]+/)
      .filter((text, at, all) => text !== '' && !values.includes(text) && all.indexOf(text) === at)
    if (wanted.length > 0) onChange([...values, ...wanted])
    setTyped('')
  }
  return (
    <Labelled label={label} optional={optional} hint={hint} error={error ?? null} group>
      {({ className, id, ...described }) => (
        <div className={styles.texts}>
          {values.map((value) => (
            <span key={value} className={styles.text}>
              <span className={styles.word}>{nameOf(value)}</span>
              <button
                type="button"
                className={styles.remove}
                aria-label={`Remove ${nameOf(value)}`}
                onClick={() => onChange(without(value))}
              >
                <X size={12} strokeWidth={1.75} aria-hidden />
              </button>
            </span>
          ))}
          {suggestions ? (
            <PickList
              label={label}
              many
              items={suggestions.map((value) => ({
                id: value,
                label: nameOf(value),
                chosen: values.includes(value),
              }))}
              onPick={({ id: value }) =>
                onChange(values.includes(value) ? without(value) : [...values, value])
              }
              trigger={
                <Button
                  variant="quiet"
                  className={styles.add}
                  icon={<Plus size={14} strokeWidth={1.5} aria-hidden />}
                  aria-label={`${add}: ${label}`}
                >
                  {add}
                </Button>
              }
            />
          ) : (
            <input
              id={id}
              {...described}
              className={`${className} ${styles.input}`}
              aria-label={label}
              placeholder={placeholder}
              spellCheck={false}
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onBlur={take}
              onKeyDown={(event) => {
                if (event.key === ',' || event.key === 'Enter') {
                  if (typed.trim() === '') return
                  event.preventDefault()
                  take()
                } else if (event.key === 'Backspace' && typed === '' && values.length > 0)
                  onChange(values.slice(0, -1))
              }}
            />
          )}
        </div>
      )}
    </Labelled>
  )
}
