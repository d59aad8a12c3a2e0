import { useRef, useState } from 'react'
import { preloadable } from '../../lib/preloadable.tsx'
import { lineOf, stateText } from '../../ui/sync/describe-sync.ts'
import { SyncIcon } from '../../ui/sync/sync-icon.tsx'
import { SyncProgress } from '../../ui/sync/sync-progress.tsx'
import { useIsSynced, useSeconds, useSync } from '../../ui/sync/use-sync.ts'
import styles from './sync-line.module.css'

/** What a click on the line opens; its code comes after the first paint. */
export const LazySyncPopover = preloadable(async () => (await import('./sync-popover.tsx')).SyncPopover)

/** How sync stands, in one quiet line; nothing for a workspace of this machine alone. */
export function SyncLine() {
  const view = useSync()
  const isSynced = useIsSynced()
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const now = useSeconds(view?.state === 'offline')
  if (!isSynced) return null
  if (!view) return <div className={styles.line} aria-hidden />
  const { text, tone } = lineOf(view, now)
  return (
    <div className={styles.line}>
      <button
        ref={button}
        type="button"
        className={styles.button}
        data-tone={tone}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`Sync: ${text}`}
        title={tone === 'danger' ? text : undefined}
        onClick={() => setOpen(!open)}
      >
        <SyncIcon view={view} />
        <span className={styles.text}>{text}</span>
      </button>
      <SyncProgress progress={view.state === 'syncing' ? view.progress : null} />
      <span className="visually-hidden" role="status">
        {stateText(view)}
      </span>
      {open && <LazySyncPopover view={view} anchor={button} onClose={() => setOpen(false)} />}
    </div>
  )
}
