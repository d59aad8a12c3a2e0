import { useDraggable } from '@dnd-kit/core'
import { MessageSquare } from 'lucide-react'
import { memo } from 'react'
import type { IssueRow } from '#contract/answers/answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { issuePath } from '../../lib/paths.ts'
import { AvatarStack } from '../../ui/avatar.tsx'
import { FieldIcons } from '../../ui/fields/field-icon.tsx'
import { IssueKey } from '../../ui/issue-key.tsx'
import { LabelDot } from '../../ui/label-dot.tsx'
import styles from './board.module.css'

const fieldClasses = { day: styles.due, number: styles.due } as const

export const cardId = (issueId: string): string => `card-${issueId}`

type Props = {
  readonly row: IssueRow
  /** It is in this column no longer; it stays until the board is renewed. */
  readonly left: boolean
  /** The cursor is here. */
  readonly current: boolean
  readonly onCursor: () => void
}

/** One issue as a card that can be taken and moved. A press without a move opens it. */
export function Card({ row, left, current, onCursor }: Props) {
  const { setNodeRef, listeners, isDragging } = useDraggable({ id: row.id, data: { row } })
  return (
    <a
      ref={setNodeRef}
      id={cardId(row.id)}
      href={`#${issuePath(row.key)}`}
      className={styles.card}
      data-card
      data-current={current}
      data-dragging={isDragging}
      data-left={left}
      draggable={false}
      tabIndex={current ? 0 : -1}
      onFocus={onCursor}
      {...listeners}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return
        event.preventDefault()
        navigate(issuePath(row.key))
      }}
    >
      <CardFace row={row} />
    </a>
  )
}

/** What a card shows, on the board and in the hand. */
export const CardFace = memo(function CardFace({
  row,
  lifted = false,
}: {
  readonly row: IssueRow
  readonly lifted?: boolean
}) {
  return (
    <span className={styles.face} data-lifted={lifted}>
      <span className={styles.cardTop}>
        <IssueKey>{row.key}</IssueKey>
        <span className={styles.cardPeople}>
          <AvatarStack memberIds={row.assignees} />
        </span>
      </span>
      <span className={styles.cardTitle} title={row.title} dir="auto">
        {row.title}
      </span>
      <span className={styles.cardFoot}>
        <FieldIcons row={row} of={['rank', 'day', 'number']} classes={fieldClasses} />
        {row.comments > 0 && (
          <span className={styles.due}>
            <MessageSquare size={13} strokeWidth={1.5} aria-hidden />
            {row.comments}
          </span>
        )}
        <span className={styles.cardLabels}>
          {row.labels.slice(0, 2).map((id) => (
            <LabelDot key={id} labelId={id} />
          ))}
          {row.labels.length > 2 && <span className={styles.moreLabels}>+{row.labels.length - 2}</span>}
        </span>
      </span>
    </span>
  )
})

export function EmptyCard() {
  return <span className={`${styles.card} ${styles.bone}`} />
}
