import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appNode, installStamps, modules, projectEnv } from './project.mjs'
import { readStamp, writeStamp } from './stamp.mjs'

const folder = join(modules, 'electron')
const failed = join(installStamps, 'electron-unreachable')
/** A download that brings not one new byte for this long is given up. */
const silence = 10_000
const tryAgainAfter = 24 * 60 * 60 * 1_000

/** @returns the path of Electron's program for this project, or null where it is not there. Nothing is downloaded. */
export function findElectron() {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH || join(folder, 'dist')
  const name =
    readStamp(join(folder, 'path.txt')) || (process.env.ELECTRON_OVERRIDE_DIST_PATH ? 'electron' : null)
  if (!name) return null
  const path = join(dist, name)
  return existsSync(path) ? path : null
}

/** The same, after trying the download once (again after a day). Says nothing; @returns null where it could not be had. */
export async function fetchElectron() {
  const found = findElectron()
  if (found || !existsSync(folder) || process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return found
  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
  const [failedVersion, failedAt] = (readStamp(failed) ?? '').split(' ')
  if (failedVersion === version && Date.now() - Number(failedAt) < tryAgainAfter) return null
  await download()
  const fetched = findElectron()
  if (!fetched) writeStamp(failed, `${version} ${Date.now()}`)
  return fetched
}

/** Runs Electron's own installer for as long as bytes arrive. */
function download() {
  const scratch = mkdtempSync(join(tmpdir(), 'docket-electron-'))
  const child = spawn(appNode, [join(folder, 'install.js')], {
    env: projectEnv({ TMPDIR: scratch, TEMP: scratch, TMP: scratch }),
    stdio: 'ignore',
  })
  let bytes = -1
  let heardAt = Date.now()
  const watch = setInterval(() => {
    const now = bytesIn(scratch) + bytesIn(join(folder, 'dist'))
    if (now !== bytes) heardAt = Date.now()
    bytes = now
    if (Date.now() - heardAt > silence) child.kill('SIGKILL')
  }, 500)
  return new Promise((resolve) => {
    const end = () => {
      clearInterval(watch)
      rmSync(scratch, { recursive: true, force: true })
      resolve()
    }
    child.on('error', end)
    child.on('exit', end)
  })
}

function bytesIn(path) {
  try {
    const files = readdirSync(path, { recursive: true })
    return files.reduce(
      (sum, file) => sum + (statSync(join(path, file), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
  } catch {
    return 0
  }
}
