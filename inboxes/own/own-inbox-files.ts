import { hash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { formerlyTrusted } from '../store/former-trust.ts'
import type { InboxDatabase } from '../store/open-store.ts'
import { canConfine } from './confinement.ts'
import { declaredHosts } from './declared-hosts.ts'
import { type OwnInboxPlace, type OwnInboxTrust, readTrust } from './own-inbox-trust.ts'

/** A file in the workspace's `inboxes/`, with the very bytes that would be run. */
export type OwnInboxFile = {
  /** `own-` and the file's name without its ending. */
  readonly name: string
  readonly file: string
  readonly source: string
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string
  /** Hosts that it says it talks to; Docket's `fetch` leads to no others. */
  readonly hosts: readonly string[]
  readonly trust: OwnInboxTrust
  /** Whether these very bytes are trusted, here and by this person. */
  readonly trusted: boolean
  /** Why it must not run, as a sentence; `undefined` where it may once it is on. */
  readonly refusal: string | undefined
}

const largest = 1_000_000

/** The folder beside the log that a person puts inboxes into. */
export const ownInboxFolder = (inboxDatabase: InboxDatabase): string =>
  join(dirname(inboxDatabase.file), 'inboxes')

function refusalOf(
  file: string,
  digest: string,
  trust: OwnInboxTrust,
  calledTrusted: boolean,
): string | undefined {
  if (trust.hash === null)
    return calledTrusted
      ? `${file} was trusted elsewhere, or by an earlier Docket: that lies in this folder and does not count on this computer. Look at it, then trust it here.`
      : `${file} is not trusted yet. Look at it, then trust it.`
  if (trust.hash !== digest) return `${file} changed since it was trusted. Look at it, then trust it again.`
  if (!canConfine() && !trust.unconfined)
    return `${file} can not be confined by this Docket: it would run with all of your rights. If that is meant, trust it with: docket inbox trust ${file} --unconfined`
  return undefined
}

/** Every user inbox there is, by name; nothing of them is executed. Files of other endings, names or sizes are none. */
export function ownInboxFiles(place: OwnInboxPlace): readonly OwnInboxFile[] {
  const folder = ownInboxFolder(place.inboxDatabase)
  let files: string[]
  try {
    files = readdirSync(folder)
      .filter((file) => /^[a-z0-9][a-z0-9-]{0,60}\.mjs$/.test(file))
      .sort()
  } catch {
    return []
  }
  if (files.length === 0) return []
  const calledTrusted = formerlyTrusted(place.inboxDatabase)
  return files.flatMap((file): OwnInboxFile[] => {
    try {
      const path = join(folder, file)
      if (!statSync(path).isFile() || statSync(path).size > largest) return []
      const bytes = readFileSync(path)
      const name = `own-${file.slice(0, -'.mjs'.length)}`
      const digest = hash('sha256', bytes, 'hex')
      const trust = readTrust(place, name)
      const source = bytes.toString('utf8')
      return [
        {
          name,
          file,
          source,
          hash: digest,
          hosts: declaredHosts(source),
          trust,
          trusted: trust.hash === digest,
          refusal: refusalOf(file, digest, trust, calledTrusted.has(name)),
        },
      ]
    } catch {
      // Gone or unreadable since the folder was listed.
      return []
    }
  })
}
