import { useState } from 'react'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { ConfirmDialog } from '../../../ui/controls/confirm-dialog.tsx'
import { changesText } from '../../../ui/sync/describe-sync.ts'
import { useSyncAct } from '../../../ui/sync/use-sync.ts'
import styles from './team-settings.module.css'

/** The way out of a team, with everything. */
export function LeaveTeam({ view }: { readonly view: SyncView }) {
  const act = useSyncAct()
  const [asking, setAsking] = useState(false)
  const { unpushed } = view
  return (
    <section className={styles.leave} aria-label="Leave">
      <p className={styles.about}>
        Leaving ends sync on this computer. It goes on alone, with everything that is here.
      </p>
      <Button onClick={() => setAsking(true)}>Leave the team…</Button>
      {asking && (
        <ConfirmDialog
          title="Leave the team"
          action="Leave"
          onConfirm={async () => {
            await act('sync.leave', 'This workspace goes on alone, with everything that is here')
            return null
          }}
          onClose={() => setAsking(false)}
        >
          <p>
            This workspace goes on alone, with everything that is here. The others keep what they have. To
            come back you need a new invite.
          </p>
          {unpushed > 0 && (
            <p>What was done here and not sent yet ({changesText(unpushed)}) does not reach the others.</p>
          )}
        </ConfirmDialog>
      )}
    </section>
  )
}
