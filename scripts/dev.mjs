import { join } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { fetchElectron } from './find-electron.mjs'
import { ensureInstalled } from './install.mjs'
import { appNode, hasDisplay, isRoot, root, tool } from './project.mjs'
import { runOnAppNode, runWithTerminal } from './run-tool.mjs'

// The app while it is being changed: the desktop with hot reload, or the web host, whose window is built again at every change.
await ensureInstalled()
const electron = hasDisplay() ? await fetchElectron() : null
const args = process.argv.slice(2)
if (electron) {
  const asRoot = isRoot && process.platform === 'linux' ? { NO_SANDBOX: '1' } : {}
  process.exitCode = await runOnAppNode(tool('electron-vite'), ['dev', '--', ...args], asRoot)
} else {
  await ensureBuilt()
  const window = runOnAppNode(join(root, 'scripts', 'watch-window.mjs'), [])
  const host = runWithTerminal(appNode, [
    '--watch',
    '--watch-preserve-output',
    join(root, 'src/web/main.ts'),
    ...args,
  ])
  process.exitCode = Math.max(await host, await window)
}
