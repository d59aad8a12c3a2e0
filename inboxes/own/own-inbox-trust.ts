import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { replaceFile } from '#db/files/replace-file.ts'
import { userFolder } from '#db/files/user-folder.ts'
import type { InboxDatabase } from '../store/open-store.ts'

/** What trust is bound to. */
export type TrustPlace = {
  /** Its `inboxes.db`. */
  readonly inboxDatabase: Pick<InboxDatabase, 'file'>
  readonly workspaceId: string
  /** What is this person's own on this computer; Docket's usual folder where absent. */
  readonly userFolder?: string
}

/** Where user inboxes lie, and what their trust is bound to. */
export type OwnInboxPlace = TrustPlace & { readonly inboxDatabase: InboxDatabase }

const record = z.strictObject({
  version: z.literal(1),
  workspaceId: z.string(),
  /** The workspace's real path. */
  folder: z.string(),
  name: z.string(),
  /** SHA-256 of the bytes that are trusted, in hexadecimal; `null` where none are. */
  hash: z.string().nullable(),
  /** When they were trusted, in milliseconds since 1970. */
  at: z.number(),
  /** Whether somebody switched the inbox on here: `inboxes.db` says so too, but travels. */
  on: z.boolean(),
  /** Whether it may run where Docket can't confine it. */
  unconfined: z.boolean(),
})

/** What this person decided about one user inbox, in this workspace, at this path, on this computer. */
export type OwnInboxTrust = Pick<z.output<typeof record>, 'hash' | 'at' | 'on' | 'unconfined'>

const none: OwnInboxTrust = { hash: null, at: 0, on: false, unconfined: false }
const largestRecord = 10_000

/** The workspace's folder with every link in its path followed. */
const workspaceFolder = (place: TrustPlace): string => realpathSync(dirname(place.inboxDatabase.file))

/** One folder an inbox, named after workspace and path, outside of whatever can be copied, synced or sent along with the workspace. */
function ownFolder(place: TrustPlace, name: string): string {
  const key = hash('sha256', `${place.workspaceId}\n${workspaceFolder(place)}`, 'hex').slice(0, 32)
  return join(place.userFolder ?? userFolder(), 'own-inboxes', key, name)
}

/** The one folder that a user inbox may read and write. It may not be there yet. */
export const ownInboxStateFolder = (place: TrustPlace, name: string): string =>
  join(ownFolder(place, name), 'files')

/** What was decided; nothing, where the record is missing, damaged, or of another workspace or path. */
export function readTrust(place: TrustPlace, name: string): OwnInboxTrust {
  try {
    const text = readFileSync(join(ownFolder(place, name), 'trust.json'), 'utf8')
    const found = text.length > largestRecord ? undefined : record.safeParse(JSON.parse(text))
    if (!found?.success) return none
    const { workspaceId, folder, name: of, hash, at, on, unconfined } = found.data
    const isThis = workspaceId === place.workspaceId && folder === workspaceFolder(place) && of === name
    return isThis ? { hash, at, on, unconfined } : none
  } catch {
    return none
  }
}

/** Changes what was decided, whole or not at all. @throws as a failing disk does. */
export function changeTrust(place: TrustPlace, name: string, change: Partial<OwnInboxTrust>): void {
  const folder = ownFolder(place, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const whole: z.input<typeof record> = {
    version: 1,
    workspaceId: place.workspaceId,
    folder: workspaceFolder(place),
    name,
    ...readTrust(place, name),
    ...change,
  }
  replaceFile(join(folder, 'trust.json'), JSON.stringify(whole, null, 2))
}
