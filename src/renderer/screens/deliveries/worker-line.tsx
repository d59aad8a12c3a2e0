import { CircleCheck, LoaderCircle, OctagonX, PauseCircle } from 'lucide-react'
import { callHost } from '../../lib/queries/call-host.ts'
import { useWorkerState, type WorkerMessage } from '../../lib/queries/worker-state.ts'
import { Button } from '../../ui/controls/button.tsx'
import styles from './worker-line.module.css'

const words: Readonly<Record<WorkerMessage['state'], string>> = {
  starting: 'The worker starts',
  running: 'The worker runs',
  standby: 'Another process on this workspace runs the inboxes',
  restarting: 'The worker ended and is started again',
  stopped: 'The worker was given up after it kept ending. What happens meanwhile waits; nothing is lost',
}

const workerIcons = {
  starting: LoaderCircle,
  running: CircleCheck,
  standby: PauseCircle,
  restarting: LoaderCircle,
  stopped: OctagonX,
} as const satisfies Record<WorkerMessage['state'], unknown>

/** How the process fares that runs the inboxes, once the host has said so. */
export function WorkerNote() {
  const worker = useWorkerState()
  if (!worker || worker.state === 'stopped' || worker.state === 'restarting') return null
  const Sign = workerIcons[worker.state]
  return (
    <span className={styles.note} data-state={worker.state}>
      <Sign size={14} strokeWidth={1.75} aria-hidden />
      {words[worker.state]}
    </span>
  )
}

/** Says that the inboxes stand still, and offers to start them again. */
export function WorkerTrouble() {
  const worker = useWorkerState()
  if (worker?.state !== 'stopped' && worker?.state !== 'restarting') return null
  const Sign = workerIcons[worker.state]
  return (
    <div className={styles.trouble} data-state={worker.state} role="alert">
      <Sign size={16} strokeWidth={1.75} aria-hidden />
      <span className={styles.words}>
        {words[worker.state]}.{worker.detail && <span className={styles.detail}> {worker.detail}</span>}
      </span>
      {worker.state === 'stopped' && (
        <Button onClick={() => void callHost('inboxes.restart', {})}>Start again</Button>
      )}
    </div>
  )
}
