/** A web host on a free port before each test, and a browser's part in it. For tests alone. */
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { WebSocket } from 'ws'
import type { AppService } from '#app/app-service.ts'
import { hostFiles } from '#app/files/host-files.ts'
import type { HostMessage } from '#contract/answers/answers.ts'
import { isCallName } from '#contract/calls.ts'
import { done, refuse } from '#core/values/refusal.ts'
import { loadStaticFiles } from './static-files.ts'
import { startWebServer, type WebServer } from './web-server.ts'

/** The smallest service that a socket can be tried against: echoes what it was called with. */
function echoService() {
  const listeners = new Set<(message: HostMessage) => void>()
  const held: (() => void)[] = []
  const service: Pick<AppService, 'callUnchecked' | 'onMessage'> = {
    async callUnchecked(name, input) {
      if (!isCallName(name))
        return refuse('invalid_input', `There is no call named ${String(name).slice(0, 40)}.`)
      if (name === 'jobs.start') throw new Error('a bug')
      if (name === 'files.pick') await new Promise<void>((resolve) => held.push(resolve))
      return done({ name, input })
    },
    onMessage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    service,
    held,
    say: (message: HostMessage) => listeners.forEach((listener) => void listener(message)),
  }
}

export let folder: string
export let server: WebServer
export let host: ReturnType<typeof echoService>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-web-'))
  await mkdir(join(folder, 'renderer/assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'outside')
  await writeFile(join(folder, 'renderer/index.html'), '<!doctype html><title>Docket</title>')
  await writeFile(
    join(folder, 'renderer/assets/index-B3xK9a_z.js'),
    `export const text = "${'long '.repeat(1_000)}"`,
  )
  await writeFile(join(folder, 'renderer/assets/inter-BX3k9a12.woff2'), Buffer.alloc(2_000, 7))
  host = echoService()
  server = await startWebServer({
    service: host.service,
    files: await loadStaticFiles(join(folder, 'renderer')),
    transfers: hostFiles({ transfers: join(folder, 'transfers') }),
    port: 0,
  })
})

afterEach(async () => {
  for (const release of host.held) release()
  await server.close()
  await rm(folder, { recursive: true })
})

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }

/** Sends the path as it stands, which `fetch` would tidy up first. */
export function ask(
  path: string,
  { headers = {}, method = 'GET' }: { headers?: Record<string, string>; method?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: server.port, path, method, headers },
      async (response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk as Buffer)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      },
    )
    asked.on('error', reject).end()
  })
}

export const token = () => new URL(server.url).searchParams.get('token') ?? ''
export const origin = () => `http://127.0.0.1:${server.port}`
export async function letIn(): Promise<string> {
  const { headers } = await ask(`/?token=${token()}`)
  return String(headers['set-cookie']).split(';')[0] ?? ''
}

export async function openSocket(headers?: Record<string, string>, path = '/socket') {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, {
    headers: headers ?? { Cookie: await letIn(), Origin: origin() },
  })
  const frames: unknown[] = []
  const waiting: ((frame: unknown) => void)[] = []
  socket.on('message', (data) => {
    const frame: unknown = JSON.parse(data.toString())
    const next = waiting.shift()
    if (next) next(frame)
    else frames.push(frame)
  })
  const next = () =>
    frames.length > 0
      ? Promise.resolve(frames.shift())
      : new Promise<unknown>((resolve) => waiting.push(resolve))
  const opened = await new Promise<string>((resolve) => {
    socket.once('open', () => resolve('open'))
    socket.once('error', (error) => resolve(error.message))
  })
  const closed = once(socket, 'close').then(([code]) => code as number)
  socket.on('error', () => {})
  return { socket, opened, next, closed, frames }
}
