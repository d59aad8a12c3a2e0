import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { replaceFile } from '#db/files/replace-file.ts'

const noted = z.object({
  file: z.string(),
  /** When it was made, in milliseconds since 1970. */
  at: z.number(),
  events: z.number(),
})
/** A backup that was made of a workspace, wherever it lies. */
export type NotedBackup = z.infer<typeof noted>

const kept = 50
/** More than that many notes take. */
const mostBytes = 1 << 20

/** Beside the log and not in it, so that it is there when the log is not. */
const noteFile = (folder: string): string => join(folder, 'backups', 'noted.json')

/** Every backup that was noted, oldest first; none where the note can't be read. */
export function notedBackups(folder: string): readonly NotedBackup[] {
  try {
    const found = statSync(noteFile(folder))
    if (!found.isFile() || found.size > mostBytes) return []
    return z.array(noted).parse(JSON.parse(readFileSync(noteFile(folder), 'utf8')))
  } catch {
    return []
  }
}

/** The newest that is still where it was made. */
export const newestBackup = (folder: string): NotedBackup | undefined =>
  notedBackups(folder).findLast(({ file }) => existsSync(file) && statSync(file).size > 0)

/** Notes a backup. @throws as a failing disk does. */
export function noteBackup(folder: string, backup: NotedBackup): void {
  const before = notedBackups(folder).filter(({ file }) => file !== backup.file)
  mkdirSync(dirname(noteFile(folder)), { recursive: true, mode: 0o700 })
  replaceFile(noteFile(folder), `${JSON.stringify([...before, backup].slice(-kept), null, 2)}\n`)
}

/** What a person is told to do where the log is damaged or gone. */
export function howToRestore(folder: string): string {
  const newest = newestBackup(folder)
  if (!newest)
    return 'No backup was noted here; there may be a copy in backups/. docs/backup.md says how one is put back'
  const { file, at, events } = newest
  return `The newest backup that was noted is ${file}, of ${new Date(at).toISOString()} with ${events} events; docs/backup.md says how it is put back`
}
