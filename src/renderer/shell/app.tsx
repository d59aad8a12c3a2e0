import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Router } from 'wouter'
import { useHashLocation } from '../lib/hash-location.ts'
import { CallError } from '../lib/queries/call-error.ts'
import { subscribeToChanges } from '../lib/queries/subscribe-to-changes.ts'
import { useCall } from '../lib/queries/use-call.ts'
import { WorkspaceProvider } from '../lib/workspace.tsx'
import { TooltipDelay } from '../ui/controls/tooltip.tsx'
import { ErrorState, useSlow } from '../ui/page/view-state.tsx'
import styles from './app.module.css'
import { Frame } from './frame.tsx'
import { Toasts } from './toasts/toasts.tsx'

function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The host says when something changes: nothing grows old by the clock.
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 60_000,
        refetchOnWindowFocus: false,
        // The host is this machine: it is there whether or not there is a network.
        networkMode: 'always',
        // A refusal stays one however often it is asked for; only what broke is worth another try.
        retry: (count, error) =>
          count < 1 && !(error instanceof CallError && error.code !== 'internal' && error.code !== 'busy'),
      },
    },
  })
}

/** The whole window. */
export function App() {
  const [client] = useState(newClient)
  useEffect(() => subscribeToChanges(client), [client])
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <Router hook={useHashLocation}>
          <TooltipDelay delay={500}>
            <OpenWorkspace />
          </TooltipDelay>
          <Toasts />
        </Router>
      </QueryClientProvider>
    </CSPProvider>
  )
}

function OpenWorkspace() {
  const info = useCall('app.info', {})
  const entities = useCall('entities.list', {})
  const slow = useSlow(!info.data || !entities.data)
  if (info.data && entities.data) {
    return (
      <WorkspaceProvider info={info.data} entities={entities.data}>
        <Frame />
      </WorkspaceProvider>
    )
  }
  const broken = [info, entities].find(({ isError }) => isError)
  if (broken) {
    return (
      <main className={styles.opening}>
        <ErrorState
          what="The workspace could not be opened"
          error={broken.error}
          onRetry={() => {
            for (const query of [info, entities]) void query.refetch()
          }}
        />
      </main>
    )
  }
  return (
    <main className={styles.opening} aria-busy>
      {slow && <p className={styles.openingText}>Opening the workspace…</p>}
    </main>
  )
}
