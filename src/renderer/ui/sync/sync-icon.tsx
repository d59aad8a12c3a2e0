import {
  CirclePause,
  Cloud,
  CloudAlert,
  CloudCheck,
  CloudOff,
  CloudSync,
  type LucideIcon,
  Monitor,
  TriangleAlert,
} from 'lucide-react'
import type { SyncState, SyncView } from '#contract/answers/sync-answers.ts'

const stateIcons: Readonly<Record<SyncState, LucideIcon>> = {
  off: Monitor,
  connecting: Cloud,
  offline: CloudOff,
  syncing: CloudSync,
  up_to_date: CloudCheck,
  paused: CirclePause,
  refused: CloudAlert,
}

type Props = {
  readonly view: SyncView
  /** The round alone: whether copies agree is said apart. */
  readonly roundOnly?: boolean
}

/** The state of sync as an icon of its own shape; words follow it. */
export function SyncIcon({ view, roundOnly = false }: Props) {
  const Sign = view.agreement.state === 'differs' && !roundOnly ? TriangleAlert : stateIcons[view.state]
  return <Sign size={16} strokeWidth={1.5} aria-hidden />
}
