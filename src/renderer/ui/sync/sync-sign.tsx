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

const signs: Readonly<Record<SyncState, LucideIcon>> = {
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

/** How sync stands, as a sign of its own shape. Words stand beside it. */
export function SyncSign({ view, roundOnly = false }: Props) {
  const Sign = view.agreement.state === 'differs' && !roundOnly ? TriangleAlert : signs[view.state]
  return <Sign size={16} strokeWidth={1.5} aria-hidden />
}
