import type { JobOutcome, JobRequest } from '#app/jobs/job-messages.ts'
import { jobs } from '#app/jobs/jobs.ts'
import { runJob } from '#app/jobs/run-job.ts'
import { done, type Result } from '#core/values/refusal.ts'
import type { OnProgress, WorkOptions } from '#db/sqlite/progress.ts'
import { accepted } from '../output/output.ts'
import { type Shared, workspaceFolder } from './open-here.ts'

/** The formats that a job of a kind knows. */
export type JobFormat<Kind extends string> = Extract<JobRequest, { kind: Kind; format: string }>['format']

/** A line that is written over, where a person is watching. */
function progressLine(): { tell: OnProgress; end(): void } {
  const watching = process.stderr.isTTY
  return {
    tell({ done, total, unit }) {
      if (watching)
        process.stderr.write(
          `\r${total > 0 ? `${Math.floor((done / total) * 100)} %` : ''} ${done.toLocaleString('en')} ${unit}   `,
        )
    },
    end() {
      if (watching) process.stderr.write('\r\u001b[K')
    },
  }
}

/** Runs an import or a verify on a thread, as the app does: there its memory has limits. */
async function runOnThread(
  folder: string,
  request: JobRequest,
  { onProgress, isCancelled }: WorkOptions,
): Promise<Result<JobOutcome>> {
  const running = jobs({
    folder,
    thread: new URL('../../app/jobs/job-thread.ts', import.meta.url),
    onChange: ({ id, progress }) => {
      onProgress?.(progress)
      if (isCancelled?.()) running.cancel(id)
    },
  })
  const started = running.start(request)
  if (!started.ok) return started
  const { state, result, error } = await running.ended(started.value.id)
  // Nothing that a thread left open keeps the command from ending.
  await running.close()
  if (error) return { ok: false, error }
  return done({ result: result ?? {}, cancelled: state === 'cancelled' })
}

/**
 * Runs a job. Import and export let the event loop turn, so Ctrl-C stops them between two transactions, and a second one at
 * once; verify and rebuild do not, so they are left to the system, which ends the process: the one only reads, the other is a
 * single transaction.
 */
export async function runJobHere(
  options: Shared,
  request: JobRequest,
): Promise<{ result: Record<string, unknown>; cancelled: boolean }> {
  const doJob = request.kind === 'import' || request.kind === 'verify' ? runOnThread : runJob
  let cancelled = false
  const cancel = (): void => {
    if (cancelled) process.exit(130)
    cancelled = true
  }
  const signals =
    request.kind === 'import' || request.kind === 'export' ? (['SIGINT', 'SIGTERM'] as const) : []
  for (const signal of signals) process.on(signal, cancel)
  const line = progressLine()
  try {
    return accepted(
      await doJob(workspaceFolder(options), request, {
        onProgress: line.tell,
        isCancelled: () => cancelled,
      }),
    )
  } finally {
    line.end()
    for (const signal of signals) process.off(signal, cancel)
  }
}
