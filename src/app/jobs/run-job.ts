import { v7 as uuidv7 } from 'uuid'
import { eventRegistry } from '#core/event-registry.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { CancelledError, type OnProgress, type WorkOptions } from '#db/sqlite/progress.ts'
import { backUp } from '../workspace/back-up.ts'
import { logFile } from '../workspace/init-workspace.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'
import type { JobOutcome, JobRequest } from './job-messages.ts'
import { runVerify } from './run-verify.ts'

/** What changes the log's file; the rest goes on where it can only be read, on a full disk for one. */
const writes: readonly JobRequest['kind'][] = ['import', 'rebuild']

/**
 * What a connection keeps of the file, in KiB: an import looks at little but what it wrote last, an export and a verify read everything once.
 * A rebuild goes back and forth, and keeps as much as any other.
 */
const cacheSize = 8_192

/** Progress is told at most this often, in milliseconds. */
const tellEvery = 50

function atMostEvery(interval: number, tell: OnProgress): OnProgress {
  let last = 0
  return (progress) => {
    const now = Date.now()
    if (now - last < interval && progress.done < progress.total) return
    last = now
    tell(progress)
  }
}

async function work(
  workspace: Workspace,
  request: JobRequest,
  options: WorkOptions,
): Promise<Result<JobOutcome>> {
  switch (request.kind) {
    case 'verify':
      return done({ result: runVerify(workspace, options), cancelled: false })
    case 'backup': {
      const made = backUp(workspace, request.file, Date.now(), request.downloads !== true)
      return made.ok ? done({ result: made.value, cancelled: false }) : made
    }
    case 'rebuild': {
      const report = rebuildProjections(workspace.database, {
        ...options,
        registry: eventRegistry(),
        newId: uuidv7,
      })
      return done({ result: { ...report, identical: report.repaired.length === 0 }, cancelled: false })
    }
    case 'import': {
      const { runImport } = await import('./run-import.ts')
      return runImport(workspace, request, options)
    }
    case 'export': {
      const { runExport } = await import('./run-export.ts')
      return runExport(workspace, request, options)
    }
  }
}

/**
 * Does a job on a connection of its own, wherever it is called: in a job's thread or in the CLI's process. Never throws: a failing
 * disk, a cancel and a bad file come back as refusals.
 */
export async function runJob(
  folder: string,
  request: JobRequest,
  options: WorkOptions & { readonly migrations?: string | undefined },
): Promise<Result<JobOutcome>> {
  const opened = openWorkspace(folder, {
    durability: 'NORMAL',
    ...(options.migrations ? { migrations: options.migrations } : {}),
  })
  if (!opened.ok) return opened
  const workspace = opened.value
  if (request.kind !== 'rebuild') workspace.database.client.pragma(`cache_size = -${cacheSize}`)
  const onProgress = options.onProgress && atMostEvery(tellEvery, options.onProgress)
  const failed = (error: unknown): Result<JobOutcome> => {
    if (error instanceof CancelledError) return refuse('cancelled', 'Stopped. What was done before is kept.')
    const kept = request.kind === 'import' ? 'What was imported so far stays, whole issues only' : undefined
    const refusal = databaseRefusal(error, logFile(folder), kept)
    if (refusal) return { ok: false, error: refusal }
    return refuse('internal', `The work failed: ${error instanceof Error ? error.message : String(error)}`)
  }
  try {
    const outcome = await work(workspace, request, { ...options, onProgress }).catch(failed)
    try {
      // What was written without waiting for the disk is on it before anybody hears "done".
      if (writes.includes(request.kind)) workspace.database.client.pragma('wal_checkpoint(TRUNCATE)')
    } catch (error) {
      if (outcome.ok) return failed(error)
    }
    return outcome
  } finally {
    workspace.close()
  }
}
