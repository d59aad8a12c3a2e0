import type { Workflow } from '#core/workflow/workflow.ts'
import { useWorkspace } from '../lib/workspace.tsx'
import styles from './status-ring.module.css'

type Stage = 'empty' | 'quarter' | 'half' | 'tick' | 'solid' | 'crossed'

/** How full the ring of a status is: by category, and within one by the place in the workflow. */
export function stageOf(workflow: Workflow, status: string): Stage {
  const state = workflow.states.find(({ id }) => id === status)
  if (!state) return 'empty'
  const peers = workflow.states.filter(({ category }) => category === state.category)
  const first = peers[0] === state
  switch (state.category) {
    case 'todo':
      return first ? 'empty' : 'quarter'
    case 'doing':
      return 'half'
    case 'done':
      return first ? 'tick' : 'solid'
    case 'cancelled':
      return 'crossed'
  }
}

type Props = {
  readonly status: string
  /** Pixels; 14 unless told. */
  readonly size?: number
  /** Say the status to screen readers too, where no text beside the ring does. */
  readonly named?: boolean
}

/** A status as a ring that fills. Shape and colour both tell it. */
export function StatusRing({ status, size = 14, named = false }: Props) {
  const { workflow, stateById } = useWorkspace()
  const stage = stageOf(workflow, status)
  const name = stateById.get(status)?.name ?? status
  return (
    <svg
      className={styles[stage]}
      width={size}
      height={size}
      viewBox="0 0 14 14"
      fill="none"
      role="img"
      aria-label={name}
      aria-hidden={!named}
    >
      {stage === 'tick' || stage === 'solid' || stage === 'crossed' ? (
        <circle cx="7" cy="7" r="6.25" fill="currentColor" />
      ) : (
        <circle cx="7" cy="7" r="5.5" stroke="currentColor" strokeWidth="1.5" />
      )}
      {stage === 'quarter' && <path d="M7 3.75a3.25 3.25 0 0 1 3.25 3.25H7Z" fill="currentColor" />}
      {stage === 'half' && <path d="M7 3.75a3.25 3.25 0 0 1 0 6.5Z" fill="currentColor" />}
      {stage === 'tick' && <path d="m4.4 7.2 1.8 1.8 3.5-3.7" className={styles.cut} />}
      {stage === 'crossed' && <path d="m5 5 4 4m0-4-4 4" className={styles.cut} />}
    </svg>
  )
}
