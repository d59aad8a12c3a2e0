import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket, type Ran } from '../testing/run-docket.ts'

const many = 21

let folder: string
let remove: () => void
const run = (...args: readonly string[]): Promise<Ran> => docket([...args, '--workspace', folder])
const json = async (...args: readonly string[]) => JSON.parse((await run(...args, '--json')).stdout)
const labelled = async (): Promise<number> =>
  (await json('list', 'label:near', '--limit', '50')).issues.length

/** A rule by the clock that comes upon many issues at its first look. */
beforeEach(async () => {
  ;({ folder, remove } = temporaryFolder())
  await run('init', '--member', 'Ada')
  const due = new Date(Date.now() + 86_400_000).toISOString()
  const lines = Array.from({ length: many }, (_, at) =>
    JSON.stringify({
      id: `bd-${at}`,
      title: `Seat ${at}`,
      status: 'open',
      created_at: '2026-01-01T10:00:00Z',
      due_at: due,
    }),
  )
  const file = join(folder, 'beads.jsonl')
  writeFileSync(file, lines.join('\n'))
  await run('import', file, '--format', 'beads')
  await run('rule', 'add', '--name', 'Near', '--when', 'due:30d', '--then', 'label:near')
  await run('work', '--once')
})
afterEach(() => remove())

it.each([
  ['--act', 'acts on what had come up to now', many],
  ['--leave', 'leaves alone what had come up to now', 0],
] as const)('a rule that waits with many issues is answered once: %s', async (answer, says, then) => {
  expect(await labelled()).toBe(0)
  expect((await run('rule', 'list')).stdout).toContain(`would act on ${many} issues at once, so it waits`)
  expect((await json('rule', 'list')).rules).toMatchObject([{ held: { issues: many } }])

  for (const neither of [[], ['--act', '--leave']])
    expect(await run('rule', 'answer', 'near', ...neither)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--act'),
    })
  expect(await run('rule', 'answer', 'nowhere', answer)).not.toMatchObject({ code: 0 })
  expect(await labelled()).toBe(0)

  expect(await run('rule', 'answer', 'near', answer)).toMatchObject({
    code: 0,
    stdout: `The rule "Near" ${says}, here and wherever else it runs.\n`,
  })
  await run('work', '--once')
  expect(await labelled()).toBe(then)
  expect((await json('rule', 'list')).rules).toMatchObject([{ held: null }])

  const { events } = await json('stats')
  expect(await run('rule', 'answer', 'near', answer)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'docket: The rule "Near" waits for no answer; nothing was changed. [rule_not_held]\n',
  })
  expect((await json('stats')).events).toBe(events)
})
