import { type Refusal, refuse } from '#core/values/refusal.ts'
import { DamagedEventError, DamagedLogError } from './damaged-log.ts'

const codeOf = (error: unknown): string => {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as { code?: unknown }).code
    if (typeof code === 'string' && /^(SQLITE_|E[A-Z]+$)/.test(code)) return code
  }
  return ''
}

/** Whether somebody else holds the write lock just now, so that trying again a moment later is right. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))

/**
 * What a person is told of a failure of the file or its disk; `undefined` for any other error, which is then a bug.
 * @param kept what became of the work: by default it was one transaction, so nothing of it is there.
 */
export function databaseRefusal(
  error: unknown,
  file: string,
  kept = 'Nothing was changed',
): Refusal | undefined {
  if (error instanceof DamagedLogError)
    return refuse(
      'corrupt',
      `${file} is damaged: ${error.message}. It was left as it is; copy the folder, then restore log.db from the newest backup in backups/.`,
      error instanceof DamagedEventError ? { eventId: error.eventId, position: error.position } : undefined,
    ).error
  const code = codeOf(error)
  if (isBusy(error))
    return refuse('busy', `Another program is writing to ${file} for a long time. ${kept}; try again.`).error
  if (/^SQLITE_FULL|^ENOSPC|^SQLITE_IOERR_(WRITE|FSYNC|TRUNCATE)|^EDQUOT/.test(code))
    return refuse('disk_full', `The disk that holds ${file} is full. ${kept}; free some space and try again.`)
      .error
  if (/^SQLITE_READONLY|^SQLITE_CANTOPEN|^EACCES|^EROFS|^EPERM|^SQLITE_PERM/.test(code))
    return refuse(
      'read_only',
      `${file} can not be written: the workspace is read-only for this user. ${kept}.`,
    ).error
  // Of a virtual table (search) whose own tables are damaged SQLite says no more than that.
  const cannotOpen = error instanceof Error && error.message.startsWith('vtable constructor failed')
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code) || cannotOpen)
    return refuse(
      'corrupt',
      `${file} is damaged and was left as it is. Copy the folder, then restore log.db from the newest backup in backups/.`,
    ).error
  return undefined
}
