import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { plainTarget } from '#db/files/output-target.ts'
import { verifyLog } from '#db/log/verify.ts'
import { copyDatabase } from '#db/sqlite/copy-database.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { openReadDatabase } from '#db/sqlite/open-database.ts'
import { inboxDatabaseFile } from '#inboxes/store/open-store.ts'
import { logFile } from './init-workspace.ts'
import { noteBackup } from './noted-backups.ts'
import type { Workspace } from './workspace.ts'

/** A backup that was made and verified. */
export type Backup = {
  /** Where every link of the name that was given leads. */
  readonly file: string
  readonly events: number
  readonly bytes: number
  /** Whether the workspace remembers it: not where it can only be read. */
  readonly noted: boolean
}

class DamagedCopyError extends Error {}

/**
 * Copies a workspace's log into a file, as it is at one moment and whoever has it open, verifies every hash of the copy, and notes where it is. A file that was
 * there is replaced once the copy is whole. Refuses with `invalid_input`, `corrupt`, `read_only`, `disk_full`, `busy`; the target is then as it was.
 * @param now milliseconds since 1970. @param stays whether it stays where it is written; one that is handed on to a browser is not noted.
 */
export function backUp(workspace: Workspace, name: string, now: number, stays = true): Result<Backup> {
  const target = plainTarget(name)
  if (!target.ok) return target
  const file = target.value
  const { folder, database } = workspace
  if (!existsSync(dirname(file)))
    return refuse('invalid_input', `The folder ${dirname(file)} does not exist.`, { file })
  const own = [logFile(folder), inboxDatabaseFile(folder)].flatMap((path) =>
    existsSync(path) ? [path, `${path}-wal`, `${path}-shm`].map(resolved) : [],
  )
  if (own.includes(resolved(file)))
    return refuse('invalid_input', `${file} is the workspace’s own file. Name another; nothing was written.`)
  try {
    let events = 0
    copyDatabase(database.file, file, (copy) => {
      const opened = openReadDatabase(copy)
      if (!opened.ok) throw new DamagedCopyError(opened.error.message)
      try {
        const report = verifyLog(opened.value)
        const [problem] = report.problems
        if (problem) throw new DamagedCopyError(problem.reason)
        events = report.events
      } finally {
        opened.value.client.close()
      }
    })
    const noted = stays && note(folder, { file, at: now, events })
    return done({ file, events, bytes: statSync(file).size, noted })
  } catch (error) {
    if (error instanceof DamagedCopyError)
      return refuse(
        'corrupt',
        `${logFile(folder)} is damaged, so that no backup was written: ${error.message}. "docket verify" says more; keep the backups that there are.`,
      )
    const refusal = databaseRefusal(error, file, 'No backup was written')
    if (refusal) return { ok: false, error: refusal }
    throw error
  }
}

/** A path without links, its last part too where it is there. */
const resolved = (path: string): string => (existsSync(path) ? realpathSync(path) : path)

function note(folder: string, backup: Parameters<typeof noteBackup>[1]): boolean {
  try {
    noteBackup(folder, backup)
    return true
  } catch {
    return false
  }
}
