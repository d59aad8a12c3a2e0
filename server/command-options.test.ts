import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseInvite } from '#contract/invite-text.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import type { RunningServer } from './start-server.ts'
import { ask, person } from './testing/both-databases.ts'
import { command, served } from './testing/served.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-options-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('plain HTTP beyond this machine is wrong usage unless it is asked for, and touches nothing', async () => {
  for (const host of ['0.0.0.0', '192.0.2.7']) {
    const { status, error } = await command('--data', join(folder, 'none'), '--port', '0', '--host', host)
    expect([status, error]).toEqual([2, expect.stringMatching(/^On .+ --allow-plain-http\.\n$/)])
  }
  expect((await command('--data', join(folder, 'none'), '--log-level', 'loud')).status).toBe(2)
})

it('says what is open where it is asked to be, counts by address as it is told, and logs what brought something alone', async () => {
  const limit = ['--requests-a-minute-per-address', '12', '--keep-days', '7']
  const data = join(folder, 'data')
  const running = await served(data, '--host', '0.0.0.0', '--allow-plain-http', ...limit)
  const at = { url: running.url.replace('0.0.0.0', '127.0.0.1') } as RunningServer
  try {
    expect(running.said()).toContain('Plain HTTP on 0.0.0.0')
    expect(running.said()).toContain('/metrics is closed')
    expect((await ask(at, '/metrics')).status).toBe(401)
    const made = await command('--data', data, '--json', 'admin', 'create-workspace', '--name', 'Team')
    const owner = await person(at, parseInvite(JSON.parse(made.out).invite)?.code ?? '')
    const hello = () => owner.ask('/hello', { body: { chains: [], cursor: startCursor } })
    await hello()
    await owner.pullAll()
    owner.chain.add({ number: 1 })
    expect((await owner.push(owner.chain.after(0))).status).toBe(200)
    await owner.pullAll()
    const answers = []
    for (let at = 0; at < 12; at++) answers.push((await hello()).status)
    expect(answers.filter((status) => status === 429)).not.toEqual([])
  } finally {
    await running.kill('SIGTERM')
  }
  const routes = running
    .said()
    .split('\n')
    .filter((line) => line.includes('"request"'))
    .map((line) => JSON.parse(line) as { level: number; route: string; status: number })
    .filter(({ status }) => status < 400)
    .map(({ route }) => route.split('/').at(-1))
  // A greeting and a pull that brought nothing are not among them.
  expect(routes.slice(0, 3)).toEqual(['join', 'push', 'events'])
})
