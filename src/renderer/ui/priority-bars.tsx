import { type Priority, priorityRank } from '#core/issue/fields/priority-order.ts'
import styles from './priority-bars.module.css'

/** What people read for a priority. */
export const priorityName: Readonly<Record<Priority, string>> = {
  none: 'No priority',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  urgent: 'Urgent',
}

type Props = {
  readonly priority: Priority
  /** Say it to screen readers too, where no text beside the bars does. */
  readonly named?: boolean
}

/** A priority as three bars that fill; urgent is a filled square with a mark, so that colour is not all that tells it. */
export function PriorityBars({ priority, named = false }: Props) {
  const rank = priorityRank(priority)
  const name = priorityName[priority]
  if (priority === 'urgent') {
    return (
      <svg
        className={styles.urgent}
        width="14"
        height="14"
        viewBox="0 0 14 14"
        role="img"
        aria-label={`Priority: ${name}`}
        aria-hidden={!named}
      >
        <rect x="0.5" y="0.5" width="13" height="13" rx="3" fill="currentColor" />
        <path d="M7 3.5v4" className={styles.mark} />
        <circle cx="7" cy="10.25" r="0.95" className={styles.dot} />
      </svg>
    )
  }
  return (
    <svg
      className={styles.bars}
      width="14"
      height="14"
      viewBox="0 0 14 14"
      role="img"
      aria-label={`Priority: ${name}`}
      aria-hidden={!named}
    >
      {[1, 2, 3].map((bar) =>
        priority === 'none' ? (
          <rect
            key={bar}
            x={bar * 4.5 - 3.5}
            y="6.25"
            width="3"
            height="1.5"
            rx="0.75"
            className={styles.off}
          />
        ) : (
          <rect
            key={bar}
            x={bar * 4.5 - 3.5}
            y={12.5 - (2 + bar * 3)}
            width="3"
            height={2 + bar * 3}
            rx="1"
            className={bar <= rank ? styles.on : styles.off}
          />
        ),
      )}
    </svg>
  )
}
