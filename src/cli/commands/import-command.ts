import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ImportReport } from '#app/import/import-file.ts'
import { changeLine, shownInReport } from '#app/import/report-lists.ts'
import type { Shared } from '../input/open-here.ts'
import { type JobFormat, runJobHere } from '../input/run-job-here.ts'
import { print, printJson, RefusedError, safeLine } from '../output/output.ts'

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

/** `docket import` */
export async function importInto(
  file: string,
  options: Shared & { format: JobFormat<'import'>; withPullRequests?: true },
): Promise<void> {
  const input = file === '-' ? await keptInput() : undefined
  const { result, cancelled } = await runJobHere(options, {
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
