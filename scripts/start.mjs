import { homedir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { fetchElectron } from './find-electron.mjs'
import { ensureInstalled } from './install.mjs'
import { hasDisplay, isRoot, root } from './project.mjs'
import { runOnAppNode, runWithTerminal } from './run-tool.mjs'

// `npm start [-- --workspace DIR] [--web] [--port N]`
const asked = process.argv.slice(2)
const web = asked.includes('--web') || process.env.DOCKET_HOST === 'web'
const args = asked.filter((arg) => arg !== '--web')
if (!args.some((arg) => /^--workspace(=|$)/.test(arg)) && !process.env.DOCKET_WORKSPACE) {
  args.push('--workspace', join(homedir(), 'Docket'))
}

await ensureInstalled()
await ensureBuilt()

const electron = web ? null : await fetchElectron()
if (electron && hasDisplay()) {
  // Chromium's sandbox can't start for root on Linux, and Electron then refuses to run at all.
  const asRoot = isRoot && process.platform === 'linux' ? ['--no-sandbox'] : []
  process.exitCode = await runWithTerminal(electron, [...asRoot, root, ...args])
} else {
  if (!web) {
    const why = electron
      ? 'There is no display'
      : 'The Electron runtime is missing and could not be downloaded'
    process.stdout.write(`${why}, so Docket starts its web host instead.\n`)
  }
  process.exitCode = await runOnAppNode(
    join(root, 'src/web/main.ts'),
    process.env.CI ? [...args, '--no-open'] : args,
  )
}
