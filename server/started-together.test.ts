import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseInvite } from '#contract/invite-text.ts'
import { takeLock } from '#db/sqlite/exclusive-lock.ts'
import { adminFile, DataInUseError } from './admin/data-folder.ts'
import { startServer } from './start-server.ts'
import { command, type Served, served } from './testing/served.ts'

let folder: string
let data: string
let running: Served | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-together-'))
  data = join(folder, 'data')
})
afterEach(async () => {
  await running?.kill('SIGKILL')
  running = undefined
  rmSync(folder, { recursive: true, force: true })
})

const admin = (...parameters: string[]) => command('--data', data, '--json', 'admin', ...parameters)

/**
 * The directory is somebody's until they are asked at the address that a killed server left there: whoever finds the lock held has looked by then.
 */
async function heldUntilAskedFor(): Promise<{ readonly close: () => void }> {
  mkdirSync(data, { mode: 0o700 })
  const release = takeLock(join(data, 'server.lock'))
  const stranger = createServer((_, response) => {
    release?.()
    response.writeHead(401).end('{}')
  })
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  writeFileSync(adminFile(data), JSON.stringify({ url, publicUrl: url, secret: 'x', pid: 1 }), {
    mode: 0o600,
  })
  return stranger
}

it('a server waits for a command that has the directory', async () => {
  const stranger = await heldUntilAskedFor()
  const server = await startServer({ data })
  await expect(startServer({ data })).rejects.toThrow(DataInUseError)
  await server.close()
  stranger.close()
})

it('a command waits for another, and for a server that is ending', async () => {
  const stranger = await heldUntilAskedFor()
  const { status, error } = await admin('create-workspace', '--name', 'Team')
  expect([status, error]).toEqual([0, ''])
  stranger.close()
})

it('a server and commands started at the same time all do their work', async () => {
  const made = ['One', 'Two', 'Three'].map((name) => admin('create-workspace', '--name', name))
  ;[running] = await Promise.all([served(data), ...made])
  for (const { status, error } of await Promise.all(made)) expect([status, error]).toEqual([0, ''])
  const { out } = await admin('workspaces')
  expect((JSON.parse(out) as { name: string }[]).map(({ name }) => name).sort()).toEqual([
    'One',
    'Three',
    'Two',
  ])
})

const outside = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address

it.each([['127.0.0.1'], ...(outside ? [[outside]] : [])])(
  'a server that speaks HTTPS on %s is administered like any other',
  async (host) => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'docket.test' }])
    for (const [name, text] of Object.entries({ cert, key })) writeFileSync(join(folder, name), text)
    const url = 'https://docket.test:7420'
    const tls = ['--tls-cert', join(folder, 'cert'), '--tls-key', join(folder, 'key')]
    running = await served(data, '--host', host, '--url', url, ...tls)
    const { status, out, error } = await admin('create-workspace', '--name', 'Team')
    expect([status, error]).toEqual([0, ''])
    expect(parseInvite((JSON.parse(out) as { invite: string }).invite)).toMatchObject({ url })
  },
)
