import { hash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LedgerDatabase } from '../ledger/open-ledger.ts'

/** A file in the workspace's `inboxes/`, with the very bytes that would be run. */
export type OwnInboxFile = {
  /** `own-` and the file's name without its ending. */
  readonly name: string
  readonly file: string
  readonly source: string
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string
  /** When these bytes were trusted, in milliseconds since 1970; `null` where they are not. */
  readonly trustedAt: number | null
  /** Whether other bytes of this file were trusted. */
  readonly changed: boolean
}

const largest = 1_000_000

/** The folder beside the log that a person puts inboxes into. */
export const ownInboxFolder = (ledger: LedgerDatabase): string => join(dirname(ledger.file), 'inboxes')

/** Every user inbox there is, by name; nothing of them is executed. Files of other endings, names or sizes are none. */
export function ownInboxFiles(ledger: LedgerDatabase): readonly OwnInboxFile[] {
  const folder = ownInboxFolder(ledger)
  const trusted = new Map(
    (
      ledger.client.prepare('SELECT file, hash, at FROM trusted').all() as {
        file: string
        hash: string
        at: number
      }[]
    ).map((row) => [row.file, row]),
  )
  let files: string[]
  try {
    files = readdirSync(folder)
      .filter((file) => /^[a-z0-9][a-z0-9-]{0,60}\.mjs$/.test(file))
      .sort()
  } catch {
    return []
  }
  return files.flatMap((file): OwnInboxFile[] => {
    try {
      const path = join(folder, file)
      if (!statSync(path).isFile() || statSync(path).size > largest) return []
      const bytes = readFileSync(path)
      const name = `own-${file.slice(0, -'.mjs'.length)}`
      const digest = hash('sha256', bytes, 'hex')
      const row = trusted.get(name)
      const isTrusted = row?.hash === digest
      return [
        {
          name,
          file,
          source: bytes.toString('utf8'),
          hash: digest,
          trustedAt: isTrusted ? row.at : null,
          changed: row !== undefined && !isTrusted,
        },
      ]
    } catch {
      // Gone or unreadable since the folder was listed.
      return []
    }
  })
}
