import { activityKinds } from '#core/events/facts/event-facts.ts'
import { kindName, totalOf } from './bars.ts'
import styles from './history-strip.module.css'
import type { Slot } from './slots.ts'
import { bucketTitle } from './strip-words.ts'

/** What a bar of the strip counts, over that bar. */
export function StripTip({ slot }: { readonly slot: Slot }) {
  const middle = (slot.left + slot.right) / 2
  return (
    <div className={styles.tip} style={{ left: `clamp(0px, ${middle}px - 110px, 100% - 220px)` }} aria-hidden>
      <div className={styles.when}>{bucketTitle(slot.bucket)}</div>
      {totalOf(slot.bucket) === 0 ? (
        <div className={styles.count}>nothing happened</div>
      ) : (
        activityKinds.map((kind) =>
          slot.bucket[kind] > 0 ? (
            <div key={kind} className={styles.count}>
              <i className={styles.swatch} data-kind={kind} />
              {kindName[kind]}
              <b>{slot.bucket[kind].toLocaleString()}</b>
            </div>
          ) : null,
        )
      )}
    </div>
  )
}
