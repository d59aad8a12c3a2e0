import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { JobKind, JobView } from '#contract/answers/answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../ui/controls/dialog.tsx'
import { renewOrders } from '../../ui/issues/open-orders.ts'
import { FileForm } from './file-form.tsx'
import { JobProgress } from './job-progress.tsx'
import styles from './jobs.module.css'
import { saveWhenDone } from './save-export.ts'

type StartInput = CallInput<'jobs.start'>

const titles: Readonly<Record<JobKind, string>> = {
  import: 'Import issues',
  export: 'Export',
  backup: 'Back up',
  verify: 'Verify the log',
  rebuild: 'Rebuild projections',
}

const explained: Readonly<Record<'verify' | 'rebuild', string>> = {
  verify:
    'Checks the hash of every event and the chain that ties them together, the file itself, and that lists, counters and search are what the events come to. It reads; it changes nothing.',
  rebuild:
    'Makes the lists, counters and search anew from the events. The events stay as they are, and you can go on working.',
}

/** Long work: what to do, how far it is, what came of it. Closing the dialog leaves the work running. */
export function JobDialog({ kind, onClose }: { readonly kind: JobKind; readonly onClose: () => void }) {
  const client = useQueryClient()
  const jobs = useCall('jobs.list', {})
  const [started, setStarted] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  // One that runs already is shown instead of offering another.
  const job: JobView | undefined = jobs.data?.find(
    ({ id, state, kind: of }) => id === started || (started === null && state === 'running' && of === kind),
  )
  // From here on it is this dialog's own: its end is shown here too.
  if (job && started === null) setStarted(job.id)
  const start = async (input: StartInput) => {
    setError(null)
    try {
      const view = await callHost('jobs.start', input)
      client.setQueryData<readonly JobView[]>(['jobs.list', {}], (known = []) => [
        ...(known.some(({ id }) => id === view.id) ? [] : [view]),
        ...known,
      ])
      setStarted(view.id)
      // What an import could not take is fetched by whoever wants to read it.
      if (view.kind !== 'import') saveWhenDone(view.id)
    } catch (failure) {
      setError(sentenceOf(failure))
    }
  }
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ['jobs.list'] })
  }, [client])
  const imported = job?.kind === 'import' && job.state !== 'running'
  // Whoever asked for it wants to see what came.
  useEffect(() => {
    if (imported) renewOrders()
  }, [imported])
  return (
    <Dialog open onClose={onClose} title={titles[kind]} width={580}>
      {job ? (
        <JobProgress job={job} onClose={onClose} onAgain={() => setStarted('')} />
      ) : kind === 'import' || kind === 'export' || kind === 'backup' ? (
        <FileForm kind={kind} error={error} onStart={(input) => void start(input)} onClose={onClose} />
      ) : (
        <>
          <DialogBody>
            <p className={styles.text}>{explained[kind]}</p>
            {error && (
              <p className={styles.error} role="alert">
                {error}
              </p>
            )}
          </DialogBody>
          <DialogActions>
            <Button variant="quiet" onClick={onClose}>
              Close
            </Button>
            <Button variant="primary" onClick={() => void start({ kind })}>
              {kind === 'verify' ? 'Verify' : 'Rebuild'}
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  )
}
