import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openAppService } from '#app/open-app-service.ts'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket } from './testing/run-docket.ts'

const preload = fileURLToPath(new URL('./testing/clock-off.cjs', import.meta.url))
const day = 86_400_000

let folder: string
let remove: () => void
beforeAll(async () => {
  ;({ folder, remove } = temporaryFolder())
  await docket(['init', '--name', 'Test', '--member', 'Ada', '--workspace', folder])
})
afterAll(() => remove())

/** Runs a command on a machine whose clock is ahead by so many milliseconds. */
const off = (millis: number, ...args: readonly string[]) =>
  docket([...args, '--workspace', folder], {
    env: { CLOCK_OFF: String(millis), NODE_OPTIONS: `--require ${preload}` },
  })
const at = (...args: readonly string[]) => off(0, ...args)

it('one command two days ahead is flagged at once and spoils nothing that comes after it', {
  timeout: 120_000,
}, async () => {
  await at('new', 'base')
  await off(2 * day, 'new', 'two days ahead')
  // Nothing has come after it: it is this computer's clock that shows it.
  expect((await at('feed')).stdout).toMatch(
    /created this issue: two days ahead \[recorded by a clock that was [12] days? ahead\]/,
  )
  expect((await at('stats')).stdout).toMatch(/The newest event is [12] days? ahead of this computer’s clock/)

  await at('new', 'later A')
  expect(await at('show', 'DOC-3', '--at', 'now')).toMatchObject({ code: 0 })
  const { events } = JSON.parse((await at('feed', '--json')).stdout) as {
    events: { occurredAt: number; clockJumpMillis: number | null; data: { title?: string } }[]
  }
  const titled = (title: string) => events.find(({ data }) => data.title === title)
  expect(Math.abs((titled('later A')?.occurredAt ?? 0) - Date.now())).toBeLessThan(day)
  expect(titled('later A')?.clockJumpMillis).toBeLessThan(-day)
  expect(titled('two days ahead')?.clockJumpMillis).toBeGreaterThan(day)
  expect(titled('base')?.clockJumpMillis).toBeNull()
  const said = (await at('stats')).stdout
  expect(said).toContain('A clock jumped by more than a day at 2 events')
  expect(said).toMatch(/to correct the newest: docket times correct (\d+) \1 --by=-[12]d/)
})

it('the window is told of it, too, with the command that corrects it', async () => {
  const opened = await openAppService({
    folder,
    host: 'cli',
    jobThread: new URL('../app/jobs/run-job.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  expect(await opened.value.call('workspace.notes', {})).toMatchObject({
    ok: true,
    value: [{ code: 'wrong_clock', command: expect.stringMatching(/^docket times correct \d+ \d+ --by=-/) }],
  })
  await opened.value.close()
})

it('what was stamped wrongly is listed, tried out and corrected, and put back by the same the other way', {
  timeout: 240_000,
}, async () => {
  const json = async (...args: readonly string[]) => JSON.parse((await at(...args, '--json')).stdout)
  const { jumps } = await json('times', 'list')
  expect(jumps).toMatchObject([{ type: 'created' }, { type: 'created' }])
  const [ahead] = jumps as { position: number; millis: number; occurredAt: number }[]
  const position = String(ahead?.position)
  const tried = await json('times', 'correct', position, '--by=-2d', '--dry-run')
  expect(tried).toMatchObject({
    corrected: false,
    events: 1,
    first: { position: ahead?.position, from: ahead?.occurredAt, to: (ahead?.occurredAt ?? 0) - 2 * day },
  })
  expect(await json('times', 'list')).toMatchObject({ jumps: [{}, {}] })

  expect(await at('times', 'correct', position, '--by', '-2d')).toMatchObject({ code: 0, stderr: '' })
  expect(await json('times', 'list')).toEqual({ jumps: [], ahead: null })
  const feed = (await at('feed')).stdout
  expect(feed).toMatch(/put the time of 1 event 2 days back\n.*later A\n.*two days ahead\n.*base\n/)
  expect(feed).not.toContain('clock')
  expect((await at('verify')).code).toBe(0)

  await at('times', 'correct', position, '--by=2d')
  expect(await json('times', 'list')).toMatchObject({ jumps: [{}, {}] })
})

it.each([
  [['times', 'correct', '4', '--by=soon'], 2],
  [['times', 'correct', 'four', '--by=1d'], 2],
  [['times', 'correct', '5', '4', '--by=1d'], 2],
  [['times', 'correct', '4000', '--by=1d'], 1],
  [['times', 'correct', '4', '--by=-4000000d'], 1],
] as const)('%j is refused in a sentence', async (args, code) => {
  const ran = await at(...args)
  expect(ran).toMatchObject({ code, stdout: '' })
  expect(ran.stderr).toMatch(/^docket: [^\n]+\n$/)
})
