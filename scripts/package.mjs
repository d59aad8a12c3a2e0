import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { fetchElectron } from './find-electron.mjs'
import { ensureInstalled } from './install.mjs'
import { giveUp, modules, root } from './project.mjs'

// A folder with Electron and the app in it, which runs where it is copied to. No installer, signature or update feed yet.
await ensureInstalled()
await ensureBuilt()
const electron = await fetchElectron()
if (!electron)
  giveUp(
    'The Electron runtime is missing and could not be downloaded, and there is nothing to pack the app into without it.',
  )

const target = join(root, 'dist', `docket-${process.platform}-${process.arch}`)
const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH || join(modules, 'electron', 'dist')
const resources =
  process.platform === 'darwin'
    ? join(target, 'Electron.app', 'Contents', 'Resources')
    : join(target, 'resources')
const app = join(resources, 'app')
rmSync(target, { recursive: true, force: true })
mkdirSync(dirname(target), { recursive: true })
cpSync(dist, target, { recursive: true, verbatimSymlinks: true })
rmSync(join(resources, 'default_app.asar'), { force: true })
for (const path of ['out', 'LICENSE'])
  if (existsSync(join(root, path))) cpSync(join(root, path), join(app, path), { recursive: true })

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const { name, version, description, license, type, main } = manifest
writeFileSync(
  join(app, 'package.json'),
  JSON.stringify({ name, version, description, license, type, main }, null, 2),
)
for (const path of runtimePackages())
  cpSync(join(root, path), join(app, path), { recursive: true, dereference: true })
process.stdout.write(`${target}\n`)

/** What npm has installed that is not for development only, by the lockfile's own account. */
function runtimePackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  return Object.entries(packages)
    .filter(
      ([path, entry]) => path !== '' && !entry.dev && !entry.devOptional && existsSync(join(root, path)),
    )
    .map(([path]) => path)
}
