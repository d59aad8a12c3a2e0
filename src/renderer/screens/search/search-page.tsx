import { LoaderCircle, Search as SearchIcon } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { SearchHit } from '#contract/answers/answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { issuePath, searchPath } from '../../lib/paths.ts'
import { useSearch } from '../../lib/queries/use-search.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { IssueKey } from '../../ui/issue-key.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { ErrorState, useSlow, ViewState } from '../../ui/page/view-state.tsx'
import { StatusRing } from '../../ui/status-ring.tsx'
import styles from './search-page.module.css'

const whereName = {
  key: 'in the key',
  title: 'in the title',
  description: 'in the description',
  comment: 'in a comment',
} as const

/** A text with the matched words marked. */
export function Excerpt({ parts }: { readonly parts: SearchHit['excerpt'] }) {
  return (
    <>
      {parts.map((part, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one excerpt never move
        part.hit ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
      )}
    </>
  )
}

function Hit({
  hit,
  id,
  active,
  onPoint,
}: {
  readonly hit: SearchHit
  readonly id: string
  readonly active: boolean
  readonly onPoint: () => void
}) {
  const { stateById } = useWorkspace()
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter is handled by the field, which keeps the focus
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active option
    <div
      id={id}
      role="option"
      aria-selected={active}
      className={styles.hit}
      onClick={(event) => {
        if (!event.defaultPrevented) navigate(issuePath(hit.key))
      }}
      onPointerMove={onPoint}
    >
      <StatusRing status={hit.status} />
      <div className={styles.what}>
        <div className={styles.top}>
          <IssueKey>{hit.key}</IssueKey>
          <span className={styles.name} dir="auto">
            {hit.where === 'title' ? <Excerpt parts={hit.excerpt} /> : hit.title}
          </span>
          <span className={styles.state}>{stateById.get(hit.status)?.name ?? hit.status}</span>
        </div>
        {hit.where !== 'title' && hit.excerpt.length > 0 && (
          <p className={styles.excerpt}>
            <span className={styles.where}>{whereName[hit.where]} </span>
            <bdi>
              <Excerpt parts={hit.excerpt} />
            </bdi>
          </p>
        )}
      </div>
    </div>
  )
}

/** Search as one types over keys, titles, descriptions and comments. @param text what to begin with */
export function SearchPage({ text }: { readonly text: string }) {
  const [typed, setTyped] = useState(text)
  const [active, setActive] = useState(0)
  const { hits, mistake, catchingUp, state, error, retry, text: found } = useSearch(typed, 50)
  const waiting = useSlow(state === 'searching')
  const field = useRef<HTMLInputElement>(null)
  const list = useId()
  const shown = useRef(text)

  // Another place in the window led here with another text.
  useEffect(() => {
    if (text === shown.current) return
    shown.current = text
    setTyped(text)
  }, [text])
  // The address follows, so that going back comes here again with the same text.
  useEffect(() => {
    if (found === shown.current.trim()) return
    shown.current = found
    navigate(searchPath(found), { replace: true })
  }, [found])
  useEffect(() => field.current?.focus(), [])

  const at = Math.min(active, Math.max(0, hits.length - 1))
  const move = (next: number) => {
    setActive(Math.max(0, Math.min(hits.length - 1, next)))
    document
      .getElementById(`${list}-${Math.max(0, Math.min(hits.length - 1, next))}`)
      ?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 8,
      PageUp: at - 8,
    }
    const next = moves[event.key]
    const hit = hits[at]
    if (next !== undefined) move(next)
    else if (event.key === 'Enter' && hit) navigate(issuePath(hit.key))
    else if (event.key === 'Escape' && typed !== '') setTyped('')
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div className={styles.view}>
      <ViewHeader />
      <div className={styles.bar}>
        <SearchIcon size={16} strokeWidth={1.5} aria-hidden />
        <input
          ref={field}
          className={styles.field}
          dir="auto"
          type="text"
          role="combobox"
          aria-label="Search issues"
          aria-expanded={hits.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={hits.length > 0 ? `${list}-${at}` : undefined}
          placeholder="Search, or filter: seat is:open label:bug"
          maxLength={500}
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
        />
        <span className={styles.note} role="status">
          {waiting && <LoaderCircle className={styles.spin} size={14} strokeWidth={1.5} aria-hidden />}
          {catchingUp
            ? 'The index is catching up'
            : state === 'found'
              ? `${hits.length === 50 ? 'first 50' : hits.length} found`
              : ''}
        </span>
      </div>
      {mistake && state !== 'idle' && (
        <p className={styles.mistake} role="status">
          {mistake} Searched for as words.
        </p>
      )}
      <div className={styles.scroll} tabIndex={hits.length > 0 ? 0 : undefined}>
        {state === 'failed' && <ErrorState what="The search failed" error={error} onRetry={retry} />}
        {state === 'idle' && (
          <ViewState icon={<SearchIcon size={24} strokeWidth={1.5} aria-hidden />} title="Find any issue">
            Words may be unfinished: “conn err” finds “connection errors”. Filters go with them:{' '}
            <code>conn is:open label:bug</code>.
          </ViewState>
        )}
        {state === 'found' && hits.length === 0 && (
          <ViewState icon={<SearchIcon size={24} strokeWidth={1.5} aria-hidden />} title="Nothing found">
            {catchingUp
              ? 'The index is still catching up; new text may be missing for a moment.'
              : 'Try fewer or shorter words.'}
          </ViewState>
        )}
        <div id={list} role="listbox" aria-label="Issues found" className={styles.hits}>
          {hits.map((hit, index) => (
            <Hit
              key={hit.id}
              id={`${list}-${index}`}
              hit={hit}
              active={index === at}
              onPoint={() => setActive(index)}
            />
          ))}
        </div>
      </div>
    </div>
  )
}
