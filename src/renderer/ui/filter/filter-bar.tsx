import { Autocomplete } from '@base-ui/react/autocomplete'
import { ListFilter, X } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { CallError, sentenceOf } from '../../lib/queries/call-error.ts'
import { useActions } from '../../lib/shortcuts/action-handlers.ts'
import { keysFor } from '../../lib/shortcuts/actions.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { IconButton } from '../controls/button.tsx'
import popup from '../controls/popup.module.css'
import { KeyHint } from '../key-hint.tsx'
import { ErrorUnderline } from './error-underline.tsx'
import styles from './filter-bar.module.css'
import { FilterChips } from './filter-chips.tsx'
import { type Suggestion, suggestionsFor } from './filter-suggestions.ts'
import { isSureOf } from './is-sure-of.ts'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const

type Props = {
  readonly query: string
  /** Why the host could not use it. */
  readonly error: Error | null
  /** Whether the host has answered for `query`. */
  readonly answered: boolean
  readonly onChange: (query: string) => void
  /** Fields that the view sets by itself. */
  readonly without?: 'status'
  /** What the view makes of a query: two that come to the same are not told apart. */
  readonly normal?: (query: string) => string
}

const asIs = (query: string): string => query

/** Gives the focus to the rows or cards. */
function focusView(): void {
  const view =
    document.querySelector<HTMLElement>('[role="listbox"][tabindex="0"]') ??
    document.querySelector<HTMLElement>('[data-card][tabindex="0"]') ??
    document.querySelector<HTMLElement>('[data-board]') ??
    document.getElementById('main')
  view?.focus({ preventScroll: true })
}

/** The filter as text, with suggestions, and menus that edit the text. */
export function FilterBar({ query, error, answered, onChange, without, normal = asIs }: Props) {
  const workspace = useWorkspace()
  const input = useRef<HTMLInputElement>(null)
  const errorId = useId()
  const [text, setText] = useState(query)
  const [caret, setCaret] = useState(0)
  const [open, setOpen] = useState(false)
  const sent = useRef(query)
  useEffect(() => {
    if (normal(query) === normal(sent.current)) return
    sent.current = query
    setText(query)
  }, [query, normal])
  useEffect(() => {
    const wanted = text.trim()
    if (wanted === sent.current.trim()) return
    const timer = setTimeout(() => {
      sent.current = wanted
      onChange(wanted)
    }, 150)
    return () => clearTimeout(timer)
  }, [text, onChange])
  const edit = (next: string) => {
    sent.current = next
    setText(next)
    onChange(next)
  }
  // Enter leads to the rows once the filter is known to be right; a filter that is refused keeps focus, caret and selection.
  const [leaving, setLeaving] = useState<string | null>(null)
  const sure = isSureOf(text, workspace)
  useEffect(() => {
    if (leaving === null) return
    if (leaving !== text || document.activeElement !== input.current) return setLeaving(null)
    if (!sure && (!answered || normal(query) !== normal(leaving.trim()))) return
    setLeaving(null)
    if (!error) focusView()
  }, [leaving, text, sure, answered, query, error, normal])
  useActions({
    filter: () => {
      input.current?.focus()
      input.current?.select()
    },
  })
  const suggestions = suggestionsFor(text, Math.min(caret, text.length), workspace)
  const wrong = error instanceof CallError && error.code === 'invalid_query' ? error : null
  return (
    <search className={styles.bar} aria-label="Filter">
      <div className={styles.field} data-wrong={wrong !== null}>
        <ListFilter {...icon} />
        <Autocomplete.Root<Suggestion>
          items={suggestions}
          mode="none"
          open={open && suggestions.length > 0}
          onOpenChange={setOpen}
          value={text}
          onValueChange={(next, { reason }) => {
            // Escape closes the list; it takes nothing of what was typed.
            if (reason === 'escape-key') return
            setText(next)
            setCaret(reason === 'item-press' ? next.length : (input.current?.selectionStart ?? next.length))
          }}
          itemToStringValue={(item) => item.completed}
        >
          <div className={styles.typed}>
            {wrong && <ErrorUnderline text={text} error={wrong} />}
            <Autocomplete.Input
              ref={input}
              className={styles.input}
              placeholder="Filter: is:open assignee:@me label:bug …"
              aria-label="Filter issues"
              aria-invalid={wrong ? true : undefined}
              aria-describedby={wrong ? errorId : undefined}
              spellCheck={false}
              autoComplete="off"
              onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && !event.currentTarget.getAttribute('aria-activedescendant')) {
                  sent.current = text.trim()
                  onChange(sent.current)
                  // At once where nothing can be wrong, so that the next key is the view's already.
                  if (sure) focusView()
                  else setLeaving(text)
                }
                if (event.key === 'Escape' && event.currentTarget.getAttribute('aria-expanded') !== 'true') {
                  // No part of a view goes back a step for the same key.
                  event.stopPropagation()
                  focusView()
                }
              }}
            />
          </div>
          <Autocomplete.Portal>
            <Autocomplete.Positioner sideOffset={6} align="start" className={popup.positioner}>
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
        {text === '' ? (
          <KeyHint keys={keysFor('filter') ?? ''} />
        ) : (
          <IconButton
            label="Clear the filter"
            className={styles.clear}
            icon={<X {...icon} />}
            onClick={() => edit('')}
          />
        )}
      </div>
      <FilterChips query={text} onChange={edit} without={without} />
      {wrong && (
        <p id={errorId} className={styles.error} role="alert">
          {sentenceOf(wrong)}
        </p>
      )}
    </search>
  )
}
