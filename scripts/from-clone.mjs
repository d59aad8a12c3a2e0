import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureInstalled } from './install.mjs'
import { runOnNewNode } from './new-node.mjs'
import { root } from './project.mjs'

const entries = { docket: 'src/cli/main.ts', 'docket-server': 'server/main.ts' }

/** Runs one of the two commands out of the clone that this file lies in, from whatever folder it is called. */
export async function runFromClone(command) {
  await ensureInstalled()
  await runOnNewNode(command, pathToFileURL(join(root, entries[command])))
}
