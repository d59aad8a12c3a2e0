import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import Sqlite from 'better-sqlite3'

/**
 * Copies a log that can only be read into a folder of its own: SQLite opens a file with a write-ahead log where it may write beside it, or
 * where somebody who may has it open. @returns the copy, and what takes it away again. @throws as a failing disk does.
 */
export function readOnlyCopy(file: string): { readonly copy: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'docket-read-only-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const copy = join(folder, basename(file))
  try {
    if (!copyWhileOpen(file, copy)) {
      // Nobody has it open, so the files stand still.
      for (const ending of ['', '-wal']) {
        if (!existsSync(`${file}${ending}`)) continue
        copyFileSync(`${file}${ending}`, `${copy}${ending}`)
        chmodSync(`${copy}${ending}`, 0o600)
      }
    }
    return { copy, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** @returns whether SQLite could read it where it is: then the copy is of one moment, though somebody writes. */
function copyWhileOpen(file: string, copy: string): boolean {
  const client = new Sqlite(file, { readonly: true })
  try {
    client.prepare('VACUUM INTO ?').run(copy)
    return true
  } catch (error) {
    const code = String((error as { code?: unknown }).code)
    if (!/^SQLITE_(CANTOPEN|READONLY)/.test(code)) throw error
    rmSync(copy, { force: true })
    return false
  } finally {
    client.close()
  }
}
