import { CalendarClock, TriangleAlert, X } from 'lucide-react'
import { type Ref, useEffect, useRef, useState } from 'react'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { fieldValue, type IssueField, kindOf } from '#core/issue/fields/fields.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { IconButton } from '../controls/button.tsx'
import { dayTone } from './day-tone.ts'
import { settingOf } from './field-command.ts'
import styles from './property.module.css'

/** A field that is a day. Typed days count once they are whole and left, picked ones at once. */
export function DayField({
  field,
  issue,
  editable,
  ref,
}: {
  readonly field: IssueField
  readonly issue: IssueDetail
  readonly editable: boolean
  readonly ref?: Ref<HTMLInputElement>
}) {
  const run = useCommands()
  const { title } = field
  const kind = kindOf(field)
  const value = fieldValue(issue, field)
  const saved = value === null ? null : String(value)
  const [day, setDay] = useState(saved ?? '')
  const typing = useRef(false)
  const left = useRef(false)
  useEffect(() => setDay(saved ?? ''), [saved])
  const save = (next: string) => {
    typing.current = false
    const to = next === '' ? null : next
    // A year of two digits is a year that is still being typed.
    if (to === saved || (to !== null && to < '1000')) return
    void run(settingOf(field, issue.id, to), {
      done: `${title} ${to === null ? 'removed' : 'set'}`,
      undo: () => [settingOf(field, issue.id, saved)],
    })
  }
  const isOver = issue.category === 'done' || issue.category === 'cancelled'
  const tone = isOver || kind.operand !== 'day' || !kind.deadline ? 'far' : dayTone(saved)
  return (
    <span className={styles.due} data-tone={tone} data-empty={day === '' || undefined}>
      <input
        ref={ref}
        type="date"
        aria-label={title}
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
          event.currentTarget.value = saved ?? ''
          setDay(saved ?? '')
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
            event.currentTarget.value = saved ?? ''
            setDay(saved ?? '')
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
          label={`Remove the ${title.toLowerCase()}`}
          icon={<X size={14} strokeWidth={1.5} />}
          onClick={() => save('')}
        />
      )}
    </span>
  )
}
