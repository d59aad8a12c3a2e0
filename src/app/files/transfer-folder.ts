import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where files wait on their way between a page and its host, of all hosts of this user. */
const usualParent = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'docket', 'transfers')

/** A folder of this process, readable to this user alone, for files on their way between a page and its host. */
export type TransferFolder = {
  /** A path for a file of that name, in a folder of its own. @throws as a failing disk does. */
  place(name: string): string
  /** Removes a file that {@link TransferFolder.place} made room for. */
  remove(path: string): void
  close(): void
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Removes what processes left that ended without doing so. */
function removeLeftovers(parent: string): void {
  let names: string[]
  try {
    names = readdirSync(parent)
  } catch {
    return
  }
  for (const name of names) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1])
    if (Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && !isAlive(pid))
      rmSync(join(parent, name), { recursive: true, force: true })
  }
}

/** Made when the first file needs it; what others left behind is removed at once. */
export function transferFolder(parent = usualParent()): TransferFolder {
  let mine: string | undefined
  removeLeftovers(parent)
  return {
    place(name) {
      if (mine === undefined) {
        mkdirSync(parent, { recursive: true, mode: 0o700 })
        mine = mkdtempSync(join(parent, `${process.pid}-`))
      }
      return join(mkdtempSync(join(mine, 'file-')), name)
    },
    remove: (path) => rmSync(dirname(path), { recursive: true, force: true }),
    close() {
      if (mine !== undefined) rmSync(mine, { recursive: true, force: true })
      mine = undefined
    },
  }
}
