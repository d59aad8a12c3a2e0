import { readSync } from 'node:fs'
import { constants, type FileHandle, open } from 'node:fs/promises'
import { fileFault, Refused } from './refused.ts'

const chunkBytes = 1 << 18

/** A text file opened for import, known to be neither a folder, empty, nor binary. */
export type JsonSource = {
  readonly file: string
  readonly size: number
  /** The bytes from the start, without a byte order mark; each chunk is good until the next is asked for. Can be called again for another pass. */
  chunks(): AsyncGenerator<Buffer>
  /** Bytes of one place, counted from the start of the chunks; for records found in an earlier pass. Good until the next `read`. */
  read(at: number, length: number): Buffer
  /** The first bytes, up to 256 KiB. */
  readonly head: Buffer
  /** How many bytes the byte order mark takes: 0 or 3. */
  readonly start: number
  close(): Promise<void>
}

/** @throws Refused `import_unreadable` with a sentence, for a folder, an empty, binary, missing or forbidden file. */
export async function openJsonSource(file: string): Promise<JsonSource> {
  const refused = (why: string): Refused =>
    new Refused(
      'import_unreadable',
      `${file} ${why}. Nothing was imported; choose a JSON or JSON Lines file.`,
      { file },
    )
  let handle: FileHandle | undefined
  try {
    // Opened without waiting, because a named pipe without a writer would hold the import for ever.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = await handle.stat()
    if (stat.isDirectory()) throw refused('is a folder, not a file')
    if (!stat.isFile()) throw refused('is not a plain file')
    const head = Buffer.alloc(Math.min(chunkBytes, stat.size))
    await fill(handle, head, 0)
    if (head[0] === 0xfe || head[0] === 0xff)
      throw refused('is written in UTF-16 (or is binary), not in UTF-8')
    if (head.includes(0)) throw refused('is a binary file, not text')
    const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
    if (stat.size === start || (isBlank(head) && head.length === stat.size)) throw refused('is empty')
    return sourceOf(handle, file, stat.size, head.subarray(start), start)
  } catch (error) {
    await handle?.close()
    const fault = fileFault(error)
    throw fault ? refused(fault) : error
  }
}

function sourceOf(handle: FileHandle, file: string, size: number, head: Buffer, start: number): JsonSource {
  const guard = async <T>(read: Promise<T>): Promise<T> => {
    try {
      return await read
    } catch (error) {
      const fault = fileFault(error)
      throw fault
        ? new Refused('import_failed', `${file} ${fault}. What was imported so far stays.`, { file })
        : error
    }
  }
  // Buffers are used again and again: the collector is slow to notice memory outside its heap.
  let place = Buffer.allocUnsafe(1 << 16)
  return {
    file,
    size,
    head,
    start,
    async *chunks() {
      const chunk = Buffer.allocUnsafe(chunkBytes)
      for (let at = start; ; ) {
        const { bytesRead } = await guard(handle.read(chunk, 0, chunkBytes, at))
        if (bytesRead === 0) return
        at += bytesRead
        yield chunk.subarray(0, bytesRead)
      }
    },
    read(at, length) {
      if (place.length < length) place = Buffer.allocUnsafe(length * 2)
      // Records lie in the page cache after the first pass, where a promise each would cost ten times the read.
      return place.subarray(0, readSync(handle.fd, place, 0, length, start + at))
    },
    close: () => handle.close(),
  }
}

async function fill(handle: FileHandle, into: Buffer, at: number): Promise<number> {
  let filled = 0
  while (filled < into.length) {
    const { bytesRead } = await handle.read(into, filled, into.length - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))
}
