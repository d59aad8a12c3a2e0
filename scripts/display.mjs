import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installDebianPackage } from './debian-package.mjs'
import { hasDisplay } from './project.mjs'

const findXvfb = () =>
  ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
    .map((folder) => join(folder, 'Xvfb'))
    .find((path) => existsSync(path))

/**
 * A display for the app's windows: the machine's own, else a virtual one (Xvfb, installed as root on Debian).
 *
 * @returns `{ env, close }`: what to add to the environment, and the end of it; or null where there is none.
 */
export async function openDisplay() {
  if (hasDisplay()) return { env: {}, close() {} }
  if (!findXvfb()) installDebianPackage('xvfb')
  const xvfb = findXvfb()
  if (!xvfb) return null
  const child = spawn(xvfb, ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const number = await new Promise((resolve) => {
    let said = ''
    child.stdio[3].setEncoding('utf8').on('data', (text) => {
      said += text
      if (said.includes('\n')) resolve(said.trim())
    })
    child.on('error', () => resolve(null))
    child.on('exit', () => resolve(null))
  })
  if (number === null) return null
  return { env: { DISPLAY: `:${number}` }, close: () => child.kill() }
}
