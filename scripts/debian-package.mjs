import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isRoot, projectEnv } from './project.mjs'

/** Installs a package of the distribution, where this is root on Debian or a relative of it; else does nothing. */
export function installDebianPackage(name, say = (line) => process.stdout.write(`${line}\n`)) {
  if (!isRoot || !isDebian()) return
  say(`Installing the package ${name} (apt-get) …`)
  const env = projectEnv({ DEBIAN_FRONTEND: 'noninteractive' })
  const apt = (...args) =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 })
  apt('update', '-qq')
  apt('install', '-y', '-qq', '--no-install-recommends', name)
}

function isDebian() {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}
