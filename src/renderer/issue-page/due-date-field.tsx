import { CalendarClock, TriangleAlert, X } from 'lucide-react'
import { type Ref, useEffect, useRef, useState } from 'react'
import type { IssueDetail } from '#contract/views.ts'
import { IconButton } from '../controls/button.tsx'
import { dueTone } from '../issue-list/due-day.ts'
import { useCommands } from '../queries/use-commands.ts'
import styles from './properties.module.css'

/** The day it is due. Typed days count once they are whole and left, picked ones at once. */
export function DueDateField({
  issue,
  editable,
  ref,
}: {
  readonly issue: IssueDetail
  readonly editable: boolean
  readonly ref?: Ref<HTMLInputElement>
}) {
  const run = useCommands()
  const [day, setDay] = useState(issue.dueDate ?? '')
  const typing = useRef(false)
  const left = useRef(false)
  useEffect(() => setDay(issue.dueDate ?? ''), [issue.dueDate])
  const save = (next: string) => {
    typing.current = false
    const dueDate = next === '' ? null : next
    // A year of two digits is a year that is still being typed.
    if (dueDate === issue.dueDate || (dueDate !== null && dueDate < '1000')) return
    const before = issue.dueDate
    void run(
      { type: 'change_due_date', issueId: issue.id, dueDate },
      {
        done: dueDate === null ? 'Due date removed' : 'Due date set',
        undo: () => [{ type: 'change_due_date', issueId: issue.id, dueDate: before }],
      },
    )
  }
  const tone = issue.category === 'done' || issue.category === 'cancelled' ? 'far' : dueTone(issue)
  return (
    <span className={styles.due} data-tone={tone} data-empty={day === '' || undefined}>
      <input
        ref={ref}
        type="date"
        aria-label="Due date"
        className={styles.date}
        disabled={!editable}
        value={day}
        max="9999-12-31"
        onKeyDown={(event) => {
          typing.current = true
          if (event.key === 'Enter' && !event.currentTarget.validity.badInput) save(day)
          if (event.key !== 'Escape') return
          // Back to the view, with the day that it had: half a day that was typed is neither saved nor left standing.
          event.stopPropagation()
          typing.current = false
          event.currentTarget.value = issue.dueDate ?? ''
          setDay(issue.dueDate ?? '')
          left.current = true
          if (event.currentTarget.closest('[role="dialog"]') === null) event.currentTarget.blur()
          left.current = false
        }}
        onChange={(event) => {
          setDay(event.target.value)
          if (!typing.current) save(event.target.value)
        }}
        onBlur={(event) => {
          if (left.current) return
          // A day that is not whole says nothing: to the browser it is none.
          if (event.currentTarget.validity.badInput) {
            event.currentTarget.value = issue.dueDate ?? ''
            setDay(issue.dueDate ?? '')
          } else save(day)
        }}
      />
      {tone === 'late' && (
        <TriangleAlert size={14} strokeWidth={1.5} role="img" aria-label="late" className={styles.tone} />
      )}
      {tone === 'soon' && (
        <CalendarClock size={14} strokeWidth={1.5} role="img" aria-label="due soon" className={styles.tone} />
      )}
      {editable && day !== '' && (
        <IconButton
          label="Remove the due date"
          icon={<X size={14} strokeWidth={1.5} />}
          onClick={() => save('')}
        />
      )}
    </span>
  )
}
