import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { WriteDatabase } from '#db/sqlite/open-database.ts'
import { farthestCheckpoint } from '#inboxes/store/farthest-checkpoint.ts'

/** An event of the log by its place: how far a log had come. */
type Head = { readonly position: number; readonly hash: string | null }

/** That a log holds less, or something else, than was recorded in its folder. */
export type HeadGap = {
  /** How far the log had come. */
  readonly recorded: number
  /** How far it comes now. */
  readonly here: number
}

/** Remembers outside of the log how far it had come, so that an older copy in its place is noticed: a file copied while it was open, without its write-ahead log. */
export type LogHead = {
  /** What was found to be wrong when the log was opened, for whoever tells a person of it: from then on what is here is what is noted. */
  tell(): HeadGap | null
  /** Notes where the log ends; after each commit. A note that can't be written is none, and until a gap was told of it is kept as it was. */
  note(): void
  close(): void
}

const headNote = z.object({ position: z.int().nonnegative(), hash: z.string() })
/** Longer than any note, so that a shorter one that is written over it leaves nothing of it. */
const noteLength = 160

const headFile = (folder: string): string => join(folder, 'log.head')

function noted(folder: string): Head | undefined {
  let file: number | undefined
  try {
    // Of a plain file alone, and never more than a note is long: the folder may be somebody else's.
    file = openSync(headFile(folder), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if (!fstatSync(file).isFile()) return undefined
    const bytes = Buffer.alloc(noteLength)
    return headNote.parse(JSON.parse(bytes.toString('utf8', 0, readSync(file, bytes))))
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Holds a log against what was noted of it, and goes on noting. */
export function logHead(folder: string, { client, readOnly }: WriteDatabase): LogHead {
  // Read before the log: whoever writes at the moment notes after the commit.
  const note = noted(folder)
  const end = client.prepare(
    'SELECT position, lower(hex(hash)) AS hash FROM events ORDER BY position DESC LIMIT 1',
  )
  const hashAt = client.prepare('SELECT lower(hex(hash)) FROM events WHERE position = ?').pluck()
  // An empty log has nothing to be held against what inboxes had read, and a fresh workspace is not made to open them.
  const before = note ?? (!readOnly && end.get() ? farthestCheckpoint(folder) : undefined)
  let written = before?.position
  let file: number | undefined

  function gap(): HeadGap | null {
    if (!before || before.position === 0) return null
    try {
      const there = hashAt.get(before.position) as string | undefined
      if (there !== undefined && (before.hash === null || before.hash === there)) return null
      return { recorded: before.position, here: (end.get() as Head | undefined)?.position ?? 0 }
    } catch {
      // Damaged there, which is said by whoever reads it.
      return null
    }
  }
  let untold = gap()

  return {
    tell() {
      const found = untold
      if (found) written = undefined
      untold = null
      return found
    },
    note() {
      if (readOnly || untold) return
      try {
        const head = end.get() as Head | undefined
        if (!head || head.position === written) return
        // In its place and without waiting: a note that is torn is none, and one that is old misses what came after it.
        file ??= openSync(
          headFile(folder),
          constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK,
          0o600,
        )
        writeSync(file, `${JSON.stringify(head).padEnd(noteLength - 1)}\n`, 0)
        written = head.position
      } catch {
        // The log is what counts.
      }
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

/** What a person is told of a gap, in a sentence. */
export const gapSentence = (folder: string, { recorded, here }: HeadGap): string =>
  here < recorded
    ? `The history in ${folder} ends after ${here} events, but ${recorded} had been recorded here: log.db is an older copy, or one that was made while Docket was open, without its log.db-wal. What is missing may be in a log.db-wal beside the original, in another backup or on the sync server; docs/backup.md says more.`
    : `The history in ${folder} is not the one of which ${recorded} events had been recorded here: log.db was replaced by another copy, which went on by itself. What is missing may be in the original, in another backup or on the sync server; docs/backup.md says more.`
