import { stat } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ImportFormat } from '#contract/import-formats.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import type { ImportContext, ImportedStream, ImportProblem, ReconciledIssue } from './history/imported.ts'
import { readers } from './readers.ts'
import { Refused } from './records/refused.ts'

export type ImportReport = {
  readonly format: ImportFormat
  readonly file: string
  /** New issues in the log. */
  readonly issues: number
  /** Events written. */
  readonly events: number
  /** Events that were in the log already. */
  readonly skipped: number
  /** The first 1,000 records that could not be taken, in the order they were met. */
  readonly problems: readonly Pick<ImportProblem, 'line' | 'reason'>[]
  /** All of them; `onProblem` was told of each. */
  readonly problemCount: number
  /** They stand in the lists of issues and were not asked for; not among the problems. */
  readonly pullRequestsPassedOver: number
  /** The first 1,000 issues that were here and are not as the source says now: what changed of each. */
  readonly changed: readonly ReconciledIssue[]
  /** All of them; `onChange` was told of each. */
  readonly changedCount: number
  /** True where it was stopped before the end; what is counted here is in and stays. */
  readonly cancelled: boolean
}

/** What a transaction did: events appended, events skipped because their ids were known, and how many issues are new. */
export type Written = { readonly appended: number; readonly skipped: number; readonly issues: number }

export type ImportOptions = {
  readonly format: ImportFormat
  readonly file: string
  readonly context: ImportContext
  /**
   * Writes streams in one transaction, in the order given: all or nothing. Events whose id is in the log are skipped. A stream may
   * exist already, and one stream may come in several calls.
   */
  readonly writeStreams: (streams: readonly ImportedStream[]) => Written | Promise<Written>
  /** Bytes of the file that are dealt with, and in all; at most every 50 ms, and once at the end. */
  readonly onProgress?: (bytes: number, total: number) => void
  /** Told of each record that can not be taken. */
  readonly onProblem?: (problem: Pick<ImportProblem, 'line' | 'reason'>) => void
  /** Told of each issue that was here and changes, once it is written. */
  readonly onChange?: (change: ReconciledIssue) => void
  /** Stops between two transactions. */
  readonly signal?: AbortSignal
  /** Milliseconds that only ever grow. */
  readonly now?: () => number
}

const maxProblems = 1_000
const eventsPerTransaction = 150
const progressEvery = 50

/**
 * Imports a file: reads it as a stream, and writes whole issues in transactions of some 150 events. Memory does not grow with the
 * file. Refuses with `import_unreadable` where nothing can be read, with the writer's own refusal or `import_failed` where it ends
 * half-way: what was written stays, and importing again goes on from there.
 */
export async function importFile(options: ImportOptions): Promise<Result<ImportReport>> {
  const { format, file, context, signal, now = () => performance.now() } = options
  const counts = { issues: 0, events: 0, skipped: 0 }
  const problems: { line: number; reason: string }[] = []
  let problemCount = 0
  let pullRequestsPassedOver = 0
  const changed: ReconciledIssue[] = []
  let changedCount = 0
  let changes: ReconciledIssue[] = []
  let batch: ImportedStream[] = []
  let batched = 0
  let bytes = 0
  let said = Number.NEGATIVE_INFINITY
  const report = (cancelled: boolean): Result<ImportReport> =>
    done({
      format,
      file,
      issues: counts.issues,
      events: counts.events,
      skipped: counts.skipped,
      problems,
      problemCount,
      pullRequestsPassedOver,
      changed,
      changedCount,
      cancelled,
    })

  async function flush(): Promise<void> {
    if (batch.length > 0) {
      const written = await options.writeStreams(batch)
      counts.events += written.appended
      counts.skipped += written.skipped
      counts.issues += written.issues
    }
    changedCount += changes.length
    for (const change of changes) {
      if (changed.length < maxProblems) changed.push(change)
      options.onChange?.(change)
    }
    changes = []
    batch = []
    batched = 0
    // Lets a cancellation, or whatever else the thread has to do, in between.
    await nextTurn()
  }

  try {
    const total = await sizeOf(file)
    const progress = (): void => {
      if (now() - said < progressEvery) return
      said = now()
      options.onProgress?.(Math.min(bytes, total), total)
    }
    let turn = now()
    for await (const item of readers[format](file, context)) {
      if (signal?.aborted) return report(true)
      if (item.kind === 'problem' && item.sort === 'pull request') pullRequestsPassedOver++
      else if (item.kind === 'problem') {
        problemCount++
        const { line, reason } = item
        if (problems.length < maxProblems) problems.push({ line, reason })
        options.onProblem?.({ line, reason })
      } else if (item.kind === 'progress') {
        bytes = Math.max(bytes, item.bytes)
        progress()
        if (now() - turn > progressEvery) {
          await nextTurn()
          turn = now()
        }
      } else {
        batch.push(...item.streams)
        if (item.change) changes.push(item.change)
        batched += item.streams.reduce((sum, stream) => sum + stream.events.length, 0)
        if (batched >= eventsPerTransaction) await flush()
      }
    }
    if (signal?.aborted) return report(true)
    await flush()
    options.onProgress?.(total, total)
    return report(false)
  } catch (error) {
    if (error instanceof Refused) {
      const { code, message, details } = error.refusal
      return refuse(code, message, { ...details, ...counts })
    }
    throw error
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch {
    // The reader says what is wrong with it.
    return 0
  }
}
