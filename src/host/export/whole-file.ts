import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { done, type Result, refuse } from '#core/refusal.ts'

const flushAt = 1 << 18

export type WholeFileOptions = {
  /** Gives up between two pieces; the target is then as it was. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes a text file as a whole: into a temporary file beside the target, flushed to the disk, then renamed over it. Whatever goes
 * wrong (full disk, cancellation, an error in `pieces`, loss of power), the target is either the old file or the complete new one.
 * Refuses with `read_only`, `disk_full`, `cancelled` or `invalid_input`.
 * @returns how many bytes the file has.
 */
export async function writeWholeFile(
  target: string,
  pieces: AsyncIterable<string> | Iterable<string>,
  options: WholeFileOptions = {},
): Promise<Result<{ readonly bytes: number }>> {
  // Beside the target, because a rename is atomic within one file system only.
  const temporary = join(
    dirname(target),
    `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`,
  )
  let handle: FileHandle | undefined
  let made = false
  try {
    if (await isFolder(target))
      return refuse('invalid_input', `${target} is a folder; give the name of a file.`, { file: target })
    handle = await open(temporary, 'wx')
    made = true
    const bytes = await writeAll(handle, pieces, options.signal)
    if (bytes === null) return refuse('cancelled', `The export was stopped; ${target} is as it was.`)
    await handle.sync()
    await handle.close()
    handle = undefined
    await rename(temporary, target)
    made = false
    await syncFolder(dirname(target))
    return done({ bytes })
  } catch (error) {
    const refusal = refusalFor(error, target)
    if (refusal) return refusal
    throw error
  } finally {
    await handle?.close()
    if (made) await rm(temporary, { force: true })
  }
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

async function isFolder(target: string): Promise<boolean> {
  try {
    return (await stat(target)).isDirectory()
  } catch {
    return false
  }
}

/** Makes the rename itself last; where folders can not be opened (Windows), the file system sees to it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
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
    case 'ENAMETOOLONG':
    case 'EISDIR':
    case 'EINVAL':
      return refuse('invalid_input', `${target} can not be the name of a file.`, { file: target })
    default:
      return null
  }
}
