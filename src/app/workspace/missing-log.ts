import { existsSync, lstatSync, readlinkSync, statSync } from 'node:fs'
import { type Refusal, refuse } from '#core/values/refusal.ts'
import { inboxDatabaseFile } from '#inboxes/store/open-store.ts'
import { howToRestore, newestBackup } from './noted-backups.ts'

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    // Nothing is there, or it may not be looked at: whoever opens it says so.
    return false
  }
}

/** A link at whose end is nothing: a disk that is not there, for one. */
export function danglingLink(path: string): Refusal | undefined {
  if (existsSync(path) || !isLink(path)) return undefined
  return refuse(
    'invalid_input',
    `${path} is a link to ${readlinkSync(path)}, and nothing is there: is its disk connected? Nothing was made.`,
    { file: path },
  ).error
}

/**
 * What is wrong where a log should be and is not, before anything is opened: SQLite would make a new one in its place. A file of no bytes is damage (a disk that was full, a copy that was
 * cut off), as is none beside an `inboxes.db`. @param file the log. @param making whether a workspace is being made: then an empty file alone is the start of one.
 */
export function missingLog(folder: string, file: string, making = false): Refusal | undefined {
  const dangling = danglingLink(folder) ?? danglingLink(file)
  if (dangling) return dangling
  const used = existsSync(inboxDatabaseFile(folder))
  const empty = existsSync(file) && statSync(file).isFile() && statSync(file).size === 0
  if (empty ? making && !used : existsSync(file) || !used) return undefined
  const wrong = empty ? 'is empty' : 'is missing, though inboxes.db is here'
  const backup = newestBackup(folder)?.file
  return refuse(
    'corrupt',
    `${file} ${wrong}: the history of this workspace is not here. Nothing was changed. ${howToRestore(folder)}.`,
    backup === undefined ? undefined : { backup },
  ).error
}
