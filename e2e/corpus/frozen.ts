import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openWorkspace, type Workspace } from '#app/workspace/workspace.ts'
import { type StateDigest, stateDigests } from '#db/queries/state-digest.ts'
import { unpacked, unpackFolder } from './pack.ts'

/** What the Docket that made a workspace said of it. */
export type FrozenWorkspace = {
  readonly events: number
  readonly chains: number
  readonly issues: number
  /** Of the folded state, by the first version of the fold. */
  readonly digest: string
  /** By later versions of the fold. */
  readonly digests?: Readonly<Record<string, string>>
  readonly file?: string
  readonly format?: 'github' | 'jira' | 'beads' | 'beads-events'
  /** Events that the import wrote. */
  readonly imported?: number
  /** Records of the file that could not be taken. */
  readonly problemCount?: number
  readonly conflicts?: number
  readonly snapshots?: boolean
  readonly webhooks?: readonly string[]
  readonly team?: string
}
export type FrozenTeam = {
  readonly encrypted: boolean
  /** An invite that nobody took. */
  readonly invite: string
  readonly url: string
  readonly conflicts: number
}

/** Everything that one Docket made, as it lies in `states/`. */
export type FrozenState = {
  readonly name: string
  readonly commit: string
  readonly madeAt: string
  readonly workspaces: Readonly<Record<string, FrozenWorkspace>>
  readonly teams: Readonly<Record<string, FrozenTeam>>
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The files of payloads, oldest first. */
export const payloadFiles = readdirSync(here('./payloads'))
  .sort()
  .map((name) => here(`./payloads/${name}`))

/** A file that was imported. */
export const importedFile = (name: string): string => here(`./imports/${name}`)

/** Every state, oldest first. */
export const frozenStates: readonly FrozenState[] = readdirSync(here('./states'))
  .sort()
  .map((name) => ({ name, ...JSON.parse(readFileSync(here(`./states/${name}/state.json`), 'utf8')) }))

/** A folder of a test's own in which frozen things are thawed, with the key that their secrets are sealed with. */
export function thaw({ name }: Pick<FrozenState, 'name'>) {
  const root = mkdtempSync(join(tmpdir(), 'docket-thawed-'))
  // Where commands look for it.
  const config = join(root, 'config')
  const keyFile = join(config, 'docket', 'secrets.key')
  mkdirSync(join(config, 'docket'), { recursive: true })
  copyFileSync(here(`./states/${name}/secrets.key`), keyFile)
  return {
    root,
    /** For XDG_CONFIG_HOME. */
    config,
    keyFile,
    /** Unpacks a workspace or a server's directory. @returns its folder. */
    folder(what: string): string {
      const folder = join(root, what)
      rmSync(folder, { recursive: true, force: true })
      unpackFolder(here(`./states/${name}/${what}.tar.zst`), folder)
      return folder
    },
    /** The statements that make the tables of the server on Postgres, with their rows. */
    postgres: (): string =>
      // Commands to psql itself are none of the database's business.
      unpacked(here(`./states/${name}/server-postgres.sql.zst`))
        .toString()
        .replaceAll(/^\\.*$/gm, ''),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** Opens a workspace as the app does. @throws where it is refused. */
export function opened(folder: string): Workspace {
  const workspace = openWorkspace(folder, { durability: 'NORMAL' })
  if (!workspace.ok) throw new Error(workspace.error.message)
  return workspace.value
}

/**
 * What a digest of a frozen workspace must be. @throws where nobody said what this version of the fold comes to.
 */
export function expectedDigest({ digest, digests }: FrozenWorkspace, version: string): string {
  const expected = version === '1' ? digest : digests?.[version]
  if (expected === undefined)
    throw new Error(
      `The fold has version ${version}, and state.json does not say what it comes to. Look whether the new digest is meant, then add it there as "digests": { "${version}": "…" }.`,
    )
  return expected
}

/** The version of the fold that a digest names, which changes with what the same events come to; its name says more: which types it knows. */
export const foldVersion = ({ fold }: Pick<StateDigest, 'fold'>): string => fold.split('.')[0] as string

/** The digest of a workspace's folded state. */
export function digestOf(folder: string): string {
  const workspace = opened(folder)
  try {
    return stateDigests(workspace.database).now().digest
  } finally {
    workspace.close()
  }
}
