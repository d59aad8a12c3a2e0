import { Autocomplete } from '@base-ui/react/autocomplete'
import { ArrowDownWideNarrow, CircleDot, Flag, Folder, ListFilter, Tag, User, X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { priorities } from '#core/issue/fields/priority-order.ts'
import { foldedName } from '#core/text/folded-name.ts'
import { CallError, sentenceOf } from '../../lib/queries/call-error.ts'
import { useActions } from '../../lib/shortcuts/action-handlers.ts'
import { keysFor } from '../../lib/shortcuts/actions.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../avatar.tsx'
import { Button, IconButton } from '../controls/button.tsx'
import { type PickItem, PickList } from '../controls/pick-list.tsx'
import popup from '../controls/popup.module.css'
import { KeyHint } from '../key-hint.tsx'
import { Dot } from '../label-dot.tsx'
import { PriorityBars, priorityName } from '../priority-bars.tsx'
import { StatusRing } from '../status-ring.tsx'
import styles from './filter-bar.module.css'
import { type Suggestion, suggestionsFor } from './filter-suggestions.ts'
import { isSureOf } from './is-sure-of.ts'
import { nameAsValue, toggled, valuesOf, withField } from './query-terms.ts'

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
            {wrong && <Underline text={text} error={wrong} />}
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
      <Chips query={text} onChange={edit} without={without} />
      {wrong && (
        <p id={errorId} className={styles.error} role="alert">
          {sentenceOf(wrong)}
        </p>
      )}
    </search>
  )
}

