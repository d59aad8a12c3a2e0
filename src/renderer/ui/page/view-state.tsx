import { type ReactNode, useEffect, useState } from 'react'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { Button } from '../controls/button.tsx'
import styles from './view-state.module.css'

type Props = {
  readonly icon?: ReactNode
  readonly title: string
  readonly children?: ReactNode
  /** What can be done about it. */
  readonly actions?: ReactNode
}

/** What a view shows where it has nothing else to show: nothing yet, nothing found, nothing to be had. */
export function ViewState({ icon, title, children, actions }: Props) {
  return (
    <div className={styles.state}>
      {icon && <div className={styles.icon}>{icon}</div>}
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.text}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}

/** What happened, and the way to try again. */
export function ErrorState({
  what,
  error,
  onRetry,
}: {
  readonly what: string
  readonly error: unknown
  readonly onRetry: () => void
}) {
  return (
    <div role="alert">
      <ViewState title={what} actions={<Button onClick={onRetry}>Try again</Button>}>
        {sentenceOf(error)}
      </ViewState>
    </div>
  )
}

/** True once `waiting` has lasted for 150 ms: shorter waits show nothing, so that nothing flickers. */
export function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    if (!waiting) {
      setSlow(false)
      return
    }
    const timer = setTimeout(() => setSlow(true), 150)
    return () => clearTimeout(timer)
  }, [waiting])
  return slow && waiting
}
