import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { parse, resolve } from 'node:path'

// What Docket keeps is for the person whose account it runs under: neither group nor others may look.

/** Rights of folders and files that Docket makes. */
export const [privateFolder, privateFile] = [0o700, 0o600]

const forOthers = 0o077
const ownerMayWrite = 0o200

/** Makes a folder, with those above it that are missing, for this user alone; one that is there stays as it is. */
export const makePrivateFolder = (folder: string): void =>
  void mkdirSync(folder, { recursive: true, mode: privateFolder })

/** `private`: it was, or is none of ours to change. `tightened`: it is now. `open`: others can read it, and here that can't be changed. */
export type Privacy = 'private' | 'tightened' | 'open'

/** Takes what others may do away from a file or folder. Links, and what its owner made unwritable, stay as they are. */
export function keepPrivate(path: string): Privacy {
  if (process.platform === 'win32') return 'private'
  try {
    const before = lstatSync(path)
    if (!before.isFile() && !before.isDirectory()) return 'private'
    if ((before.mode & forOthers) === 0 || (before.mode & ownerMayWrite) === 0) return 'private'
    chmodSync(path, before.mode & 0o700)
    // Some file systems take it without doing it.
    return (lstatSync(path).mode & forOthers) === 0 ? 'tightened' : 'open'
  } catch (error) {
    // It is somebody else's, or the file system knows no rights.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'private' : 'open'
  }
}

/** Whether nothing is in a folder but what Docket puts there. The home folder and its like never are Docket's, however empty. */
function isDockets(folder: string, own: RegExp): boolean {
  const path = resolve(folder)
  if ([homedir(), tmpdir(), parse(path).root].includes(path)) return false
  try {
    return readdirSync(path).every((name) => own.test(name))
  } catch {
    return false
  }
}

/**
 * Makes a folder of Docket's and the named files and folders in it private, also where they were made before that was done. A folder with other
 * things in it stays as it is: it is for somebody else to say who may look.
 * @param own what Docket puts into such a folder, by name. @returns a sentence for each thing that a person is to know, none where all was well
 */
export function keepFolderPrivate(folder: string, own: RegExp, names: readonly string[]): readonly string[] {
  const paths = names.map((name) => resolve(folder, name))
  if (isDockets(folder, own)) paths.unshift(resolve(folder))
  const found = paths.map((path) => ({ path, privacy: keepPrivate(path) }))
  const of = (privacy: Privacy): string =>
    found
      .filter((each) => each.privacy === privacy)
      .map(({ path }) => path)
      .join(', ')
  const [tightened, open] = [of('tightened'), of('open')]
  return [
    ...(tightened ? [`Others on this machine could read ${tightened}; from now on only you can.`] : []),
    ...(open ? [`Others on this machine can read ${open}, and that can not be changed here.`] : []),
  ]
}