/** The place of the error, marked below the text itself. */
function Underline({ text, error }: { readonly text: string; readonly error: CallError }) {
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

function Chip({
  label,
  value,
  sign,
  items,
  onPick,
  many = false,
}: {
  readonly label: string
  readonly value: ReactNode
  readonly sign: ReactNode
  readonly items: readonly PickItem[]
  readonly onPick: (id: string) => void
  readonly many?: boolean
}) {
  return (
    <PickList
      label={label}
      items={items}
      many={many}
      align="end"
      onPick={({ id }) => onPick(id)}
      trigger={
        <Button
          variant="quiet"
          className={styles.chip}
          icon={sign}
          data-set={value !== null}
          aria-label={`Filter by ${label.toLowerCase()}`}
        >
          <span className={styles.chipText}>{value ?? label}</span>
        </Button>
      }
    />
  )
}

const sortNames: Readonly<Record<string, string>> = {
  'updated-desc': 'Latest change',
  'created-desc': 'Newest',
  'created-asc': 'Oldest',
  'priority-desc': 'Priority',
  'updated-asc': 'Longest untouched',
}

function Chips({
  query,
  onChange,
  without,
}: {
  readonly query: string
  readonly onChange: (query: string) => void
  readonly without: Props['without']
}) {
  const { workflow, members, labels, projects, stateById } = useWorkspace()
  const status = valuesOf(query, 'status')
  const is = valuesOf(query, 'is')
  const assignees = valuesOf(query, 'assignee')
  const chosenLabels = valuesOf(query, 'label').map(foldedName)
  const chosenProjects = valuesOf(query, 'project').map(foldedName)
  const [priority = null] = valuesOf(query, 'priority')
  const [sort = null] = valuesOf(query, 'sort')
  const memberName = (handle: string) =>
    handle === '@me'
      ? 'Me'
      : handle === 'none'
        ? 'Nobody'
        : (members.find((member) => nameAsValue(member.handle) === handle)?.name ?? handle)
  const projectName = (typed: string) =>
    projects.find(({ name }) => foldedName(nameAsValue(name)) === typed)?.name ??
    (typed === 'none' ? 'No project' : typed)
  const setStatus = (id: string) => {
    const bare = withField(withField(query, 'status', null), 'is', null)
    if (id === 'any') onChange(bare)
    else if (id.startsWith('is:')) onChange(withField(bare, 'is', id.slice(3)))
    else onChange(withField(bare, 'status', id))
  }
  return (
    <div className={styles.chips}>
      {without !== 'status' && (
        <Chip
          label="Status"
          sign={<CircleDot {...icon} />}
          value={
            status.length > 0
              ? status.map((id) => stateById.get(id)?.name ?? id).join(', ')
              : is.includes('open')
                ? 'Open'
                : is.includes('closed')
                  ? 'Closed'
                  : null
          }
          onPick={setStatus}
          items={[
            { id: 'is:open', label: 'Any open state', chosen: is.includes('open') },
            { id: 'is:closed', label: 'Any closed state', chosen: is.includes('closed') },
            ...workflow.states.map((state) => ({
              id: state.id,
              label: state.name,
              icon: <StatusRing status={state.id} />,
              chosen: status.includes(state.id),
            })),
            { id: 'any', label: 'Open and closed', chosen: status.length === 0 && is.length === 0 },
          ]}
        />
      )}
      <Chip
        label="Assignee"
        sign={<User {...icon} />}
        value={assignees.length > 0 ? assignees.map(memberName).join(', ') : null}
        onPick={(id) => onChange(withField(query, 'assignee', id === 'any' ? null : id))}
        items={[
          { id: 'any', label: 'Anybody', chosen: assignees.length === 0 },
          { id: '@me', label: 'Me', chosen: assignees.includes('@me') },
          { id: 'none', label: 'Nobody', chosen: assignees.includes('none') },
          ...members.map((member) => ({
            id: nameAsValue(member.handle),
            label: member.name,
            icon: <Avatar memberId={member.id} size={16} />,
            chosen: assignees.includes(nameAsValue(member.handle)),
          })),
        ]}
      />
      <Chip
        label="Label"
        many
        sign={<Tag {...icon} />}
        value={chosenLabels.length > 0 ? chosenLabels.join(', ') : null}
        onPick={(id) => onChange(toggled(query, 'label', id))}
        items={labels.map((label) => ({
          id: nameAsValue(label.name),
          label: label.name,
          icon: <Dot colour={label.colour} />,
          chosen: chosenLabels.includes(foldedName(nameAsValue(label.name))),
        }))}
      />
      {projects.length > 0 && (
        <Chip
          label="Project"
          sign={<Folder {...icon} />}
          value={chosenProjects.length === 0 ? null : chosenProjects.map(projectName).join(', ')}
          onPick={(id) => onChange(withField(query, 'project', id === 'any' ? null : id))}
          items={[
            { id: 'any', label: 'Any project', chosen: chosenProjects.length === 0 },
            { id: 'none', label: 'No project', chosen: chosenProjects.includes('none') },
            ...projects.map(({ name }) => ({
              id: nameAsValue(name),
              label: name,
              icon: <Folder {...icon} />,
              chosen: chosenProjects.includes(foldedName(nameAsValue(name))),
            })),
          ]}
        />
      )}
      <Chip
        label="Priority"
        sign={<Flag {...icon} />}
        value={
          priority === null
            ? null
            : priority in priorityName
              ? priorityName[priority as keyof typeof priorityName]
              : priority
        }
        onPick={(id) => onChange(withField(query, 'priority', id === 'any' ? null : id))}
        items={[
          { id: 'any', label: 'Any priority', chosen: priority === null },
          { id: '>=high', label: 'High and up', chosen: priority === '>=high' },
          ...[...priorities].reverse().map((each) => ({
            id: each,
            label: priorityName[each],
            icon: <PriorityBars priority={each} />,
            chosen: priority === each,
          })),
        ]}
      />
      <Chip
        label="Sort"
        sign={<ArrowDownWideNarrow {...icon} />}
        value={sort === null ? null : (sortNames[sort] ?? sort)}
        onPick={(id) => onChange(withField(query, 'sort', id))}
        items={Object.entries(sortNames).map(([id, label]) => ({ id, label, chosen: sort === id }))}
      />
    </div>
  )
}
