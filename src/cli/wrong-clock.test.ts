import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from '../host/testing/temporary-workspace.ts'
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
    /created it: two days ahead \[recorded by a clock that was [12] days? ahead\]/,
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
  expect((await at('stats')).stdout).toContain('A clock jumped by more than a day at 2 events')
})
