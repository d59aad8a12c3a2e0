import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const modules = join(root, 'node_modules')
/** What was installed, and from which lockfile. It goes when `node_modules` goes. */
export const installStamps = join(modules, '.stamps')

/** The Node that runs the app: the project's own, from the package `node`. These scripts themselves run on any Node from 20. */
export const appNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Ends with one line, for a mistake that the person can mend. */
export function giveUp(sentence, code = 1) {
  process.stderr.write(`${sentence}\n`)
  process.exit(code)
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  giveUp(`Docket's scripts need Node 20 or newer, and this is ${process.versions.node}.`, 2)
}

/** The JavaScript file behind a package's command, so that it can be run by the Node that we choose, on every platform. */
export function tool(packageName, command = packageName) {
  const folder = join(modules, packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[command])
}

/** The environment for everything that the project runs: its own tools and its own Node come first. */
export function projectEnv(extra = {}) {
  return { ...process.env, PATH: [join(modules, '.bin'), process.env.PATH].join(delimiter), ...extra }
}

/** The environment without the project's tools, for npm: `npm ci` deletes them while it runs. */
export function outsideEnv(extra = {}) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(modules + sep))
  return { ...process.env, PATH: path.join(delimiter), ...extra }
}

/** Whether a person who sits at this machine could see a window. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

export const isRoot = process.getuid?.() === 0
export const exists = existsSync
