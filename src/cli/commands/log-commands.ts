import { resolve } from 'node:path'
import { anchorOf } from '#app/workspace/anchor.ts'
import { backUp } from '#app/workspace/back-up.ts'
import { openWorkspace } from '#app/workspace/workspace.ts'
import type { ChainProblem } from '#db/log/verify.ts'
import { type Shared, withWorkspace, workspaceFolder } from '../input/open-here.ts'
import { runJobHere } from '../input/run-job-here.ts'
import { accepted, print, printJson, RefusedError, safeLine } from '../output/output.ts'

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

/** `docket verify` */
export async function verify(options: Shared & { accept?: boolean }): Promise<void> {
  if (options.accept) await withWorkspace(options, (workspace) => anchorOf(workspace).accept())
  const { result } = await runJobHere(options, { kind: 'verify' })
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

/** `docket backup`: copies the log, verified, and notes where it is. */
export async function backup(file: string, options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const made = accepted(backUp(workspace, resolve(file), Date.now()))
    if (options.json) return printJson(made)
    print(`Wrote ${safeLine(made.file)}: ${made.events} events, chain intact.`)
    if (!made.noted) print('It could not be noted in the workspace, which can only be read.')
  })
}

/** `docket rebuild` */
export async function rebuild(options: Shared): Promise<void> {
  const { result } = await runJobHere(options, { kind: 'rebuild' })
  if (options.json) return printJson(result)
  print(`Rebuilt the projections of ${result.issues} issues from ${result.events} events.`)
  const repaired = result.repaired as readonly string[]
  const found = result.identical ? 'identical' : `different: ${repaired.join(', ')} had been wrong`
  print(`before ${result.before}\nafter  ${result.after}\n${found}`)
}
