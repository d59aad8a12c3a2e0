import { ensureBuilt } from './build.mjs'
import { openDisplay } from './display.mjs'
import { ensureChromium, noChromium } from './find-chromium.mjs'
import { findElectron } from './find-electron.mjs'
import { ensureInstalled } from './install.mjs'
import { giveUp, tool } from './project.mjs'
import { runOnAppNode } from './run-tool.mjs'

await ensureInstalled()
await ensureBuilt()
const chromium = ensureChromium() ?? giveUp(noChromium)
const electron = findElectron()
const display = electron ? await openDisplay() : null
const env = { DOCKET_CHROMIUM: chromium, ...(display ? { DOCKET_ELECTRON: electron, ...display.env } : {}) }
process.exitCode = await runOnAppNode(
  tool('@playwright/test', 'playwright'),
  ['test', ...process.argv.slice(2)],
  env,
)
display?.close()
