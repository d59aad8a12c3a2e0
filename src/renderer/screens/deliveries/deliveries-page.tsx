import { navigate } from '../../lib/hash-location.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { ErrorState } from '../../ui/page/view-state.tsx'
import styles from './deliveries-page.module.css'
import { DeliveryLog } from './delivery-log.tsx'
import { DeliveryPlot } from './delivery-plot.tsx'
import { isDeliveryFilter } from './delivery-words.ts'
import { HealthTable } from './health-table.tsx'
import { LogFilter, logPath } from './log-filter.tsx'
import { WorkerNote, WorkerTrouble } from './worker-line.tsx'

type Props = {
  /** The inbox that the log is narrowed to. */
  readonly inbox: string | null
  /** The state that it is narrowed to. */
  readonly state: string | null
}

/** How the inboxes fare, and every delivery that they made or tried. */
export function DeliveriesPage({ inbox, state }: Props) {
  const { data: inboxes, isError, error, refetch } = useCall('inboxes.list', {})
  const of = inbox ?? undefined
  const filter = isDeliveryFilter(state) ? state : undefined
  return (
    <>
      <ViewHeader note={<WorkerNote />} />
      <section className={styles.page} aria-label="Deliveries" aria-busy={!inboxes && !isError}>
        <WorkerTrouble />
        {isError && !inboxes && (
          <ErrorState what="The deliveries could not be shown" error={error} onRetry={() => void refetch()} />
        )}
        {inboxes && (
          <>
            <HealthTable
              inboxes={inboxes}
              onShow={(name, shown) => navigate(logPath(name, shown), { replace: true })}
            />
            <DeliveryPlot inbox={of} />
            <LogFilter inboxes={inboxes} inbox={of} state={filter} />
            <DeliveryLog key={`${of} ${filter}`} inboxes={inboxes} inbox={of} state={filter} />
          </>
        )}
      </section>
    </>
  )
}
