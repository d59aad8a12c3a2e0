import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CallInput } from '#contract/calls.ts'
import type { IssueId } from '#core/values/ids.ts'
import type { AppService } from '../app-service.ts'
import { newId } from '../commands/new-id.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'

let remove: () => void
let app: AppService
beforeEach(async () => {
  const temporary = temporaryFolder()
  remove = temporary.remove
  makeWorkspace(temporary.folder)
  const opened = await openAppService({
    folder: temporary.folder,
    host: 'web',
    jobThread: new URL('../jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  app = opened.value
})
afterEach(async () => {
  await app.close()
  remove()
})

const order = { query: 'is:open sort:title', held: 'one' }
const run = async (command: CallInput<'commands.execute'>['command']): Promise<void> => {
  expect(await app.call('commands.execute', { command })).toMatchObject({ ok: true })
}
const create = async (title: string): Promise<IssueId> => {
  const issueId = newId() as IssueId
  await run({ type: 'create', issueId, title })
  return issueId
}
const page = async (held: typeof order, offset = 0, limit = 100) => {
  const answer = await app.call('issues.list', { ...held, offset, limit })
  if (!answer.ok) throw new Error(answer.error.message)
  const { rows, held: kept } = answer.value
  return { titles: rows.map(({ title }) => title), ...kept }
}
const standing = async (asked: CallInput<'issues.order'>) => {
  const answer = await app.call('issues.order', asked)
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

it('a held order stays as it was, says what left it, and another name gets the order of now', async () => {
  const [b, c] = [await create('B'), await create('C'), await create('D')]
  expect(await page(order, 0, 2)).toEqual({ titles: ['B', 'C'], total: 3, left: [] })
  await create('A')
  await run({ type: 'transition', issueId: c, transition: 'close' })
  await run({ type: 'change_title', issueId: b, title: 'Z' })
  const now = await page({ ...order, held: 'two' })
  expect(now).toEqual({ titles: ['A', 'D', 'Z'], total: 3, left: [] })
  const kept = await page(order)
  expect(kept.titles.slice(0, 2)).toEqual(['Z', 'C'])
  expect(kept.left).toEqual([c])
  expect(await standing(order)).toMatchObject({ changed: true })
  expect(await standing({ ...order, held: 'two', find: b })).toEqual({ changed: false, at: 2 })
})

it('lets single issues come in where they belong, and go, and moves no other', async () => {
  const [b] = [await create('B'), await create('D')]
  expect((await page(order)).titles).toEqual(['B', 'D'])
  await run({ type: 'change_title', issueId: b, title: 'Z' })
  const c = await create('C')
  await standing({ ...order, take: [c] })
  expect((await page(order)).titles).toEqual(['C', 'Z', 'D'])
  await run({ type: 'archive', issueId: c })
  await standing({ ...order, take: [c] })
  expect((await page(order)).titles).toEqual(['Z', 'D'])
})

it('what was changed and taken back waits no more, though the history holds both; what still stands does', async () => {
  const recent = { query: 'is:open sort:updated-desc', held: 'three' }
  const [a, b] = [await create('A'), await create('B'), await create('C')]
  expect((await page(recent)).titles).toEqual(['C', 'B', 'A'])
  await run({ type: 'change_priority', issueId: a, priority: 'high' })
  expect(await standing(recent)).toMatchObject({ changed: true })
  await run({ type: 'change_priority', issueId: a, priority: 'none' })
  expect(await standing(recent)).toMatchObject({ changed: false })
  expect((await page(recent)).titles).toEqual(['C', 'B', 'A'])

  // Of two changes one is taken back.
  const memberId = (await app.call('app.info', {}).then((answer) => answer.ok && answer.value.me.id)) as never
  await run({ type: 'assign', issueId: b, memberId })
  await run({ type: 'change_due_date', issueId: b, dueDate: '2027-01-04' })
  await run({ type: 'change_due_date', issueId: b, dueDate: null })
  expect(await standing(recent)).toMatchObject({ changed: true })
  await run({ type: 'unassign', issueId: b, memberId })
  expect(await standing(recent)).toMatchObject({ changed: false })

  // What somebody said stays said.
  await run({ type: 'comment', issueId: a, commentId: newId() as never, body: 'Still here.' })
  expect(await standing(recent)).toMatchObject({ changed: true })
})
