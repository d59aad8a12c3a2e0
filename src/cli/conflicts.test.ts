import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../host/testing/temporary-workspace.ts'
import { docket } from './testing/run-docket.ts'

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
