import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { giveUp, root } from './project.mjs'

// Run after `npm install` has changed the lockfile. Where a registry lacks a platform's binary (a mirror often does), npm leaves the
// package out of the lockfile, and `npm ci` then refuses the lockfile as out of step, on every platform. This writes the missing
// entries from what their parents declare; npm adds the checksum where it can fetch them.
const file = join(root, 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))
const packages = lock.packages
const added = []

for (const [path, { optionalDependencies = {}, dev, devOptional }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (placesFor(path, name).some((place) => packages[place]) || !/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
      continue
    packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(dev ? { dev } : devOptional ? { devOptional } : {}),
      optional: true,
    }
    added.push(`${name}@${version}`)
  }
}

if (process.argv.includes('--check')) {
  if (added.length > 0)
    giveUp(`package-lock.json lacks ${added.join(', ')}; run: node scripts/complete-lockfile.mjs`)
  process.exit()
}
if (added.length > 0) {
  const [project, ...rest] = Object.entries(packages)
  lock.packages = Object.fromEntries([project, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))])
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
}
process.stdout.write(
  `${added.length} entries added to package-lock.json${added.map((name) => `\n  ${name}`).join('')}\n`,
)

/** Where Node would look for a package from another's folder, nearest first. */
function placesFor(path, name) {
  const places = [`${path}/node_modules/${name}`]
  for (let at = path.lastIndexOf('node_modules/'); at > 0; at = path.lastIndexOf('node_modules/', at - 1)) {
    places.push(`${path.slice(0, at)}node_modules/${name}`)
  }
  return [...places, `node_modules/${name}`]
}

/** What such packages are named after, in npm's words. */
function platformOf(name) {
  const [, os, cpu, abi = ''] =
    /-(android|darwin|freebsd|linux|openharmony|win32|wasm32)(?:-(\w+))?(?:-(\w+))?$/.exec(name) ?? []
  if (os === undefined || (os !== 'wasm32' && cpu === undefined))
    throw new Error(`no platform in the name ${name}`)
  const libc =
    os === 'linux' ? (abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') ? ['glibc'] : null) : null
  return os === 'wasm32' ? { cpu: ['wasm32'] } : { cpu: [cpu], ...(libc ? { libc } : {}), os: [os] }
}
