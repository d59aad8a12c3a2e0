import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { installDebianPackage } from './debian-package.mjs'
import { appNode, modules, projectEnv, tool } from './project.mjs'

const names = [
  // Chromium without its own windows: half of the work of the whole browser, which two cores feel.
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'microsoft-edge',
]
const macApps = ['Google Chrome', 'Chromium', 'Microsoft Edge']

/** What to say where there is no browser and none could be installed. */
export const noChromium =
  'No Chromium or Chrome was found and none could be installed. Install one (for example `apt-get install chromium`, or `npx playwright install chromium`), or set DOCKET_CHROMIUM to its path.'

/** @returns the path of a Chromium or Chrome that starts, or null. Nothing is installed. */
export function findChromium() {
  if (process.env.DOCKET_CHROMIUM)
    return existsSync(process.env.DOCKET_CHROMIUM) ? process.env.DOCKET_CHROMIUM : null
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter), '/snap/bin']
  const onPath =
    process.platform === 'win32' ? [] : names.flatMap((name) => folders.map((folder) => join(folder, name)))
  const onMac =
    process.platform === 'darwin'
      ? macApps.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`)
      : []
  const onWindows = process.platform === 'win32' ? windowsPlaces() : []
  return (
    [...onPath, ...onMac, ...onWindows, playwrightsOwn()].find(
      (path) => path && existsSync(path) && starts(path),
    ) ?? null
  )
}

/** The same, and if there is none: Playwright's download, then, as root on Debian, the distribution's package. */
export function ensureChromium(say = (line) => process.stdout.write(`${line}\n`)) {
  const found = findChromium()
  if (found || process.env.DOCKET_CHROMIUM) return found
  say('No Chromium found; trying Playwright’s download …')
  spawnSync(appNode, [tool('playwright'), 'install', 'chromium'], {
    env: projectEnv(),
    stdio: 'ignore',
    timeout: 180_000,
    killSignal: 'SIGKILL',
  })
  const downloaded = findChromium()
  if (downloaded) return downloaded
  installDebianPackage('chromium-headless-shell', say)
  const shell = findChromium()
  if (shell) return shell
  installDebianPackage('chromium', say)
  return findChromium()
}

function playwrightsOwn() {
  try {
    return createRequire(join(modules, 'playwright-core', 'package.json'))(
      'playwright-core',
    ).chromium.executablePath()
  } catch {
    return null
  }
}

/** A wrapper that only says "install the snap", or a browser whose libraries are missing, does not. */
function starts(path) {
  if (process.platform === 'win32') return true
  return spawnSync(path, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0
}

function windowsPlaces() {
  const roots = [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA].filter(
    Boolean,
  )
  return roots.flatMap((folder) => [
    join(folder, 'Google/Chrome/Application/chrome.exe'),
    join(folder, 'Microsoft/Edge/Application/msedge.exe'),
  ])
}
