import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programIn } from '../builtin/notifications/program-in.ts'

const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']

/** Where a program is on this machine, or `undefined`. */
export const programAt = (name: string): string | undefined => programIn(folders, name)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const { promise, resolve } = Promise.withResolvers<boolean>()
  socket.once('connect', () => resolve(true))
  socket.once('error', () => resolve(false))
  const there = await promise
  socket.destroy()
  return there
}

export type OwnServer = { readonly port: number; close(): Promise<void> }

/**
 * Starts a program of a test's own on a free port of 127.0.0.1, in a folder that goes away with it.
 * @param files what is written into the folder first. @param args what it is started with; files by their path in the folder.
 */
export async function ownServer(
  program: string,
  files: Readonly<Record<string, string>>,
  args: (port: number, folder: string) => readonly string[],
): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-test-'))
  const port = await freePort()
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), content.replaceAll('PORT', String(port)).replaceAll('FOLDER', folder))
  const child = spawn(program, args(port, folder), { cwd: folder, stdio: 'ignore' })
  const ended = once(child, 'exit')
  const remove = () => rm(folder, { recursive: true, force: true })
  while (!(await answers(port)))
    if (child.exitCode !== null) {
      await remove()
      throw new Error(`${program} ended with ${child.exitCode}`)
    }
  return {
    port,
    async close() {
      child.kill('SIGKILL')
      await ended
      await remove()
    },
  }
}
