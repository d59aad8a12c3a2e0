import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { serverClient, type WorkspaceClient } from './server-client.ts'

const nginx = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'].find((path) =>
  existsSync(path),
)

async function freePort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  await new Promise((resolve) => taken.close(resolve))
  return port
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

/** nginx with nothing set but where it sends on, and what it writes kept in a folder of ours. */
async function nginxBefore(target: string, folder: string, lines = ''): Promise<[string, ChildProcess]> {
  const port = await freePort()
  const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; ${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  ${kept.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass ${target}; ${lines} }
  }
}
`,
  )
  const child = spawn(nginx ?? '', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'inherit' })
  await expect.poll(() => answers(port), { timeout: 20_000 }).toBe(true)
  return [`http://127.0.0.1:${port}`, child]
}

describe.skipIf(!nginx)('behind nginx as it is installed', () => {
  let folder: string
  let server: RunningServer
  const children: ChildProcess[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'docket-nginx-'))
    server = await startServer({ data: join(folder, 'data') })
  })
  afterAll(async () => {
    for (const child of children) {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('close', resolve))
    }
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function joined(url: string): Promise<WorkspaceClient> {
    const { code } = await server.admin.createWorkspace('Team')
    const answer = await serverClient({ url }).join({
      code,
      device: { name: 'Laptop' },
      member: { id: uuidv7(), name: 'Ada' },
      historyId: uuidv7(),
    })
    if (!answer.ok) throw new Error(answer.message)
    return serverClient({ url, token: answer.value.token }).workspace(answer.value.workspaceId)
  }

  it('what the server tells comes through at once', async () => {
    const [url, child] = await nginxBefore(server.url, folder)
    children.push(child)
    const client = await joined(url)
    const stop = new AbortController()
    const told = Promise.withResolvers<string>()
    const reading = client.nudges({
      signal: stop.signal,
      // Somebody's key, so that there is something to tell.
      onOpen: () => void client.newKey({ key: 1, boxes: [] }),
      onNudge: ({ greet }) => told.resolve(greet ? 'greet' : 'nudge'),
      onEnd: () => told.resolve('ended without a word'),
    })
    expect(await told.promise).toBe('greet')
    stop.abort()
    await reading
    await client.close()
  })

  it('one that is told to hold the stream back is found out', async () => {
    const [url, child] = await nginxBefore(server.url, folder, 'proxy_ignore_headers X-Accel-Buffering;')
    children.push(child)
    const client = await joined(url)
    let [opened, ended] = [0, 0]
    await client.nudges({
      signal: new AbortController().signal,
      firstWordMillis: 500,
      onOpen: () => void opened++,
      onNudge: () => {},
      onEnd: () => void ended++,
    })
    expect({ opened, ended }).toEqual({ opened: 0, ended: 1 })
    await client.close()
  })
})
