import { useId } from 'react'
import { toast } from 'sonner'
import { sentenceOf } from '../../../lib/queries/call-error.ts'
import { callHost } from '../../../lib/queries/call-host.ts'
import { useWorkspace } from '../../../lib/workspace.tsx'
import { Switch } from '../../../ui/controls/switch.tsx'
import styles from './team-settings.module.css'

/** Whether the team may know which issues the person opens. */
export function ViewsSwitch() {
  const { info } = useWorkspace()
  const id = useId()
  const set = (recordsViews: boolean) =>
    callHost('me.set', { recordsViews }).catch((error) => toast.error(sentenceOf(error)))
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.sectionHead}>
        <h3 id={id} className={styles.heading}>
          Tell the team which issues I open
        </h3>
        <Switch checked={info.recordsViews} onChange={(on) => void set(on)} aria-labelledby={id} />
      </div>
      <p className={styles.about}>
        Off, what you read stays on this device. On, each opening is an event that syncs; nobody’s feed shows
        it.
      </p>
    </section>
  )
}
