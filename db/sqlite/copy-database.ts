import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { keepPrivate } from '../files/private-files.ts'
import { nameBeside, syncFolder } from '../files/replace-file.ts'

/**
 * Copies a database as it is at one moment, also while others write to it: what copying its file would leave behind in the write-ahead log is in it. Made
 * beside the target, on the disk, and renamed over it. @param check looks at the copy before it gets its name; what it throws leaves the target as it was.
 * @param target where every link leads; see `plainTarget`.
 */
export function copyDatabase(file: string, target: string, check: (copy: string) => void = () => {}): void {
  const beside = nameBeside(target)
  try {
    const reader = new Sqlite(file, { readonly: true })
    try {
      reader.pragma('busy_timeout = 5000')
      reader.prepare('VACUUM INTO ?').run(beside)
    } finally {
      reader.close()
    }
    keepPrivate(beside)
    check(beside)
    const descriptor = openSync(beside, 'r+')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(beside, target)
  } catch (error) {
    for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${beside}${ending}`, { force: true })
    throw error
  }
  syncFolder(dirname(target))
}
