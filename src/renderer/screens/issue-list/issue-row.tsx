import { MessageSquare } from 'lucide-react'
import { type CSSProperties, type MouseEvent, memo } from 'react'
import type { IssueRow as Row } from '#contract/answers/answers.ts'
import { AvatarStack } from '../../ui/avatar.tsx'
import { FieldIcons } from '../../ui/fields/field-icon.tsx'
import { IssueKey } from '../../ui/issue-key.tsx'
import { LabelDot } from '../../ui/label-dot.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StatusRing } from '../../ui/status-ring.tsx'
import styles from './issue-row.module.css'

type Props = {
  readonly row: Row
  /** It no longer matches the filter; it stays until the list is renewed. */
  readonly left: boolean
  readonly index: number
  readonly total: number
  readonly top: number
  readonly active: boolean
  readonly selected: boolean
  /** Whether anything is selected: the boxes then stay in sight. */
  readonly selecting: boolean
  readonly onPress: (index: number, row: Row, how: 'open' | 'toggle' | 'extend') => void
}

const fieldClasses = { reference: styles.project, day: styles.due, number: styles.comments } as const

export const rowId = (index: number): string => `issue-row-${index}`

/** One issue as a line of a list. */
export const IssueLine = memo(function IssueRow({
  row,
  left,
  index,
  total,
  top,
  active,
  selected,
  selecting,
  onPress,
}: Props) {
  const press = (event: MouseEvent) => {
    const box = event.target instanceof Element && event.target.closest(`.${styles.box}`) !== null
    onPress(index, row, event.shiftKey ? 'extend' : box || event.metaKey || event.ctrlKey ? 'toggle' : 'open')
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys; it points here with aria-activedescendant
    // biome-ignore lint/a11y/useFocusableInteractive: as above
    <div
      id={rowId(index)}
      role="option"
      aria-selected={selected}
      aria-setsize={total}
      aria-posinset={index + 1}
      className={styles.row}
      data-active={active}
      data-selecting={selecting}
      data-archived={row.archived}
      data-left={left}
      style={{ '--top': `${top}px` } as CSSProperties}
      onMouseDown={(event) => {
        // Shift and a press select rows, not their words; the list takes the focus as for any other press.
        if (!event.shiftKey) return
        event.preventDefault()
        event.currentTarget.closest<HTMLElement>('[role="listbox"]')?.focus({ preventScroll: true })
      }}
      onClick={press}
    >
      <span className={styles.box} data-checked={selected} aria-hidden>
        <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
          <path
            d="m2 5.2 2 2 4-4.4"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.6"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
      </span>
      <FieldIcons row={row} of={['rank']} classes={fieldClasses} />
      <span className={styles.key}>
        <IssueKey>{row.key}</IssueKey>
      </span>
      <StatusRing status={row.status} named />
      <span className={styles.title} title={row.title} dir="auto">
        {row.title}
      </span>
      {left && <span className="visually-hidden">No longer in this list</span>}
      {row.archived && <span className={styles.archived}>Archived</span>}
      <FieldIcons row={row} of={['reference']} classes={fieldClasses} />
      <span className={styles.labels}>
        {row.labels.slice(0, 3).map((id) => (
          <LabelDot key={id} labelId={id} />
        ))}
        {row.labels.length > 3 && <span className={styles.more}>+{row.labels.length - 3}</span>}
      </span>
      <FieldIcons row={row} of={['day', 'number']} classes={fieldClasses} />
      {row.comments > 0 && (
        <span className={styles.comments}>
          <MessageSquare size={13} strokeWidth={1.5} aria-hidden />
          {row.comments}
          <span className="visually-hidden"> comments</span>
        </span>
      )}
      <span className={styles.people}>
        <AvatarStack memberIds={row.assignees} />
      </span>
      <span className={styles.time}>
        <RelativeTime at={row.updatedAt} />
      </span>
    </div>
  )
})

/** The place of a row that has not arrived yet. */
export function EmptyRow({
  top,
  index,
  total,
}: {
  readonly top: number
  readonly index: number
  readonly total: number
}) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
    <div
      id={rowId(index)}
      role="option"
      aria-selected={false}
      aria-setsize={total}
      aria-posinset={index + 1}
      aria-label="Loading"
      className={styles.row}
      style={{ '--top': `${top}px` } as CSSProperties}
    >
      <span className={styles.bone} style={{ width: `${30 + ((index * 37) % 40)}%` }} />
    </div>
  )
}
