import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { protocolHeader } from '#contract/sync-api/protocol.ts'
import type { Joined } from '#contract/sync-api/team.ts'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { serverClient } from './server-client.ts'

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

describe('behind a proxy', () => {
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

  async function joinAs(url: string, code: string): Promise<Joined> {
    const member = { id: uuidv7(), name: 'Ada' }
    const client = serverClient({ url })
    const answer = await client.join({ code, device: { name: 'Laptop' }, member, historyId: uuidv7() })
    await client.close()
    if (!answer.ok) throw new Error(answer.error.message)
    return answer.value
  }

  it('the server asks whoever is on the way not to hold its stream back', async () => {
    const { code } = await server.admin.createWorkspace('Team')
    const { token, workspaceId } = await joinAs(server.url, code)
    const stop = new AbortController()
    const { headers } = await fetch(`${server.url}/v1/workspaces/${workspaceId}/nudges`, {
      headers: { [protocolHeader]: '1', authorization: `Bearer ${token}` },
      signal: stop.signal,
    })
    expect(headers.get('x-accel-buffering')).toBe('no')
    stop.abort()
  })

  it.skipIf(!nginx).each([
    ['as it is installed', ''],
    [
      'that packs and holds back whatever it can',
      'gzip on; gzip_proxied any; gzip_types *; gzip_min_length 1; proxy_ignore_headers X-Accel-Buffering;',
    ],
  ])('what the server tells comes through nginx %s at once', async (_, lines) => {
    const [url, child] = await nginxBefore(server.url, folder, lines)
    children.push(child)
    const { code } = await server.admin.createWorkspace('Team')
    const { token, workspaceId } = await joinAs(url, code)
    const client = serverClient({ url, token }).workspace(workspaceId)
    const stop = new AbortController()
    const told = Promise.withResolvers<string>()
    const reading = client.nudges({
      signal: stop.signal,
      // The first key, so that there is something to tell.
      onOpen: () => void client.newKey({ key: 1, boxes: [] }),
      onNudge: ({ greet }) => told.resolve(greet ? 'greet' : 'nudge'),
      onEnd: () => told.resolve('ended without a word'),
    })
    expect(await told.promise).toBe('greet')
    stop.abort()
    await reading
    await client.close()
  })
})
