import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endWithNpm } from './end-with-npm.mjs'

/**
 * Runs a command's entry on a Node that can: the one at hand, or the project's own, which then runs this again. From 22.18 on Node reads TypeScript
 * by itself; better-sqlite3 needs 22.14.
 */
export async function runOnNewNode(command, entry) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) {
    keepCompiled()
    endWithReader()
    endWithParent()
    endWithNpm()
    process.argv[1] = fileURLToPath(entry)
    await import(entry.href)
    return
  }
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const node = fileURLToPath(new URL(`../node_modules/node/bin/${name}`, import.meta.url))
  if (!existsSync(node)) {
    process.stderr.write(
      `${command} needs Node 22.18 or newer, or its own Node (run "npm ci" in the project); this is ${process.versions.node}.\n`,
    )
    process.exitCode = 2
    return
  }
  standFor(node, spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] }))
}

/**
 * What is loaded is compiled once for all runs, which saves a third of a short command's time. In the person's own folder: what lies in a shared one
 * could have been put there by anybody. Where that can't be written, nothing is kept.
 */
function keepCompiled() {
  try {
    const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'docket', 'compiled')
    module.enableCompileCache(folder)
    // Threads and processes that the command starts find it here.
    process.env.NODE_COMPILE_CACHE ??= folder
  } catch {
    // No home: no cache.
  }
}

/** Whoever reads the output may stop early, as `head` does: that is the end of the command and no error; what it has to complain of goes on unread. */
function endWithReader() {
  const unread = (stream, then) =>
    stream.on('error', (error) => {
      if (error.code === 'EPIPE') then()
      else if (stream.listenerCount('error') === 1) throw error
    })
  unread(process.stdout, () => process.exit())
  unread(process.stderr, () => {})
}

/** Ends in good order once the process that stands for this one is gone, though it was killed. */
function endWithParent() {
  if (!process.channel) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}

/** Has a child and this process pass for one: signals go down, the end comes up. */
function standFor(node, child) {
  endWithNpm()
  const atTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // A terminal's Ctrl-C reaches the child too, which takes a second one for impatience.
      if (signal !== 'SIGINT' || !atTerminal) child.kill(signal)
    })
  child.on('error', (error) => {
    process.stderr.write(`${node} did not start: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1
    if (!signal) return
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
