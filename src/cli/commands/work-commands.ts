import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import type { ImportReport } from '#app/import/import-file.ts'
import { changeLine, shownInReport } from '#app/import/report-lists.ts'
import type { JobOutcome, JobRequest } from '#app/jobs/job-messages.ts'
import { jobs } from '#app/jobs/jobs.ts'
import { runJob } from '#app/jobs/run-job.ts'
import { anchorOf } from '#app/workspace/anchor.ts'
import { backUp } from '#app/workspace/back-up.ts'
import { logFile } from '#app/workspace/init-workspace.ts'
import { openWorkspace } from '#app/workspace/workspace.ts'
import { done, type Result } from '#core/values/refusal.ts'
import { outputTarget } from '#db/files/output-target.ts'
import type { ChainProblem } from '#db/log/verify.ts'
import type { OnProgress, WorkOptions } from '#db/sqlite/progress.ts'
import { type Shared, withWorkspace, workspaceFolder } from '../input/open-here.ts'
import { accepted, print, printJson, RefusedError, safeLine } from '../output/output.ts'

type Format<Kind extends string> = Extract<JobRequest, { kind: Kind; format: string }>['format']

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
async function run(
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

/** What asks a command to end. */
const stopping = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Writes standard input into a private file, for an import reads its file twice. @returns the file; `remove` deletes it. */
async function keptInput(): Promise<{ file: string; remove(): void }> {
  if (process.stdin.isTTY)
    throw new RefusedError({
      code: 'invalid_command',
      message:
        'Standard input is a terminal. Pipe a file into it: gh api … | docket import - --format github',
    })
  const folder = mkdtempSync(join(tmpdir(), 'docket-import-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const file = join(folder, 'standard-input')
  // Nothing of what somebody piped in stays behind, however the command ends.
  process.once('exit', remove)
  const stopped = new AbortController()
  const stop = (): void => stopped.abort()
  for (const signal of stopping) process.on(signal, stop)
  try {
    await pipeline(process.stdin, createWriteStream(file, { mode: 0o600 }), { signal: stopped.signal })
  } catch (error) {
    remove()
    if (stopped.signal.aborted)
      throw new RefusedError({ code: 'cancelled', message: 'Stopped. Nothing was imported.' })
    throw error
  } finally {
    for (const signal of stopping) process.off(signal, stop)
  }
  return { file, remove }
}

export async function importInto(
  file: string,
  options: Shared & { format: Format<'import'>; withPullRequests?: true },
): Promise<void> {
  const input = file === '-' ? await keptInput() : undefined
  const { result, cancelled } = await run(options, {
    kind: 'import',
    format: options.format,
    file: input?.file ?? resolve(file),
    ...(options.withPullRequests ? { withPullRequests: true } : {}),
  }).finally(() => input?.remove())
  const report = {
    ...(result as ImportReportWithFiles),
    ...(input ? { file: '-' } : {}),
  }
  if (options.json) printJson(report)
  else tellImport(report)
  if (cancelled)
    throw new RefusedError({
      code: 'cancelled',
      message: 'Stopped. What is in stays in; importing again goes on from there.',
    })
}

type ImportReportWithFiles = ImportReport & {
  readonly problemsFile: string | null
  readonly changesFile: string | null
}

function tellImport(report: ImportReportWithFiles): void {
  const { issues, events, skipped, pullRequestsPassedOver, problems, problemCount, problemsFile } = report
  print(`${issues} issues, ${events} events imported; ${skipped} events were here already.`)
  tellChanges(report)
  if (pullRequestsPassedOver > 0)
    print(
      `${pullRequestsPassedOver.toLocaleString('en')} pull request${pullRequestsPassedOver === 1 ? '' : 's'} passed over; --with-pull-requests takes them as issues.`,
    )
  for (const { line, reason } of problems.slice(0, shownInReport))
    print(`  line ${line}: ${safeLine(reason)}`)
  if (problemCount === 0) return
  const all = problemsFile ? ` All of them are listed in ${safeLine(problemsFile)}.` : ''
  print(
    `${problemCount.toLocaleString('en')} record${problemCount === 1 ? '' : 's'} could not be taken; the rest is in.${all}`,
  )
}

function tellChanges({ changed, changedCount, changesFile }: ImportReportWithFiles): void {
  if (changedCount === 0) return
  const count = changedCount.toLocaleString('en')
  print(
    `${count} issue${changedCount === 1 ? '' : 's'} that ${changedCount === 1 ? 'was' : 'were'} here changed in the source:`,
  )
  for (const change of changed.slice(0, shownInReport)) print(`  ${safeLine(changeLine(change))}`)
  if (changesFile) print(`What changed of each is listed in ${safeLine(changesFile)}.`)
}

export async function exportFrom(
  options: Shared & { format: Format<'export'>; output?: string; excel?: boolean; withViews?: boolean },
): Promise<void> {
  const { format, excel, withViews = false } = options
  if (excel && format !== 'csv')
    throw new RefusedError({
      code: 'invalid_command',
      message: '--excel is for --format csv; nothing else is opened with Excel.',
    })
  const asked = { format, withViews, ...(excel ? { excel } : {}) }
  const target = accepted(outputTarget(options.output ?? '-'))
  if (target.kind !== 'standard_output' && options.output !== undefined) {
    const { result } = await run(options, {
      kind: 'export',
      ...asked,
      file: resolve(options.output),
    })
    if (options.json) printJson(result)
    else print(`Wrote ${safeLine(String(result.file))}.`)
    return
  }
  // Written as a whole first, so that nobody reads half of an export from the pipe without hearing of it.
  const folder = mkdtempSync(join(tmpdir(), 'docket-export-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  // Also where the reader leaves early, which ends this process.
  process.once('exit', remove)
  try {
    const file = join(folder, 'export')
    await run(options, { kind: 'export', ...asked, file }).catch((error) => {
      if (!(error instanceof RefusedError) || error.refusal.code !== 'disk_full') throw error
      const message = `The disk that holds temporary files (${tmpdir()}) is full. Name a file on another one with --output.`
      throw new RefusedError({ code: 'disk_full', message })
    })
    await pipeline(createReadStream(file), process.stdout, { end: false })
  } finally {
    remove()
  }
}

/** The key of the issue that a stream is, for a person to find it. */
function keyOf(options: Shared, streamId: string): string | null {
  const opened = openWorkspace(workspaceFolder(options))
  if (!opened.ok) return null
  try {
    const { number } = opened.value.log.issue(streamId)
    return number === null ? null : `${opened.value.name().keyPrefix}-${number}`
  } catch {
    return null
  } finally {
    opened.value.close()
  }
}

export async function verify(options: Shared & { accept?: boolean }): Promise<void> {
  if (options.accept) await withWorkspace(options, (workspace) => anchorOf(workspace).accept())
  const { result } = await run(options, { kind: 'verify' })
  const report = result as {
    events: number
    chains: number
    problems: ChainProblem[]
    findings: string[]
  }
  const [first] = report.problems
  if (options.json) printJson(report)
  if (first) {
    const key = first.streamId && keyOf(options, first.streamId)
    const which = first.eventId
      ? `event ${first.eventId} at position ${first.position}${key ? ` (${key})` : ''}: `
      : ''
    const more = report.problems.length - 1
    throw new RefusedError({
      code: 'corrupt',
      message: `The chain is broken: ${which}${first.reason}.${more > 0 ? ` ${more} more with --json.` : ''}`,
    })
  }
  if (report.findings.length > 0)
    throw new RefusedError({
      code: 'corrupt',
      message: `The chain of ${report.events} events is intact. ${report.findings.join(' ')}`,
    })
  if (!options.json)
    print(
      `${report.events} events, chain intact\nThe file and what guards it are as Docket made them, and what is shown is what the events come to. Whether somebody wrote the whole file anew, verify can’t tell yet.`,
    )
}

/** Copies the log, verified, and notes where it is. */
export async function backup(file: string, options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const made = accepted(backUp(workspace, resolve(file), Date.now()))
    if (options.json) return printJson(made)
    print(`Wrote ${safeLine(made.file)}: ${made.events} events, chain intact.`)
    if (!made.noted) print('It could not be noted in the workspace, which can only be read.')
  })
}

export async function rebuild(options: Shared): Promise<void> {
  const { result } = await run(options, { kind: 'rebuild' })
  if (options.json) return printJson(result)
  print(`Rebuilt the projections of ${result.issues} issues from ${result.events} events.`)
  const repaired = result.repaired as readonly string[]
  const found = result.identical ? 'identical' : `different: ${repaired.join(', ')} had been wrong`
  print(`before ${result.before}\nafter  ${result.after}\n${found}`)
}

/** The web host, in this process, until it is told to end. @throws RefusedError where there is no workspace: none is made in passing. */
export async function serveWindow(options: Shared & { port?: string; open?: boolean }): Promise<void> {
  const folder = workspaceFolder(options)
  if (!existsSync(logFile(folder))) accepted(openWorkspace(folder))
  const entry = fileURLToPath(new URL('../../web/main.ts', import.meta.url))
  process.argv = [
    process.argv[0] as string,
    entry,
    ...['--workspace', folder],
    ...(options.port === undefined ? [] : [`--port=${options.port}`]),
    ...(options.open === false ? ['--no-open'] : []),
  ]
  await import('#web/main.ts')
}
