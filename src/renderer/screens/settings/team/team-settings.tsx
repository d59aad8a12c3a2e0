import { useState } from 'react'
import { useCall } from '../../../lib/queries/use-call.ts'
import { ErrorState, useSlow } from '../../../ui/page/view-state.tsx'
import { JoinForm } from './join-form.tsx'
import { JoinedTeam } from './joined-team.tsx'
import styles from './team-settings.module.css'

/** With whom the workspace is shared: the way to join a team, or the team. */
export function TeamSettings() {
  const { data: view, isError, error, refetch } = useCall('sync.status', {})
  // The form stays until the host has answered: what it shows while it joins, and what it says where it is refused.
  const [joining, setJoining] = useState(false)
  const slow = useSlow(!view && !isError)
  if (!view)
    return isError ? (
      <ErrorState what="The team could not be shown" error={error} onRetry={() => void refetch()} />
    ) : (
      <div aria-busy>{slow && <p className={styles.waiting}>Looking…</p>}</div>
    )
  return view.state === 'off' || joining ? (
    <JoinForm view={view} joining={joining} onJoining={setJoining} />
  ) : (
    <JoinedTeam view={view} />
  )
}
