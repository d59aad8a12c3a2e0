import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { root } from './project-root.ts'

/** The project's own Node: the tests themselves may run on an older one. */
export const appNode = `${root}node_modules/node/bin/node`

/** A web host in a process of its own. */
export type WebHost = {
  readonly url: string
  readonly port: number
  /** What it wrote to stderr so far. */
  readonly complaints: () => string
  /** Kills the inbox worker that it runs (-9). @returns whether there was one */
  killWorker(): boolean
  /** As `SIGTERM` does; resolves with the exit code. */
  stop(): Promise<number | null>
}

/** @param port 0 takes a free one. @throws with what the host said where it did not start. */
export async function startWebHost(folder: string, port = 0): Promise<WebHost> {
  const child = spawn(
    appNode,
    ['src/web/main.ts', '--workspace', folder, '--port', String(port), '--no-open'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  // A test that failed half-way leaves nothing running behind it.
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const url = await firstLine(child)
  if (url === null) throw new Error(`The web host did not start: ${complaints}`)
  return {
    url,
    port: Number(new URL(url).port),
    complaints: () => complaints,
    killWorker() {
      const { pid } = child
      const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
      for (const worker of workers) process.kill(Number(worker), 'SIGKILL')
      return workers.length > 0
    },
    async stop() {
      if (child.exitCode !== null) return child.exitCode
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = await exited
      return code as number | null
    },
  }
}

async function firstLine(child: ChildProcess): Promise<string | null> {
  if (!child.stdout) return null
  for await (const line of createInterface({ input: child.stdout })) return line
  return null
}
