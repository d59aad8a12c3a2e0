import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'

/** How the app was asked to start. */
export type LaunchOptions = {
  /** The workspace's folder, absolute. */
  readonly folder: string
  /** Whether that is the one that is opened when none is named. */
  readonly isDefault: boolean
  /** A `docket:` address, as it came; not yet checked. */
  readonly link: string | null
}

type Surroundings = {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly home: string
  /** The environment's `DOCKET_WORKSPACE`. */
  readonly workspace: string | undefined
}

/** Reads `--workspace DIR` and a link from a command line, among whatever switches Chromium has. */
export function readLaunchOptions({ argv, cwd, home, workspace }: Surroundings): LaunchOptions {
  const usual = join(home, 'Docket')
  const named = switchValue(argv, '--workspace') ?? (workspace || undefined)
  const folder = named === undefined ? usual : resolve(cwd, named)
  return {
    folder,
    isDefault: folder === usual,
    link: argv.find((argument) => /^docket:/i.test(argument)) ?? null,
  }
}

function switchValue(argv: readonly string[], name: string): string | undefined {
  const joined = argv.find((argument) => argument.startsWith(`${name}=`))
  if (joined) return joined.slice(name.length + 1) || undefined
  const at = argv.indexOf(name)
  const next = at < 0 ? undefined : argv[at + 1]
  return next?.startsWith('--') ? undefined : next
}

/**
 * Where the window keeps what is its own. One folder a workspace: two workspaces can be open side by side, each once.
 *
 * @param appData the platform's folder for the data of all apps.
 */
export function profileFolder(appData: string, { folder, isDefault }: LaunchOptions): string {
  const name = isDefault ? 'default' : createHash('sha256').update(folder).digest('hex').slice(0, 16)
  return join(appData, 'Docket', name)
}
