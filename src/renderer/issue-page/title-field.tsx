import { useEffect, useRef, useState } from 'react'
import type { IssueDetail } from '#contract/views.ts'
import { useCommands } from '../queries/use-commands.ts'
import styles from './issue-page.module.css'

type Props = {
  readonly issue: IssueDetail
  readonly editable: boolean
  readonly editing: boolean
  readonly onEdit: (editing: boolean) => void
}

/** The title, changed where it stands: Enter saves, Esc leaves it as it was. */
export function TitleField({ issue, editable, editing, onEdit }: Props) {
  const run = useCommands()
  const [text, setText] = useState(issue.title)
  const field = useRef<HTMLTextAreaElement>(null)
  // Leaving the field after Enter or Esc has taken it away must not save a second time.
  const settled = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a title that changes elsewhere must not replace what is being typed
  useEffect(() => {
    if (!editing) return
    settled.current = false
    setText(issue.title)
    field.current?.focus()
    field.current?.select()
  }, [editing])

  const settle = (keep: boolean) => {
    if (settled.current) return
    settled.current = true
    onEdit(false)
    const title = text.replace(/\s+/g, ' ').trim()
    if (!keep || title === '' || title === issue.title) return
    const before = issue.title
    void run(
      { type: 'change_title', issueId: issue.id, title },
      { done: 'Title changed', undo: () => [{ type: 'change_title', issueId: issue.id, title: before }] },
    )
  }

  if (!editing)
    return (
      <h2 className={styles.title} dir="auto">
        {editable ? (
          <button
            type="button"
            className={styles.titleButton}
            onClick={() => onEdit(true)}
            title="Edit title (T)"
          >
            {issue.title}
          </button>
        ) : (
          issue.title
        )}
      </h2>
    )
  return (
    <textarea
      ref={field}
      className={styles.titleField}
      aria-label="Title"
      dir="auto"
      rows={1}
      maxLength={500}
      value={text}
      onChange={(event) => setText(event.target.value.replace(/[\r\n\t]+/g, ' '))}
      onBlur={() => settle(true)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter') settle(true)
        else if (event.key === 'Escape') settle(false)
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    />
  )
}
