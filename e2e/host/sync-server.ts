import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { root } from './project-root.ts'
import { appNode } from './web-host.ts'

const entry = 'server/main.ts'

/** A sync server in a process of its own, with a data folder that outlives it. */
export type SyncServer = {
  readonly url: string
  /** The text that the first owner of a new workspace joins with. */
  createWorkspace(name: string): Promise<string>
  /** As if the network were cut: nobody answers any more. */
  stop(): Promise<void>
  /** At the same address as before. */
  start(): Promise<void>
}

/** @throws with what the server said where it did not start. */
export async function startSyncServer(data: string): Promise<SyncServer> {
  let running = await start(data, 0)
  const { url } = running
  return {
    url,
    async createWorkspace(name) {
      const args = [entry, '--data', data, '--url', url, 'admin', 'create-workspace', '--name', name]
      const { stdout } = await promisify(execFile)(appNode, args, { cwd: root })
      const invite = /docket-invite:\S+/.exec(stdout)?.[0]
      if (!invite) throw new Error(`No invite was printed: ${stdout}`)
      return invite
    },
    stop: () => running.stop(),
    async start() {
      running = await start(data, Number(new URL(url).port))
    },
  }
}

async function start(data: string, port: number): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(appNode, [entry, '--data', data, '--port', String(port)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A test that failed half-way leaves nothing running behind it.
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const url = await addressOf(child)
  if (url === null) throw new Error(`The sync server did not start: ${said}`)
  return {
    url,
    async stop() {
      if (child.exitCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function addressOf(child: ChildProcess): Promise<string | null> {
  if (!child.stdout) return null
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/[^\s"]+/.exec(line)?.[0]
    if (url) {
      child.stdout.resume()
      return url
    }
  }
  return null
}
