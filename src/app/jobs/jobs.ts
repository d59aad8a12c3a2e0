import { basename } from 'node:path'
import { Worker } from 'node:worker_threads'
import { v7 as uuidv7 } from 'uuid'
import type { JobView } from '#contract/answers/answers.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import type { JobRequest, JobThreadData, JobThreadMessage } from './job-messages.ts'

export type Jobs = {
  list(): readonly JobView[]
  /** Begins a job on a thread of its own; it is told of through `onChange`. */
  start(request: JobRequest): Result<JobView>
  /** Asks a job to stop; what it has committed stays. */
  cancel(id: string): Result<JobView>
  /** The job's last word: done, failed or cancelled. */
  ended(id: string): Promise<JobView>
  /** Where all that a window's import could not take is listed; no window sees the path. */
  problemsOf(id: string): string | undefined
  /** Asks all to stop and waits for them. */
  close(): Promise<void>
}

export type JobsOptions = {
  readonly folder: string
  /** Entry of the thread. */
  readonly thread: URL
  readonly migrations?: string | undefined
  readonly onChange: (job: JobView) => void
}

/**
 * What the thread of an import, an export or a verify may take, in MB. What they need at a time is small whatever the file; without limits V8 lets
 * four times as much lie about before it looks. A rebuild folds every issue in memory, and has no limit.
 */
const streamingLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 }

/** Ended jobs that are still listed. */
const endedKept = 20

function titleOf(request: JobRequest): string {
  switch (request.kind) {
    case 'import':
      return `Import ${request.name ?? basename(request.file)}`
    case 'export':
      return `Export to ${request.name ?? basename(request.file)}`
    case 'backup':
      return `Back up to ${request.name ?? basename(request.file)}`
    case 'verify':
      return 'Verify history'
    case 'rebuild':
      return 'Rebuild projections'
  }
}

/** What a job came to, with the name that a person knows its file by in place of its path. */
function named(change: Partial<JobView>, request: JobRequest): Partial<JobView> {
  if (request.kind === 'verify' || request.kind === 'rebuild' || request.name === undefined) return change
  const { file, name } = request
  return {
    ...change,
    ...(change.result && 'file' in change.result ? { result: { ...change.result, file: name } } : {}),
    ...(change.error
      ? { error: { ...change.error, message: change.error.message.replaceAll(file, name) } }
      : {}),
  }
}

/** Long work, each job on a thread of its own, so that the host's event loop stays free. Jobs that write run one after another. */
export function jobs({ folder, thread, migrations, onChange }: JobsOptions): Jobs {
  const known = new Map<
    string,
    { view: JobView; cancel: Int32Array; ended: Promise<JobView>; worker: Worker; problems?: string }
  >()

  function update(id: string, change: Partial<JobView>): JobView {
    const job = known.get(id)
    if (!job) throw new Error(`no job ${id}`)
    job.view = { ...job.view, ...change }
    onChange(job.view)
    return job.view
  }

  function dropOld(): void {
    const ended = [...known.values()].filter((job) => job.view.state !== 'running')
    for (const job of ended.slice(0, Math.max(0, ended.length - endedKept))) known.delete(job.view.id)
  }

  function run(id: string, request: JobRequest, worker: Worker): Promise<JobView> {
    return new Promise((resolve) => {
      const end = (change: Partial<JobView>): void => {
        if (known.get(id)?.view.state === 'running')
          resolve(update(id, { ...named(change, request), endedAt: Date.now() }))
      }
      worker.on('message', (message: JobThreadMessage) => {
        if (message.kind === 'progress') update(id, { progress: message.progress })
        else if (message.kind === 'done') {
          const { problemsFile, ...result } = message.result
          const lists =
            request.kind === 'import' && request.name !== undefined && typeof problemsFile === 'string'
          const job = known.get(id)
          if (lists && job) job.problems = problemsFile
          end({
            state: message.cancelled ? 'cancelled' : 'done',
            result: request.kind === 'import' && request.name !== undefined ? result : message.result,
            downloads: lists || ('downloads' in request && request.downloads === true),
          })
        } else
          end({ state: message.error.code === 'cancelled' ? 'cancelled' : 'failed', error: message.error })
      })
      const died = (reason: string) =>
        end({
          state: 'failed',
          error: {
            code: 'internal',
            message: `The work stopped unexpectedly: ${reason}. What was done before is kept.`,
          },
        })
      worker.on('error', (error) => died(error instanceof Error ? error.message : String(error)))
      worker.on('exit', (code) => died(`its thread ended with code ${code}`))
    })
  }

  return {
    list: () => [...known.values()].map((job) => job.view),
    start(request) {
      if (request.kind === 'import' || request.kind === 'rebuild') {
        const other = [...known.values()].find(
          (job) => job.view.state === 'running' && /import|rebuild/.test(job.view.kind),
        )
        if (other) return refuse('busy', `"${other.view.title}" is running. Wait for it or cancel it first.`)
      }
      const id = uuidv7()
      const cancel = new SharedArrayBuffer(4)
      const workerData: JobThreadData = { folder, request, migrations, cancel }
      const worker = new Worker(thread, {
        workerData,
        ...(request.kind === 'rebuild' ? {} : { resourceLimits: streamingLimits }),
      })
      const view: JobView = {
        id,
        kind: request.kind,
        title: titleOf(request),
        state: 'running',
        progress: { done: 0, total: 0, unit: 'events' },
        result: null,
        error: null,
        startedAt: Date.now(),
        downloads: false,
        endedAt: null,
      }
      const ended = run(id, request, worker)
      known.set(id, { view, cancel: new Int32Array(cancel), ended, worker })
      dropOld()
      onChange(view)
      return done(view)
    },
    cancel(id) {
      const job = known.get(id)
      if (!job) return refuse('unknown_job', 'That work ended long ago or never was.')
      Atomics.store(job.cancel, 0, 1)
      return done(job.view)
    },
    problemsOf: (id) => known.get(id)?.problems,
    async ended(id) {
      const job = known.get(id)
      if (!job) throw new Error(`no job ${id}`)
      return job.ended
    },
    async close() {
      for (const job of known.values()) Atomics.store(job.cancel, 0, 1)
      await Promise.all([...known.values()].map((job) => job.ended))
      await Promise.all([...known.values()].map((job) => job.worker.terminate()))
    },
  }
}
