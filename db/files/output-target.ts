import { lstatSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { done, type Result, refuse } from '#core/values/refusal.ts'

/** What a path that something is to be written to leads to. */
export type OutputTarget =
  /** A file, which may not be there yet; `path` is where every link leads. `mode` is that of the file that is there. */
  | { readonly kind: 'file'; readonly path: string; readonly mode: number | null }
  /** A pipe with a name, into which is written; nothing takes its place. */
  | { readonly kind: 'pipe'; readonly path: string }
  /** This process's standard output, by any of its names. */
  | { readonly kind: 'standard_output' }

/** How the file system is looked at; a test hands in its own for what must not be made: a device. */
export type FileLook = {
  /** What a name itself is; `undefined` where there is nothing of it. @throws as the file system does otherwise. */
  readonly of: (path: string) => Pick<Stats, 'isSymbolicLink'> | undefined
  /** What it leads to; `undefined` where nothing is there. */
  readonly through: (path: string) => Kind | undefined
  readonly link: (path: string) => string
}
type Kind = Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'mode'>

const realLook: FileLook = {
  of: (path) => lstatSync(path, { throwIfNoEntry: false }),
  through: (path) => statSync(path, { throwIfNoEntry: false }),
  link: readlinkSync,
}

/** Looked at as names, for what they lead to is a descriptor of whoever looks. */
const standardOutput = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])
/** As many as Linux follows. */
const mostLinks = 40

/**
 * Says where what is written to a path goes, so that links are followed, pipes are written into and nothing but a plain file is ever replaced. Refuses
 * with `invalid_input` what can't be written to: a folder, a device, a socket, a link that leads round in a circle.
 */
export function outputTarget(target: string, look: FileLook = realLook): Result<OutputTarget> {
  if (standardOutput.has(target)) return done({ kind: 'standard_output' })
  let path = resolve(target)
  for (let links = 0; ; links++) {
    if (standardOutput.has(path)) return done({ kind: 'standard_output' })
    if (!look.of(path)?.isSymbolicLink()) break
    // The name of an open descriptor leads nowhere by its text: what it is of is asked by `through`.
    if (/^\/(dev|proc\/[^/]+)\/fd\/\d+$/.test(path)) break
    if (links === mostLinks)
      return refuse('invalid_input', `${target} is a link that leads round in a circle.`, { file: target })
    path = resolve(dirname(path), look.link(path))
  }
  const found = look.through(path)
  if (!found) return done({ kind: 'file', path, mode: null })
  if (found.isDirectory())
    return refuse('invalid_input', `${target} is a folder; give the name of a file.`, { file: target })
  if (found.isFIFO()) return done({ kind: 'pipe', path })
  if (!found.isFile())
    return refuse('invalid_input', `${target} is a device or a socket, and no file can take its place.`, {
      file: target,
    })
  return done({ kind: 'file', path, mode: found.mode & 0o777 })
}

/**
 * Where a file of Docket's own is written: like `outputTarget`, and a pipe or standard output is refused too, for it is read again later.
 * @returns the path that every link leads to.
 */
export function plainTarget(target: string, look: FileLook = realLook): Result<string> {
  const found = outputTarget(target, look)
  if (!found.ok) return found
  return found.value.kind === 'file'
    ? done(found.value.path)
    : refuse('invalid_input', `${target} is no plain file; give the name of one.`, { file: target })
}
