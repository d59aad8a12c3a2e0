import { GitMerge } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { SideBySide } from '../diff/side-by-side.tsx'
import styles from './changed-meanwhile.module.css'

type Props = {
  /** What it said when the person began. */
  readonly base: string
  /** What it says now. */
  readonly theirs: string
  /** What the person wrote. */
  readonly mine: string
  readonly busy?: boolean
  /** Saves what the person wrote in the place of the other. */
  readonly onKeepMine: () => void
  readonly onTakeTheirs: () => void
}

/** Both texts of a place that was changed while somebody wrote there, and the choice between them. Nothing is saved before it is made. */
export function ChangedMeanwhile({ base, theirs, mine, busy = false, onKeepMine, onTakeTheirs }: Props) {
  const [fromBase, setFromBase] = useState(false)
  const id = useId()
  return (
    <section className={styles.changed} aria-labelledby={id}>
      <p id={id} className={styles.says} role="alert">
        <GitMerge size={16} strokeWidth={1.5} aria-hidden />
        This was changed while you were writing.
      </p>
      <div className={styles.texts} dir="auto">
        <SideBySide
          left={fromBase ? base : theirs}
          right={fromBase ? theirs : mine}
          leftName={fromBase ? 'As you found it' : 'There now'}
          rightName={fromBase ? 'There now' : 'Yours'}
        />
      </div>
      <div className={styles.choice}>
        <Button variant="quiet" aria-pressed={fromBase} onClick={() => setFromBase(!fromBase)}>
          {fromBase ? 'Beside yours' : 'What they changed'}
        </Button>
        <span className={styles.names}>{fromBase ? 'As you found it · there now' : 'There now · yours'}</span>
        <Button disabled={busy} onClick={onTakeTheirs}>
          Take theirs
        </Button>
        <Button variant="primary" disabled={busy} onClick={onKeepMine}>
          Keep mine
        </Button>
      </div>
    </section>
  )
}
