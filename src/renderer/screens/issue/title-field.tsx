import { useEffect, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { isVisible } from '#core/text/visible-text.ts'
import { offerUndo } from '../../lib/queries/undo.ts'
import { staleOf, useCommands } from '../../lib/queries/use-commands.ts'
import { withKey } from '../../ui/key-hint.tsx'
import { ChangedMeanwhile } from '../../ui/markdown/changed-meanwhile.tsx'
import styles from './issue-page.module.css'

type Props = {
  readonly issue: IssueDetail
  readonly editable: boolean
  readonly editing: boolean
  readonly onEdit: (editing: boolean) => void
}

/** What is being typed, the title that it began from, and the one that stands there where the host said another. */
type Typed = { readonly text: string; readonly base: string; readonly seen: string | null }

const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** The title, changed where it stands: Enter saves, Esc leaves it as it was. */
export function TitleField({ issue, editable, editing, onEdit }: Props) {
  const run = useCommands()
  const [typed, setTyped] = useState<Typed>({ text: issue.title, base: issue.title, seen: null })
  const field = useRef<HTMLTextAreaElement>(null)
  const box = useRef<HTMLDivElement>(null)
  // Leaving the field after Enter or Esc has taken it away must not save a second time.
  const settled = useRef(false)
  /** What was refused goes on where it was. */
  const refused = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a title that changes elsewhere must not replace what is being typed
  useEffect(() => {
    if (!editing) return
    settled.current = false
    if (!refused.current) setTyped({ text: issue.title, base: issue.title, seen: null })
    refused.current = false
    field.current?.focus()
    field.current?.select()
  }, [editing])

  const { text, base } = typed
  const now = issue.title === base ? (typed.seen ?? base) : issue.title
  const theirs = now !== base && tidy(text) !== base && tidy(text) !== now ? now : null

  const save = async (over: string) => {
    const title = tidy(text)
    settled.current = true
    onEdit(false)
    if (!isVisible(title) || title === issue.title || title === base) return
    const outcome = await run(
      { type: 'change_title', issueId: issue.id, title, base: over },
      {
        quiet: true,
        done: 'Title changed',
        undo: () => [{ type: 'change_title', issueId: issue.id, title: over, base: title }],
      },
    )
    if (outcome.ok) return
    const stale = staleOf(outcome)
    setTyped({ text, base, seen: stale?.theirs ?? null })
    refused.current = true
    onEdit(true)
    if (!stale) toast.error(outcome.message)
  }
  const leave = () => {
    settled.current = true
    onEdit(false)
  }

  if (!editing)
    return (
      <h2 className={styles.title} dir="auto">
        {editable ? (
          <button
            type="button"
            className={styles.titleButton}
            onClick={() => onEdit(true)}
            title={withKey('Edit title', 'issue.edit-title')}
          >
            {issue.title}
          </button>
        ) : (
          issue.title
        )}
      </h2>
    )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc leaves from every control inside
    <div
      ref={box}
      onBlur={(event) => {
        // To the choice below, it is still being decided; and changed meanwhile, leaving decides nothing.
        if (box.current?.contains(event.relatedTarget) || theirs !== null || settled.current) return
        void save(base)
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Escape') leave()
        else if (event.key === 'Enter' && event.target === field.current && theirs === null) void save(base)
        else if (event.key !== 'Enter' || event.target !== field.current) return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      <textarea
        ref={field}
        className={styles.titleField}
        aria-label="Title"
        dir="auto"
        rows={1}
        maxLength={500}
        value={text}
        onChange={(event) => setTyped({ ...typed, text: event.target.value.replace(/[\r\n\t]+/g, ' ') })}
      />
      {theirs !== null && (
        <div className={styles.titleChoice}>
          <ChangedMeanwhile
            base={base}
            theirs={theirs}
            mine={tidy(text)}
            onKeepMine={() => void save(theirs)}
            onTakeTheirs={() => {
              leave()
              offerUndo('What you wrote was put aside', async () => {
                setTyped({ text, base: theirs, seen: null })
                refused.current = true
                onEdit(true)
              })
            }}
          />
        </div>
      )}
    </div>
  )
}
