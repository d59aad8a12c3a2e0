import { constants, createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { type OutputTarget, outputTarget } from '#db/files/output-target.ts'
import { nameBeside, syncFolder } from '#db/files/replace-file.ts'

const flushAt = 1 << 18
/** Between two looks whether somebody reads a pipe, or reads on. */
const pipePauseMillis = 10

export type WholeFileOptions = {
  /** Gives up between two pieces; the target is then as it was. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes a text file as a whole: into a temporary file beside the target, flushed to the disk, then renamed over it. Whatever goes
 * wrong (full disk, cancellation, an error in `pieces`, loss of power), the target is either the old file or the complete new one.
 * Links are followed. Into a pipe with a name the whole text is written once all of it is there, so that its reader never gets half of one.
 * Refuses with `read_only`, `disk_full`, `cancelled`, `output_closed` or `invalid_input`.
 * @returns how many bytes the file has.
 */
export async function writeWholeFile(
  target: string,
  pieces: AsyncIterable<string> | Iterable<string>,
  options: WholeFileOptions = {},
): Promise<Result<{ readonly bytes: number }>> {
  try {
    const found = outputTarget(target)
    if (!found.ok) return found
    switch (found.value.kind) {
      case 'file':
        return await replace(target, found.value, pieces, options)
      case 'pipe':
        return await fill(target, found.value.path, pieces, options)
      case 'standard_output':
        return refuse('invalid_input', `${target} is standard output, which only a command has.`, {
          file: target,
        })
    }
  } catch (error) {
    const refusal = refusalFor(error, target)
    if (refusal) return refusal
    throw error
  }
}

const stopped = (target: string) => refuse('cancelled', `The export was stopped; ${target} is as it was.`)

async function replace(
  target: string,
  { path, mode }: Extract<OutputTarget, { kind: 'file' }>,
  pieces: AsyncIterable<string> | Iterable<string>,
  { signal }: WholeFileOptions,
): Promise<Result<{ readonly bytes: number }>> {
  const temporary = nameBeside(path)
  let handle: FileHandle | undefined
  let made = false
  try {
    handle = await open(temporary, 'wx')
    made = true
    const bytes = await writeAll(handle, pieces, signal)
    if (bytes === null) return stopped(target)
    if (mode !== null) await handle.chmod(mode)
    await handle.sync()
    await handle.close()
    handle = undefined
    // Once more, for somebody may have put something else there meanwhile.
    const still = outputTarget(path)
    if (!still.ok) return still
    if (still.value.kind !== 'file' || still.value.path !== path)
      return refuse('invalid_input', `${target} became something else meanwhile; it was left alone.`)
    await rename(temporary, path)
    made = false
    syncFolder(dirname(path))
    return done({ bytes })
  } finally {
    await handle?.close()
    if (made) await rm(temporary, { force: true })
  }
}

/** Writes into a pipe once a reader is there. */
async function fill(
  target: string,
  path: string,
  pieces: AsyncIterable<string> | Iterable<string>,
  { signal }: WholeFileOptions,
): Promise<Result<{ readonly bytes: number }>> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-export-'))
  try {
    const whole = join(folder, 'export')
    const written = await replace(whole, { kind: 'file', path: whole, mode: null }, pieces, { signal })
    if (!written.ok) return written
    const pipe = await openPipe(path, signal)
    if (!pipe) return stopped(target)
    try {
      return (await copyInto(pipe, whole, signal)) ? written : stopped(target)
    } finally {
      await pipe.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Opens a pipe without waiting in the system, where nobody could stop it. @returns `undefined` once given up. */
async function openPipe(path: string, signal: AbortSignal | undefined): Promise<FileHandle | undefined> {
  while (!signal?.aborted) {
    try {
      return await open(path, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch (error) {
      // Nobody reads yet.
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error
      await pause(pipePauseMillis)
    }
  }
  return undefined
}

/** @returns whether all of the file was taken; not where it was given up. */
async function copyInto(pipe: FileHandle, file: string, signal: AbortSignal | undefined): Promise<boolean> {
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>)
    for (let at = 0; at < chunk.length; ) {
      if (signal?.aborted) return false
      try {
        at += (await pipe.write(chunk, at)).bytesWritten
      } catch (error) {
        // Its reader has not caught up.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
        await pause(pipePauseMillis)
      }
    }
  return true
}

async function writeAll(
  handle: FileHandle,
  pieces: AsyncIterable<string> | Iterable<string>,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  let bytes = 0
  let waiting: string[] = []
  let length = 0
  const flush = async (): Promise<void> => {
    const chunk = Buffer.from(waiting.join(''))
    waiting = []
    length = 0
    for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten
    bytes += chunk.length
    await nextTurn()
  }
  for await (const piece of pieces) {
    if (signal?.aborted) return null
    waiting.push(piece)
    length += piece.length
    if (length >= flushAt) await flush()
  }
  if (signal?.aborted) return null
  await flush()
  return bytes
}

function refusalFor(
  error: unknown,
  target: string,
): { ok: false; error: ReturnType<typeof refuse>['error'] } | null {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const untouched = `${target} is as it was.`
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return refuse('disk_full', `The disk is full; ${untouched} Make room and export again.`, {
        file: target,
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return refuse(
        'read_only',
        `Nothing may be written in ${dirname(target)}; ${untouched} Choose another place.`,
        { file: target },
      )
    case 'ENOENT':
    case 'ENOTDIR':
      return refuse('invalid_input', `The folder ${dirname(target)} does not exist.`, { file: target })
    case 'EPIPE':
      return refuse('output_closed', `Whoever reads ${target} stopped before the end.`, { file: target })
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'EISDIR':
    case 'EINVAL':
      return refuse('invalid_input', `${target} can not be the name of a file.`, { file: target })
    default:
      return null
  }
}
