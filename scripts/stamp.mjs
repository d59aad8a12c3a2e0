import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './project.mjs'

/** SHA-256 over the names and contents of files and folders (paths from the repository's root); what is absent counts as absent. */
export function hashOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths) addPath(hash, join(root, path))
  return hash.digest('hex')
}

function addPath(hash, path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return
  if (stat.isDirectory()) {
    for (const name of readdirSync(path).sort()) addPath(hash, join(path, name))
    return
  }
  const content = readFileSync(path)
  hash.update(`${relative(root, path)}\0${content.length}\0`).update(content)
}

/** @returns what was written there last, or null. */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

export function writeStamp(file, value) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, value)
}
