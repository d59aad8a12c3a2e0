import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseInvite } from '#contract/invite-text.ts'
import { takeLock } from '#db/exclusive-lock.ts'
import { adminFile, DataInUseError } from './data-folder.ts'
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

/** As a command that administers has the directory. */
async function heldByCommand(): Promise<() => void> {
  await command('--data', data, 'admin', 'workspaces')
  const release = takeLock(join(data, 'server.lock'))
  if (!release) throw new Error('the directory is not free')
  return release
}

it('a server waits for a command that has the directory, also where a killed server left its address', async () => {
  const release = await heldByCommand()
  const left = { url: 'http://127.0.0.1:1', publicUrl: 'http://127.0.0.1:1', secret: 'x', pid: 1 }
  writeFileSync(adminFile(data), JSON.stringify(left))
  // It looks before this resolves, and finds the lock held.
  const starting = startServer({ data })
  release()
  const server = await starting
  await expect(startServer({ data })).rejects.toThrow(DataInUseError)
  await server.close()
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

it('a command that finds a server ending waits until it has the directory to itself', async () => {
  running = await served(data)
  const ended = running.kill('SIGTERM')
  const { status, error } = await admin('create-workspace', '--name', 'Team')
  await ended
  expect([status, error]).toEqual([0, ''])
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
