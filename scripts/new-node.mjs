import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Runs a command's entry on a Node that can: the one at hand, or the project's own. From 22.18 on Node reads TypeScript by itself; better-sqlite3
 * needs 22.14.
 */
export async function runOnNewNode(command, entry) {
  const main = fileURLToPath(entry)
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) {
    process.argv[1] = main
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
  // Ctrl-C reaches the command too, which ends in good order; this waits for it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
  const run = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  if (run.error) process.stderr.write(`${node} did not start: ${run.error.message}\n`)
  // Ended by a signal: the shell's own way to say so.
  process.exitCode = run.status ?? (run.signal === 'SIGINT' ? 130 : run.signal === 'SIGTERM' ? 143 : 1)
}
