import type { SyncView } from '#contract/answers/sync-answers.ts'
import { countText } from './describe-sync.ts'
import styles from './sync-progress.module.css'

/** How far the round under way is, as a thin bar. Takes its two pixels also while there is none, so that nothing moves. */
export function SyncProgress({ progress }: Pick<SyncView, 'progress'>) {
  if (!progress) return <div className={styles.track} data-idle />
  const { done, total } = progress
  const share = total > 0 ? Math.min(1, done / total) : 0
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label="Sync"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={Math.min(done, total)}
      aria-valuetext={`${countText(done)} of ${countText(total)}`}
    >
      <div className={styles.fill} style={{ transform: `scaleX(${share})` }} />
    </div>
  )
}
