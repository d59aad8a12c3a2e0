import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningServer, startServer } from '#server/start-server.ts'
import { docket } from '../testing/run-docket.ts'

const preload = fileURLToPath(new URL('../testing/clock-off.cjs', import.meta.url))
const minute = 60_000
const day = 86_400_000

let folder: string
let workspace: string
let server: RunningServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-clock-note-'))
  workspace = join(folder, 'workspace')
  server = await startServer({ data: join(folder, 'server') })
  const { text } = await server.admin.createWorkspace('Team')
  const made = await docket(['init', '--name', 'Test', '--member', 'Ada', '--workspace', workspace])
  expect(made).toMatchObject({ code: 0 })
  const joining = ['sync', 'join', server.url, '--invite', '-', '--workspace', workspace]
  expect(await docket(joining, { input: text })).toMatchObject({ code: 0, stderr: '' })
}, 120_000)
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command on a machine whose clock is ahead of the server's by so many milliseconds. @returns what it prints. */
async function off(millis: number, ...args: readonly string[]): Promise<string> {
  const ran = await docket([...args, '--workspace', workspace], {
    env: { CLOCK_OFF: String(millis), NODE_OPTIONS: `--require ${preload}` },
  })
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  return ran.stdout
}

it('sync status says how far this clock is ahead of the server’s, and which events a wrong one stamped, until they are put right', {
  timeout: 240_000,
}, async () => {
  await off(0, 'new', 'in time')
  await off(0, 'sync', 'now')
  expect(await off(0, 'sync', 'status')).not.toContain('clock')

  await off(10 * minute, 'new', 'ten minutes ahead')
  await off(10 * minute, 'sync', 'now')
  expect(await off(10 * minute, 'sync', 'status')).toMatch(
    /^This computer’s clock is (9|10|11) minutes ahead of the server’s\.$/m,
  )

  // Put right, and said no more once something was pushed in time.
  await off(0, 'new', 'in time again')
  await off(0, 'sync', 'now')
  expect(await off(0, 'sync', 'status')).not.toContain('clock')

  await off(2 * day, 'new', 'two days ahead')
  await off(0, 'new', 'later')
  const said = await off(0, 'sync', 'status')
  expect(said).toMatch(/^A clock jumped by more than a day at 2 events\b.*$/m)
  const [, position = '', by = ''] =
    /To correct the newest: docket times correct (\d+) \1 (--by=\S+)/.exec(said) ?? []
  expect(await off(0, 'sync', 'status', '--json').then(JSON.parse)).toMatchObject({
    state: expect.any(String),
  })
  await off(0, 'times', 'correct', position, by)
  expect(await off(0, 'sync', 'status')).not.toContain('A clock jumped')
})
