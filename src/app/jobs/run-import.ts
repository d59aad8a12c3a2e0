import { done, type Result } from '#core/values/refusal.ts'
import { importedLookup } from '#db/log/imported-lookup.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { WorkOptions } from '#db/sqlite/progress.ts'
import { refuseReader } from '../commands/refuse-reader.ts'
import { retryWhileBusy } from '../commands/retry-while-busy.ts'
import { importFile } from '../import/import-file.ts'
import { reportLists } from '../import/report-lists.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { JobOutcome, JobRequest } from './job-messages.ts'

/** How often a running import looks whether it was cancelled, in milliseconds. */
const lookEvery = 20
/** Events that search takes in at a time once the file is read. */
const searchedAtOnce = 300

/** Imports a file into a workspace and makes it searchable. What was in when it was cancelled stays in, whole issues only. */
export async function runImport(
  workspace: Workspace,
  request: Extract<JobRequest, { kind: 'import' }>,
  { onProgress, isCancelled }: WorkOptions,
): Promise<Result<JobOutcome>> {
  if (workspace.me.role === 'reader') return refuseReader()
  const stop = new AbortController()
  const look = setInterval(() => isCancelled?.() && stop.abort(), lookEvery)
  const lists = reportLists(workspace.folder, Date.now())
  const lookup = importedLookup(workspace.database, workspace.log)
  const here = lookup.anyIssue() ? { ...lookup, issue: workspace.log.issue } : undefined
  try {
    const imported = await importFile({
      format: request.format,
      file: request.file,
      context: { derive: deriveId, withPullRequests: request.withPullRequests, here },
      writeStreams: (streams) => retryWhileBusy(() => workspace.log.importStreams(streams)),
      onProgress: (bytes, total) => onProgress?.({ done: bytes, total, unit: 'bytes' }),
      onProblem: lists.problems.add,
      onChange: lists.changes.add,
      signal: stop.signal,
    })
    if (!imported.ok) return imported
    while (!stop.signal.aborted && (await retryWhileBusy(() => workspace.projections.step(searchedAtOnce))));
    const files = { problemsFile: lists.problems.close(), changesFile: lists.changes.close() }
    return done({ result: { ...imported.value, ...files }, cancelled: imported.value.cancelled })
  } finally {
    clearInterval(look)
    lists.problems.close()
    lists.changes.close()
  }
}
