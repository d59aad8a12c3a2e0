import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { alone } from './lock.mjs'
import { appNode, giveUp, installStamps, modules, outsideEnv, root } from './project.mjs'
import { runQuietInput } from './run-tool.mjs'
import { hashOf, readStamp, writeStamp } from './stamp.mjs'

const stamp = join(installStamps, 'package-lock')

/** Installs what is missing. Costs the hash of one file when nothing is. */
export async function ensureInstalled() {
  if (isInstalled()) return
  await alone('install', async () => {
    if (isInstalled()) return
    if (!holdsTheLockfile()) {
      process.stderr.write('Installing what Docket needs (npm ci) …\n')
      await npm(
        ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
        'npm ci failed; its message is above. Nothing else was done.',
      )
    }
    if (!runs(appNode))
      await npm(['rebuild', 'node'], 'npm could not set up the package `node`; its message is above.')
    if (!runs(appNode)) {
      giveUp(
        'The project’s own Node (package `node`) was not set up: npm must be allowed to run its install script (`npm rebuild node` without `ignore-scripts`).',
      )
    }
    writeStamp(stamp, hashOf(['package-lock.json']))
  })
}

function isInstalled() {
  return readStamp(stamp) === hashOf(['package-lock.json']) && existsSync(appNode)
}

/**
 * Whether npm's own record of `node_modules` has every package of the lockfile, as after somebody's `npm install`. Then there is
 * nothing to delete and fetch again.
 */
function holdsTheLockfile() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(modules, '.package-lock.json'))
  if (!wanted || !present) return false
  return Object.entries(wanted).every(([path, entry]) => {
    const found = present[path]
    if (path === '' || entry.link) return true
    if (!found) return Boolean(entry.optional)
    return found.version === entry.version && existsSync(join(root, path))
  })
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return null
  }
}

async function npm(args, complaint) {
  // Found as a shell would find it, not through this process's Node, which `npm ci` may be about to delete.
  const code = await runQuietInput('npm', args, outsideEnv(), process.platform === 'win32').catch((error) =>
    giveUp(`npm did not start (${error.message}). It comes with Node; install Node 20 or newer.`),
  )
  if (code !== 0) giveUp(complaint)
}

function runs(binary) {
  return existsSync(binary) && spawnSync(binary, ['--version']).status === 0
}
