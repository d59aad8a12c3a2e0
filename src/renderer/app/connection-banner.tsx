import { TriangleAlert, WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import styles from './connection-banner.module.css'
import { useWorkspace } from './workspace.tsx'

/** Says when the host doesn't answer, and when the workspace can only be read. */
export function ConnectionBanner() {
  const [connected, setConnected] = useState(true)
  const { info } = useWorkspace()
  useEffect(() => window.docket.onConnection((state) => setConnected(state === 'connected')), [])
  return (
    <div role="status" className={styles.region}>
      {!connected && (
        <p className={styles.lost}>
          <WifiOff size={16} strokeWidth={1.5} aria-hidden />
          Docket doesn’t answer. What you see is the last it said; it tries again by itself, and drafts are
          kept.
        </p>
      )}
      {connected && info.readOnly && (
        <p className={styles.readOnly}>
          <TriangleAlert size={16} strokeWidth={1.5} aria-hidden />
          You only read here. Ask an owner of the team for another role.
        </p>
      )}
    </div>
  )
}
