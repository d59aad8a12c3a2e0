import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureInstalled } from './install.mjs'
import { alone } from './lock.mjs'
import { appNode, giveUp, projectEnv, root, tool } from './project.mjs'
import { runQuietInput } from './run-tool.mjs'
import { hashOf, readStamp, writeStamp } from './stamp.mjs'

const inputs = [
  'src',
  'db',
  'inboxes',
  'electron.vite.config.ts',
  'scripts/build.mjs',
  'scripts/build-bridge.mjs',
  'package.json',
  'package-lock.json',
]
const stamp = join(root, 'out', '.stamp')
const outputs = ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html', 'out/web/bridge.js']

/** Builds the window, its preload, the desktop host and the web bridge into `out/`, when one of their sources changed. */
export async function ensureBuilt() {
  if (isFresh()) return
  await alone('build', async () => {
    if (isFresh()) return
    const before = hashOf(inputs)
    const started = Date.now()
    await run([tool('electron-vite'), 'build', '--logLevel', 'warn'])
    await run([join(root, 'scripts', 'build-bridge.mjs')])
    // Hashed before: an edit made while it was building makes the build stale again.
    writeStamp(stamp, before)
    process.stdout.write(`Built the app in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`)
  })
}

function isFresh() {
  return outputs.every((file) => existsSync(join(root, file))) && readStamp(stamp) === hashOf(inputs)
}

async function run(args) {
  const code = await runQuietInput(appNode, args, projectEnv({ NODE_ENV: 'production' }))
  if (code !== 0) giveUp('The build failed; what it said is above. `out/` may be incomplete.')
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensureInstalled()
  await ensureBuilt()
}
