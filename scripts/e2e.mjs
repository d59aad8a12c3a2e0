import { ensureBuilt } from './build.mjs'
import { ensureChromium, noChromium } from './find-chromium.mjs'
import { findElectron } from './find-electron.mjs'
import { ensureInstalled } from './install.mjs'
import { giveUp, hasDisplay, tool } from './project.mjs'
import { runOnAppNode } from './run-tool.mjs'

await ensureInstalled()
await ensureBuilt()
const chromium = ensureChromium() ?? giveUp(noChromium)
const electron = hasDisplay() ? findElectron() : null
const env = { DOCKET_CHROMIUM: chromium, ...(electron ? { DOCKET_ELECTRON: electron } : {}) }
process.exitCode = await runOnAppNode(
  tool('@playwright/test', 'playwright'),
  ['test', ...process.argv.slice(2)],
  env,
)
