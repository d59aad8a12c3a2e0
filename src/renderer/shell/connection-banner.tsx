import { KeyRound, TriangleAlert, WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ConnectionState } from '#contract/docket-api.ts'
import { useWorkspace } from '../lib/workspace.tsx'
import styles from './connection-banner.module.css'

/** Says when the host doesn't answer, and when the workspace can only be read. */
export function ConnectionBanner() {
  const [connection, setConnection] = useState<ConnectionState>('connected')
  const { info } = useWorkspace()
  useEffect(() => window.docket.onConnection(setConnection), [])
  return (
    <div role="status" className={styles.region}>
      {connection === 'disconnected' && (
        <p className={styles.lost}>
          <WifiOff size={16} strokeWidth={1.5} aria-hidden />
          Docket doesn’t answer. What you see is the last it said, and drafts are kept. This window tries
          again by itself; if Docket has ended, start it again.
        </p>
      )}
      {connection === 'not_let_in' && (
        <p className={styles.lost}>
          <KeyRound size={16} strokeWidth={1.5} aria-hidden />
          Docket was started again and has a new address. Open the one that it printed in this browser; this
          window then goes on, and drafts are kept.
        </p>
      )}
      {connection === 'connected' && info.readOnly && (
        <p className={styles.readOnly}>
          <TriangleAlert size={16} strokeWidth={1.5} aria-hidden />
          You only read here. Ask an owner of the team for another role.
        </p>
      )}
    </div>
  )
}
