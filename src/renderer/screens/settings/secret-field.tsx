import { Check, Copy, Dices, KeyRound } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { Button } from '../../ui/controls/button.tsx'
import { Labelled } from '../../ui/controls/labelled.tsx'
import { randomSecret } from './inbox-draft.ts'
import styles from './secret-field.module.css'

type Props = {
  readonly label: string
  readonly hint?: string | undefined
  readonly optional?: boolean
  readonly generate?: boolean
  readonly error: string | null
  /** Whether one is kept; its value never comes here. */
  readonly isSet: boolean
  /** Whether it is kept in a way that this app can't read. */
  readonly isUnreadable?: boolean
  /** What is to be: a new one, none (`null`), or as it is (`undefined`). */
  readonly entered: string | null | undefined
  readonly onChange: (entered: string | null | undefined) => void
}

/** A secret: told to be there, replaced or removed, and never shown again once it is saved. */
export function SecretField({
  label,
  hint,
  optional = false,
  generate = false,
  error,
  isSet,
  isUnreadable = false,
  entered,
  onChange,
}: Props) {
  const [replacing, setReplacing] = useState(false)
  const isKept = isSet || isUnreadable
  const isEntering = typeof entered === 'string' || replacing || !isKept
  if (entered === null) {
    return (
      <Kept label={label} hint={hint} error={error} says="Removed when you save">
        <Button onClick={() => onChange(undefined)}>Keep it</Button>
      </Kept>
    )
  }
  if (!isEntering) {
    return (
      <Kept
        label={label}
        hint={hint}
        error={error}
        says={isUnreadable ? 'Sealed by another app or user: enter it again to use it here' : 'Set'}
        isSet={isSet}
      >
        <Button onClick={() => setReplacing(true)}>Replace</Button>
        <Button variant="quiet" onClick={() => onChange(null)}>
          Remove
        </Button>
      </Kept>
    )
  }
  const leave = () => {
    setReplacing(false)
    onChange(undefined)
  }
  return (
    <Entry
      {...{ label, hint, optional, generate, error, onChange }}
      value={entered ?? ''}
      focused={replacing && entered === undefined}
      {...(isKept ? { onLeave: leave } : {})}
    />
  )
}

function Kept({
  label,
  hint,
  error,
  says,
  isSet = false,
  children,
}: Pick<Props, 'label' | 'hint' | 'error'> & {
  readonly says: string
  readonly isSet?: boolean
  readonly children: ReactNode
}) {
  return (
    <Labelled label={label} hint={hint} error={error} group>
      {() => (
        <div className={styles.kept}>
          <span className={styles.says}>
            <KeyRound size={14} strokeWidth={1.5} aria-hidden />
            {isSet && <span aria-hidden>••••••••</span>}
            {says}
          </span>
          {children}
        </div>
      )}
    </Labelled>
  )
}

function Entry({
  label,
  hint,
  optional,
  generate,
  error,
  value,
  focused,
  onChange,
  onLeave,
}: Pick<Props, 'label' | 'hint' | 'optional' | 'generate' | 'error' | 'onChange'> & {
  readonly value: string
  readonly focused: boolean
  readonly onLeave?: () => void
}) {
  const [made, setMade] = useState<string | null>(null)
  const [copied, setCopied] = useState<string | null>(null)
  const statusId = useId()
  const isMade = made !== null && made === value
  const copy = async () => {
    await navigator.clipboard.writeText(value)
    setCopied(value)
  }
  return (
    <Labelled
      label={label}
      optional={optional ?? false}
      error={error}
      hint={isMade ? 'Copy it now: once it is saved, nobody is shown it again.' : hint}
    >
      {({ className, ...named }) => (
        <div className={styles.entry}>
          <input
            {...named}
            className={`${className} ${styles.input}`}
            type={isMade ? 'text' : 'password'}
            // A secret of a machine is no password of a person: nothing offers to remember it.
            autoComplete="new-password"
            spellCheck={false}
            maxLength={10_000}
            value={value}
            // biome-ignore lint/a11y/noAutofocus: one has just asked to type here
            autoFocus={focused}
            onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
          />
          {isMade && (
            <Button
              icon={
                copied === value ? (
                  <Check size={14} strokeWidth={1.5} aria-hidden />
                ) : (
                  <Copy size={14} strokeWidth={1.5} aria-hidden />
                )
              }
              aria-describedby={statusId}
              onClick={() => void copy()}
            >
              Copy
            </Button>
          )}
          {generate && (
            <Button
              icon={<Dices size={14} strokeWidth={1.5} aria-hidden />}
              onClick={() => {
                const secret = randomSecret()
                setMade(secret)
                onChange(secret)
              }}
            >
              Generate
            </Button>
          )}
          {onLeave && (
            <Button variant="quiet" onClick={onLeave}>
              Keep the old one
            </Button>
          )}
          <span id={statusId} role="status" className="visually-hidden">
            {copied === value && value !== '' ? 'Copied' : ''}
          </span>
        </div>
      )}
    </Labelled>
  )
}
