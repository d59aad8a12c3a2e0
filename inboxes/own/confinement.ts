import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Whether the runtime here keeps a user inbox to its own folder. Node from 24 on does (`own-inbox-escapes.test.ts` tries it). Of the Node that
 * is built into Electron nobody has seen it, so there it counts as not kept.
 */
export function canConfine(): boolean {
  if (process.versions.electron !== undefined) return false
  return (
    Number(process.versions.node.split('.')[0]) >= 24 &&
    process.allowedNodeEnvironmentFlags.has('--permission')
  )
}

/**
 * What Node is started with for a user inbox.
 * @param folder its own, the one that it may read and write.
 */
export function nodeArguments(folder: string, heapMegabytes: number, confined: boolean): readonly string[] {
  const limits = [`--max-old-space-size=${heapMegabytes}`, '--no-warnings']
  if (!confined) return limits
  return [
    '--permission',
    `--allow-fs-read=${folder}`,
    `--allow-fs-write=${folder}`,
    // SQLite opens files by itself, past the permission model.
    '--no-experimental-sqlite',
    ...limits,
  ]
}

/** Makes a user inbox's own folder, and takes out of it what leads elsewhere: Node follows links there to whatever they name. */
export function prepareStateFolder(folder: string): void {
  // Node would take it for a pattern.
  if (folder.includes('*')) throw new Error('the path of its folder holds a *')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  removeLinks(folder)
}

function removeLinks(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) removeLinks(path)
    else if (entry.isSymbolicLink()) rmSync(path, { force: true })
    // A second name of one file may be of a file elsewhere.
    else if (existsSync(path) && lstatSync(path).nlink > 1) rmSync(path, { force: true })
  }
}
