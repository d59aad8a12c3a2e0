import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { replaceFile } from '#db/files/replace-file.ts'
import { userFolder } from '#db/files/user-folder.ts'
import { chainReader } from '#db/log/read/chain-reader.ts'
import { type ForgottenEnd, forgottenEnds, knownPlace } from '#db/log/read/known-positions.ts'
import type { SqliteEventLog } from '#db/log/sqlite-log.ts'
import type { LocalSettings } from '#db/queries/workspace-settings.ts'
import type { WriteDatabase } from '#db/sqlite/open-database.ts'

const anchor = z.object({
  workspaceId: z.string(),
  folder: z.string(),
  chains: z.array(knownPlace).max(10_000),
})
type Anchor = z.infer<typeof anchor>

/** More anchors than this are looked through for folders that are gone. */
const keptAtMost = 200

const anchorFolder = (): string => join(userFolder(), 'anchors')
const fileOf = (folder: string): string =>
  join(anchorFolder(), `${createHash('sha256').update(folder).digest('hex').slice(0, 32)}.json`)

function readAnchor(file: string): Anchor | undefined {
  try {
    return anchor.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

function dropOld(): void {
  const files = readdirSync(anchorFolder()).map((name) => join(anchorFolder(), name))
  if (files.length <= keptAtMost) return
  for (const file of files) if (!existsSync(readAnchor(file)?.folder ?? '')) rmSync(file, { force: true })
}

/** What this computer saw last of a workspace's chains, kept outside of its folder, so that putting an older copy of the folder in place takes nothing back. */
export type AnchorOf = {
  /** The chains that are not what was seen. */
  forgotten(): readonly ForgottenEnd[]
  /** Moves the anchor on to what is here now, unless that would hide what it tells. Never throws: without it nothing works worse. */
  move(): void
  /** Takes what is here now for what was seen last, whatever was. */
  accept(): void
}

/** What is asked of a workspace to anchor it. */
type AnchoredWorkspace = {
  readonly folder: string
  readonly database: WriteDatabase
  readonly log: Pick<SqliteEventLog, 'streamIds'>
  readonly me: Pick<LocalSettings, 'workspaceId'>
}

export function anchorOf({ folder, database, log, me }: AnchoredWorkspace): AnchorOf {
  const chains = chainReader(database, log.streamIds)
  const file = (): string => fileOf(realpathSync(folder))

  function seen(): Anchor | undefined {
    const found = readAnchor(file())
    // Another workspace may stand in that place by now.
    return found && chains.ends().some(({ chain }) => found.chains.some((known) => known.chain === chain))
      ? found
      : undefined
  }

  function write(): void {
    const found: Anchor = {
      workspaceId: me.workspaceId,
      folder: realpathSync(folder),
      chains: chains.ends().map(({ chain, seq, hash }) => ({ chain, seq, hash })),
    }
    mkdirSync(anchorFolder(), { recursive: true, mode: 0o700 })
    replaceFile(file(), JSON.stringify(found))
    dropOld()
  }

  const forgotten = (): readonly ForgottenEnd[] => forgottenEnds(chains, seen()?.chains ?? [])

  return {
    forgotten,
    accept: write,
    move() {
      try {
        if (!database.readOnly && forgotten().length === 0) write()
      } catch {
        // A home that can't be written, a damaged log: the next one that can moves it.
      }
    },
  }
}
