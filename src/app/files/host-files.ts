import { randomBytes } from 'node:crypto'
import { createWriteStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { LRUCache } from 'lru-cache'
import type { ChosenFile } from '#contract/answers/answers.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { plainFileName } from './file-name.ts'
import { transferFolder } from './transfer-folder.ts'

/** What a person may choose a file for. */
export type FilePurpose = 'import' | 'export' | 'backup'
type Purpose = FilePurpose | 'download'

/** A file that a token stood for. */
export type TakenFile = {
  readonly path: string
  readonly name: string
  /** Takes the file away where it was made for this alone; one that the person chose stays. */
  release(): void
}

/** Files that the window may have read or written, which it names by tokens that each work once and only for what they were given for. */
export type HostFiles = {
  /** For a path that the person chose outside of the window. */
  offer(purpose: FilePurpose, path: string): ChosenFile
  /** Writes what a page sends into a private file, to be imported. Refuses with `body_too_large` or `disk_full`. */
  receive(name: string, bytes: Readable): Promise<Result<ChosenFile>>
  /** What a token stands for; `undefined` where it was used, is too old, or was given for something else. */
  take(token: string, purpose: Purpose): TakenFile | undefined
  /** Makes a token work again whose file was not used after all. */
  giveBack(token: string, purpose: Purpose, file: TakenFile): void
  /** Room for an export that is to be downloaded. The oldest that nobody fetched makes way. @throws as a failing disk does. */
  placeForExport(name: string): TakenFile
  /** A token to fetch an export with, once. */
  offerDownload(file: TakenFile): ChosenFile
  close(): void
}

export type HostFilesOptions = {
  /** Where private files lie; the usual place where absent. */
  readonly transfers?: string | undefined
  /** Bytes of all files that were sent and wait to be imported. */
  readonly mostBytes?: number
}

const usualMostBytes = 2_000_000_000
const tokensAtMost = 32
const exportsAtMost = 3
const tokenMillis = 3_600_000

/** For each host one. Nothing is on disk before the first transfer. */
export function hostFiles({ transfers, mostBytes = usualMostBytes }: HostFilesOptions = {}): HostFiles {
  const folder = transferFolder(transfers)
  const tokens = new LRUCache<string, { readonly purpose: Purpose; readonly file: TakenFile }>({
    max: tokensAtMost,
    ttl: tokenMillis,
    ttlResolution: 0,
    // The clock's time, by which a token also grows old while the computer sleeps.
    perf: Date,
    // What makes way, or is too old, takes its file along. What is deleted was taken, and its taker lets go of the file.
    dispose: ({ file }, _token, why) => {
      if (why === 'evict' || why === 'expire') file.release()
    },
  })
  const waiting: TakenFile[] = []
  /** Bytes of what was received and is still there, those under way included. */
  let held = 0

  function give(purpose: Purpose, file: TakenFile): ChosenFile {
    tokens.purgeStale()
    const token = randomBytes(32).toString('base64url')
    tokens.set(token, { purpose, file })
    return { token, name: file.name }
  }

  const untouched = (path: string): TakenFile => ({ path, name: basename(path), release: () => {} })

  /** A private file that goes away once, whoever lets go of it. */
  function ownFile(name: string, onGone: () => void = () => {}): TakenFile {
    const path = folder.place(name)
    let gone = false
    return {
      path,
      name,
      release() {
        if (gone) return
        gone = true
        folder.remove(path)
        onGone()
      },
    }
  }

  return {
    offer: (purpose, path) => give(purpose, untouched(path)),
    async receive(given, bytes) {
      const name = plainFileName(given, 'import')
      let mine = 0
      const tooLarge = new Error('too large')
      let file: TakenFile | undefined
      try {
        file = ownFile(name, () => {
          held -= mine
        })
        await pipeline(
          bytes,
          async function* (chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              mine += chunk.length
              held += chunk.length
              if (held > mostBytes) throw tooLarge
              yield chunk
            }
          },
          createWriteStream(file.path, { flags: 'wx', mode: 0o600 }),
        )
        return done(give('import', file))
      } catch (error) {
        file?.release()
        const code = (error as NodeJS.ErrnoException).code
        if (error === tooLarge)
          return refuse(
            'body_too_large',
            `${name} is larger than the ${(mostBytes / 1e9).toLocaleString('en')} GB that a page can hand over. Import it in a terminal: docket import FILE --format FORMAT`,
          )
        if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
          return refuse('disk_full', `The disk is full; ${name} was not taken. Make room and try again.`)
        if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
          return refuse('cancelled', `${name} did not come whole; nothing of it was kept.`)
        throw error
      }
    },
    take(token, purpose) {
      const found = tokens.get(token)
      if (found?.purpose !== purpose) return undefined
      tokens.delete(token)
      return found.file
    },
    giveBack(token, purpose, file) {
      tokens.set(token, { purpose, file })
    },
    placeForExport(name) {
      while (waiting.length >= exportsAtMost) waiting.shift()?.release()
      const file = ownFile(plainFileName(name, 'export'), () => {
        const at = waiting.indexOf(file)
        if (at >= 0) waiting.splice(at, 1)
      })
      waiting.push(file)
      return file
    },
    offerDownload(file) {
      // An older token of the same file would fetch it a second time, and nothing that has a token is forgotten with its file.
      for (const [token, of] of [...tokens]) if (of.file.path === file.path) tokens.delete(token)
      return give('download', file)
    },
    close() {
      tokens.clear()
      folder.close()
    },
  }
}

/** How many bytes a file has now; `undefined` where it is not there. */
export function fileSize(path: string): number | undefined {
  try {
    return statSync(path).size
  } catch {
    return undefined
  }
}
