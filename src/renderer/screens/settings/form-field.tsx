import { useId } from 'react'
import { Labelled, Select } from '../../ui/controls/labelled.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { TextsField } from '../../ui/controls/texts-field.tsx'
import { QueryField } from '../../ui/filter/query-field.tsx'
import styles from './form-field.module.css'
import type { PlainField } from './inbox-draft.ts'

type Props = {
  readonly field: Exclude<PlainField, { kind: 'secret' }>
  readonly value: unknown
  readonly error: string | null
  readonly onChange: (value: unknown) => void
}

const asText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''
const asTexts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/** A text that is a whole number becomes one; anything else stays as it was typed, so that nothing is lost before it is right. */
const asNumber = (text: string): number | string => (/^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text)

/** One setting, asked for in the way of its kind. */
export function FormField({ field, value, error, onChange }: Props) {
  const { label, help } = field
  switch (field.kind) {
    case 'text':
    case 'url':
    case 'email':
    case 'time':
      return (
        <Labelled label={label} hint={help} error={error} optional={field.optional ?? false}>
          {({ className, ...named }) => (
            <input
              {...named}
              className={field.kind === 'time' ? `${className} ${styles.short}` : className}
              type={field.kind === 'url' || field.kind === 'email' ? field.kind : 'text'}
              placeholder={field.placeholder}
              spellCheck={false}
              autoComplete="off"
              value={asText(value)}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Labelled>
      )
    case 'multiline':
      return (
        <Labelled label={label} hint={help} error={error} optional={field.optional ?? false}>
          {(named) => (
            <textarea
              {...named}
              rows={4}
              placeholder={field.placeholder}
              spellCheck={false}
              value={asText(value)}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Labelled>
      )
    case 'query':
      return (
        <QueryField
          label={label}
          hint={help}
          error={error}
          optional={field.optional ?? false}
          placeholder={field.placeholder}
          value={asText(value)}
          onChange={onChange}
        />
      )
    case 'number':
      return (
        <Labelled label={label} hint={help} error={error}>
          {({ className, ...named }) => (
            <span className={styles.number}>
              <input
                {...named}
                className={`${className} ${styles.short}`}
                type="text"
                inputMode="numeric"
                autoComplete="off"
                value={asText(value)}
                onChange={(event) => onChange(asNumber(event.target.value))}
              />
              {field.unit && <span className={styles.unit}>{field.unit}</span>}
            </span>
          )}
        </Labelled>
      )
    case 'choice':
      return (
        <Labelled label={label} hint={help} error={error}>
          {({ className: _, ...named }) => (
            <span className={styles.choice}>
              <Select {...named} options={field.options} value={asText(value)} onChange={onChange} />
            </span>
          )}
        </Labelled>
      )
    case 'texts':
      return (
        <TextsField
          label={label}
          hint={help}
          error={error}
          placeholder={field.placeholder}
          suggestions={field.suggestions}
          nameOf={field.suggestions ? (name) => name.replaceAll('_', ' ') : (name) => name}
          values={asTexts(value)}
          onChange={onChange}
        />
      )
    case 'switch':
      return <SwitchField label={label} help={help} error={error} on={value === true} onChange={onChange} />
  }
}

function SwitchField({
  label,
  help,
  error,
  on,
  onChange,
}: {
  readonly label: string
  readonly help: string | undefined
  readonly error: string | null
  readonly on: boolean
  readonly onChange: (on: boolean) => void
}) {
  const id = useId()
  const note = error ?? help
  return (
    <div className={styles.switch}>
      <Switch
        checked={on}
        onChange={onChange}
        aria-labelledby={id}
        aria-describedby={note ? `${id}-note` : undefined}
      />
      <div className={styles.said}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the switch beside it takes the keys */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a larger target for the pointer, as a label is */}
        <span id={id} className={styles.switchLabel} onClick={() => onChange(!on)}>
          {label}
        </span>
        {note && (
          <span id={`${id}-note`} className={error ? styles.error : styles.help}>
            {note}
          </span>
        )}
      </div>
    </div>
  )
}
