import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { plainTarget } from './output-target.ts'

/** A name beside a file for what is to take its place, in the same folder: a rename is atomic within one file system only. */
export const nameBeside = (path: string): string =>
  join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`)

/** Has the rename itself last. Where folders can't be opened (Windows) the file system sees to it. */
export function syncFolder(folder: string): void {
  let descriptor: number | undefined
  try {
    descriptor = openSync(folder, 'r')
    fsyncSync(descriptor)
  } catch {
    // Nothing is lost that was there before.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/**
 * Writes a small file of Docket's own, whole or not at all: beside it, onto the disk, renamed over it. Links are followed, and what is no plain file
 * is never replaced. @param mode of the file, 0600 where not given. @throws Error with a sentence where the path leads to something else, and as a failing disk does.
 */
export function replaceFile(file: string, content: string | Uint8Array, mode = 0o600): void {
  const target = plainTarget(file)
  if (!target.ok) throw new Error(target.error.message)
  const beside = nameBeside(target.value)
  const descriptor = openSync(beside, 'wx', mode)
  try {
    try {
      const bytes = Buffer.from(content)
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(beside, target.value)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
  syncFolder(dirname(target.value))
}
