import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** How far up npm is looked for: `npx` starts a shell, which starts the command. */
const generations = 3
const lookEveryMillis = 500
const isNpm = (command) => /(^|[\s/\\])(npm|npx|pnpm|yarn)(-cli)?(\.[cm]?js)?(\s|$)/.test(command)

/** The parent and the command line of a process; `undefined` where the system does not tell. */
function lookUp(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name before it may hold anything, brackets too.
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return {
        parent: Number(parent),
        command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
      }
    }
    const line = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' })
    const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(line) ?? []
    return parent ? { parent: Number(parent), command } : undefined
  } catch {
    return undefined
  }
}

/** The processes between this one and the npm that started it, npm's the last; none where npm did not. */
function upToNpm() {
  if (process.env.npm_command === undefined || process.platform === 'win32') return []
  const pids = []
  for (let pid = process.ppid; pids.length < generations && pid > 1; ) {
    const found = lookUp(pid)
    if (!found) break
    pids.push(pid)
    if (isNpm(found.command)) return pids
    pid = found.parent
  }
  return []
}

function isThere(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

/**
 * Ends this process in good order, as on SIGTERM, once the npm or npx that started it is gone: a signal to npm ends it and its shell, and reaches
 * nobody below them. What was started otherwise outlives its parent, as a daemon does.
 */
export function endWithNpm() {
  const above = upToNpm()
  if (above.length === 0) return
  const { ppid } = process
  const timer = setInterval(() => {
    if (process.ppid === ppid && above.every(isThere)) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, lookEveryMillis)
  timer.unref()
}
