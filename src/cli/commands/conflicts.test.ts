import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket } from '../testing/run-docket.ts'

let folder: string
let remove: () => void
const run = (...args: readonly string[]) => docket([...args, '--workspace', folder])
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await run(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

/** As two devices leave them that renamed apart. */
beforeAll(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
  const { log, me, close } = openedWorkspace(folder)
  const event = (type: string, data: unknown) => ({ id: uuidv7(), type, data, actorId: me.memberId })
  for (const [type, colour] of [
    ['label', { colour: '#111111' }],
    ['project', {}],
  ] as const)
    log.append({ type, id: uuidv7() }, [
      event(`${type}_created`, { name: `old ${type}`, ...colour }),
      event(`${type}_renamed`, { from: `old ${type}`, to: `first ${type}` }),
      event(`${type}_renamed`, { from: `old ${type}`, to: `second ${type}` }),
    ])
  close()
})
afterAll(() => remove())

it('what two renamed apart is listed by what it is of, and flipped or dismissed by its id', async () => {
  const { conflicts, open } = await json('conflict', 'list')
  expect(open).toBe(2)
  const of = (type: string) => conflicts.find((each: { of: { type: string } }) => each.of.type === type)
  expect(of('label')).toMatchObject({
    of: { name: 'second label' },
    issue: null,
    field: 'name',
    lost: { value: 'first label' },
    won: { value: 'second label' },
  })
  expect((await run('conflict', 'list')).stdout).toMatch(/second project +name /)

  expect(await run('conflict', 'flip', of('label').id)).toMatchObject({
    code: 0,
    stdout: 'Made again on second label.\n',
  })
  expect(await run('conflict', 'dismiss', of('project').id)).toMatchObject({
    code: 0,
    stdout: 'Left as it is on second project.\n',
  })
  expect(await json('conflict', 'list')).toEqual({ conflicts: [], open: 0 })
  const { conflicts: all } = await json('conflict', 'list', '--all')
  const after = all.map((each: { of: { name: string }; settled: { how: string } }) => [
    each.of.name,
    each.settled.how,
  ])
  expect(after.sort()).toEqual([
    ['first label', 'flipped'],
    ['second project', 'dismissed'],
  ])
})

it('circles of imported links are in the list beside what was made here, until one of their links goes', async () => {
  const { folder: fresh, remove: removeFresh } = temporaryFolder()
  onTestFinished(removeFresh)
  const of = (...args: readonly string[]) => docket([...args, '--workspace', fresh])
  await of('init', '--name', 'Saltwater', '--member', 'Nora Falk')
  const issue = (id: string, title: string, on: string, type: string) => ({
    id,
    title,
    status: 'open',
    created_at: '2026-01-01T10:00:00Z',
    dependencies: [{ issue_id: id, depends_on_id: on, type }],
  })
  const file = join(fresh, 'beads.jsonl')
  const lines = [
    issue('bd-1', 'Jetty', 'bd-2', 'blocks'),
    issue('bd-2', 'Pier', 'bd-1', 'blocks'),
    issue('bd-3', 'Quay', 'bd-4', 'parent-child'),
    issue('bd-4', 'Slip', 'bd-3', 'parent-child'),
  ]
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  for (const time of ['first', 'second']) {
    expect(await of('import', file, '--format', 'beads'), time).toMatchObject({ code: 0 })
    const { conflicts, open } = JSON.parse((await of('conflict', 'list', '--json')).stdout)
    expect(open, time).toBe(2)
    expect(conflicts.map(({ field }: { field: string }) => field)).toEqual(['link', 'link'])
  }
  const listed = JSON.parse((await of('conflict', 'list', '--json')).stdout).conflicts
  const circle = listed.find(({ issue: { title } }: { issue: { title: string } }) => /Jetty|Pier/.test(title))
  // Which of the links goes is for somebody to say.
  expect(await of('conflict', 'flip', circle.id)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('take one of the other links of the circle away first'),
  })
  const shown = JSON.parse((await of('show', circle.issue.key, '--json')).stdout)
  const link = shown.links.find(({ direction }: { direction: string }) => direction === 'out')
  expect(await of('edit', circle.issue.key, '--unlink', link.issue.key)).toMatchObject({ code: 0 })
  expect(JSON.parse((await of('conflict', 'list', '--json')).stdout).open).toBe(1)
})
