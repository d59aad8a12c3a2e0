import { Autocomplete } from '@base-ui/react/autocomplete'
import { useEffect, useRef, useState } from 'react'
import { CallError, sentenceOf } from '../../lib/queries/call-error.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Labelled } from '../controls/labelled.tsx'
import popup from '../controls/popup.module.css'
import { type Suggestion, suggestionsFor } from './filter-suggestions.ts'
import styles from './query-field.module.css'

type Props = {
  readonly label: string
  readonly value: string
  readonly onChange: (query: string) => void
  readonly hint?: string | undefined
  readonly placeholder?: string | undefined
  readonly optional?: boolean
  /** What the host found wrong when it was saved. */
  readonly error?: string | null
}

/** A query as a field of a form: it suggests as the filter bar does, and tells what it matches now. */
export function QueryField({ label, value, onChange, hint, placeholder, optional = false, error }: Props) {
  const workspace = useWorkspace()
  const input = useRef<HTMLInputElement>(null)
  const [caret, setCaret] = useState(0)
  const [open, setOpen] = useState(false)
  const [asked, setAsked] = useState(value.trim())
  useEffect(() => {
    const timer = setTimeout(() => setAsked(value.trim()), 250)
    return () => clearTimeout(timer)
  }, [value])
  const count = useCall('issues.count', { query: asked }, { enabled: asked !== '', keepPrevious: true })
  const isAsked = asked === value.trim()
  const unread =
    isAsked && count.error instanceof CallError && count.error.code === 'invalid_query'
      ? sentenceOf(count.error)
      : null
  const matches =
    asked !== '' && isAsked && count.data
      ? `Matches ${count.data.total.toLocaleString()} ${count.data.total === 1 ? 'issue' : 'issues'} now.`
      : ''
  const suggestions = suggestionsFor(value, Math.min(caret, value.length), workspace)
  return (
    <Labelled
      label={label}
      optional={optional}
      error={error ?? unread}
      hint={[matches, hint].filter(Boolean).join(' ') || undefined}
    >
      {({ className, ...named }) => (
        <Autocomplete.Root<Suggestion>
          items={suggestions}
          mode="none"
          open={open && suggestions.length > 0}
          onOpenChange={setOpen}
          value={value}
          onValueChange={(next, { reason }) => {
            // Escape closes the list; it takes nothing of what was typed.
            if (reason === 'escape-key') return
            onChange(next)
            setCaret(reason === 'item-press' ? next.length : (input.current?.selectionStart ?? next.length))
          }}
          itemToStringValue={(item) => item.completed}
        >
          <Autocomplete.Input
            ref={input}
            {...named}
            className={`${className} ${styles.input}`}
            placeholder={placeholder}
            spellCheck={false}
            autoComplete="off"
            maxLength={2_000}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          />
          <Autocomplete.Portal>
            <Autocomplete.Positioner sideOffset={4} align="start" className={popup.positioner}>
              <Autocomplete.Popup className={popup.popup}>
                <Autocomplete.List className={popup.scroll}>
                  {(item: Suggestion) => (
                    <Autocomplete.Item key={item.id} value={item} className={popup.item}>
                      <span className={styles.word}>{item.text}</span>
                      <span className={popup.hint}>{item.hint}</span>
                    </Autocomplete.Item>
                  )}
                </Autocomplete.List>
              </Autocomplete.Popup>
            </Autocomplete.Positioner>
          </Autocomplete.Portal>
        </Autocomplete.Root>
      )}
    </Labelled>
  )
}
