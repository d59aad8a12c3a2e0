import { Circle, CircleCheck, CircleDashed, CirclePause, TriangleAlert } from 'lucide-react'
import type { InboxState } from '#contract/answers/inbox-answers.ts'
import styles from './inbox-state.module.css'

const names: Readonly<Record<InboxState, string>> = {
  off: 'Off',
  running: 'Running',
  paused: 'Paused',
  not_ready: 'Not set up',
  failing: 'Failing',
}

const stateIcons = {
  off: Circle,
  running: CircleCheck,
  paused: CirclePause,
  not_ready: CircleDashed,
  failing: TriangleAlert,
} as const satisfies Record<InboxState, unknown>

/** How an inbox fares, as an icon of its own shape; its word follows, or is for screen readers alone. */
export function InboxStateIcon({
  state,
  quiet = false,
}: {
  readonly state: InboxState
  readonly quiet?: boolean
}) {
  const Sign = stateIcons[state]
  return (
    <span className={styles.state}>
      <Sign size={15} strokeWidth={1.75} className={`${styles.sign} ${styles[state]}`} aria-hidden />
      <span className={quiet ? 'visually-hidden' : styles.text}>{names[state]}</span>
    </span>
  )
}
