import { useState } from 'react'
import { HistoryStrip } from '../../ui/history-strip/history-strip.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { Feed, type FeedJump } from '../../ui/timeline/feed.tsx'
import styles from './activity.module.css'

const scope = { kind: 'workspace' } as const

/** Everything that happened in the workspace, newest first. */
export function WorkspaceActivity() {
  const [jump, setJump] = useState<FeedJump | null>(null)
  return (
    <div className={styles.view}>
      <ViewHeader note={<span className={styles.about}>Everything that happened here, newest first</span>} />
      <HistoryStrip over={scope} onJump={({ from, to }) => setJump({ from, to })} />
      <div className={styles.scroll}>
        <div className={styles.column}>
          <Feed scope={scope} jump={jump} />
        </div>
      </div>
    </div>
  )
}
