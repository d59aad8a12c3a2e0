import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { logFile } from '#app/workspace/init-workspace.ts'
import { gapSentence } from '#app/workspace/log-head.ts'
import { openWorkspace, type Workspace } from '#app/workspace/workspace.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { inboxDatabaseFile } from '#inboxes/store/open-store.ts'
import { accepted, quoted, RefusedError, safeLine } from '../output/output.ts'

export type Shared = { readonly workspace?: string; readonly json?: boolean }

/** The workspace that was named, or else this folder's or the nearest above it. */
export function workspaceFolder({ workspace }: Shared): string {
  const named = workspace ?? process.env.DOCKET_WORKSPACE
  if (named) return resolve(named)
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    // Also where the log is gone: that is said, and no other workspace further up is taken for this one.
    if (existsSync(logFile(folder)) || existsSync(inboxDatabaseFile(folder))) return folder
    if (dirname(folder) === folder) return process.cwd()
  }
}

/** Says on standard error where the log lacks what had been recorded: once, for what is here is what is noted from now on. */
function tellOfGap({ folder, tellGap }: Workspace): void {
  const gap = tellGap()
  if (gap) process.stderr.write(`docket: ${safeLine(gapSentence(folder, gap))} [log_behind]\n`)
}

/** Opens the workspace, does the work and closes it, whatever happens. */
export async function withWorkspace<T>(
  shared: Shared,
  work: (workspace: Workspace) => T | Promise<T>,
): Promise<T> {
  const workspace = accepted(openWorkspace(workspaceFolder(shared)))
  tellOfGap(workspace)
  try {
    return await work(workspace)
  } catch (error) {
    const refusal = databaseRefusal(error, logFile(workspace.folder))
    throw refusal ? new RefusedError(refusal) : error
  } finally {
    workspace.close()
  }
}

/** An issue's id by key. @throws RefusedError where there is none. */
export function issueIdOf(workspace: Workspace, key: string): string {
  const id = workspace.findIssue(key)
  if (!id)
    throw new RefusedError({
      code: 'unknown_issue',
      message: `There is no issue ${quoted(key)} in this workspace.`,
    })
  return id
}
