import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { docket } from './testing/run-docket.ts'

let root: string
let broker: Server
/** How many connections came to what passes for a broker. */
let connections: number
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'docket-foreign-'))
  connections = 0
  broker = createServer((socket) => {
    connections += 1
    socket.on('error', () => {}).destroy()
  })
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  broker.close()
  rmSync(root, { recursive: true, force: true })
})

/** A command of one of two people, each with a home of their own. */
const as = (person: 'theirs' | 'mine', folder: string, ...args: string[]) =>
  docket([...args, '--workspace', join(root, folder)], {
    env: {
      XDG_CONFIG_HOME: join(root, `config-${person}`),
      DOCKET_TEST_PACE: JSON.stringify({ attempts: 1, firstBackoffMillis: 1, longestBackoffMillis: 1 }),
    },
  })

it('a folder that somebody else set up sends nothing from here until I agree, however much of it is on', async () => {
  await as('theirs', 'work', 'init', '--name', 'Work')
  const settings = join(root, 'broker.json')
  writeFileSync(
    settings,
    JSON.stringify({ url: `redis://127.0.0.1:${(broker.address() as AddressInfo).port}` }),
  )
  expect(await as('theirs', 'work', 'inbox', 'set', 'broker', settings, '--on')).toMatchObject({ code: 0 })
  cpSync(join(root, 'work'), join(root, 'copy'), { recursive: true })

  await as('mine', 'copy', 'new', 'What I write is mine')
  await as('mine', 'copy', 'work', '--once')
  expect(connections).toBe(0)
  const { inboxes } = JSON.parse((await as('mine', 'copy', 'inbox', 'list', '--json')).stdout)
  expect(inboxes.find(({ name }: { name: string }) => name === 'broker')).toMatchObject({
    state: 'not_ready',
    stateDetail: expect.stringMatching(
      /^This folder came from elsewhere, so .* sends nothing from it until you agree/,
    ),
  })
  await as('mine', 'copy', 'inbox', 'set', 'broker', '--on')
  await as('mine', 'copy', 'work', '--once')
  expect(connections).toBeGreaterThan(0)

  // Whoever made it is asked nothing.
  connections = 0
  await as('theirs', 'work', 'new', 'Theirs')
  await as('theirs', 'work', 'work', '--once')
  expect(connections).toBeGreaterThan(0)
}, 240_000)
