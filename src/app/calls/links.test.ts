import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { bringOver } from '#inboxes/testing/bring-over.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { conflictHandlers } from './conflict-handlers.ts'
import { issueDetail } from './issue-detail.ts'

const temporary: ReturnType<typeof temporaryFolder>[] = []
const opened: Workspace[] = []
let ada: Workspace
beforeEach(() => {
  ada = workspace()
})
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
  for (const one of temporary.splice(0)) one.remove()
})

function workspace(): Workspace {
  const folder = temporaryFolder()
  temporary.push(folder)
  makeWorkspace(folder.folder)
  const made = openedWorkspace(folder.folder)
  opened.push(made)
  return made
}

const [a, b, c] = [uuidv7(), uuidv7(), uuidv7()] as [string, string, string]
const run = (on: Workspace, command: Record<string, unknown>) => on.commands.execute(command as never)
const create = (on: Workspace, issueId: string) => run(on, { type: 'create', issueId, title: issueId })
const link = (on: Workspace, issueId: string, kind: string, target: string) =>
  run(on, { type: 'link', issueId, kind, target })
const parents = (on: Workspace, issueId: string) =>
  on.log
    .issue(issueId)
    .links.filter(({ kind }) => kind === 'parent')
    .map(({ target }) => target)
async function conflicts(on: Workspace) {
  const answer = await conflictHandlers(on)['conflicts.list']({ show: 'open', limit: 10 } as never)
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

it('a second parent takes the place of the first, as one thing that somebody did', () => {
  for (const id of [a, b, c]) create(ada, id)
  link(ada, a, 'parent', b)
  const answer = link(ada, a, 'parent', c)
  expect(parents(ada, a)).toEqual([c])
  const recorded = answer.ok ? answer.value.recorded : []
  expect(recorded.map(({ type, data }) => [type, (data as { target: string }).target])).toEqual([
    ['unlinked', b],
    ['linked', c],
  ])
  expect(new Set(recorded.map(({ metadata }) => metadata.correlationId)).size).toBe(1)
  expect(recorded[0]?.metadata.correlationId).toBeDefined()
})

it('an issue that came with several parents keeps them until somebody picks one', () => {
  for (const id of [a, b, c]) create(ada, id)
  ada.log.append(
    { type: 'issue', id: a },
    [b, c].map((target) => ({
      id: uuidv7(),
      type: 'linked',
      data: { kind: 'parent', target },
      actorId: ada.me.memberId,
      metadata: { triggeredBy: 'import' },
    })) as never,
  )
  expect(parents(ada, a).toSorted()).toEqual([b, c].toSorted())
  expect(ada.linkMarks()).toEqual([])
  link(ada, a, 'parent', c)
  expect(parents(ada, a)).toEqual([c])
})

it.each(['parent', 'blocks', 'duplicates'])(
  'a circle of %s is refused by a sentence that names it',
  (kind) => {
    for (const id of [a, b, c]) create(ada, id)
    link(ada, a, kind, b)
    link(ada, b, kind, c)
    expect(link(ada, c, kind, a)).toMatchObject({
      ok: false,
      error: { code: 'link_cycle', message: expect.stringContaining('DOC-3 → DOC-1 → DOC-2 → DOC-3') },
    })
  },
)

it('what two replicas made apart is marked alike on both, is in the conflict list, and can be settled', async () => {
  for (const id of [a, b, c]) create(ada, id)
  const ben = workspace()
  bringOver(ada, ben)
  // Half of a circle each, and a parent each.
  link(ada, a, 'blocks', b)
  link(ada, c, 'parent', a)
  link(ben, b, 'blocks', a)
  link(ben, c, 'parent', b)
  bringOver(ada, ben)
  bringOver(ben, ada)
  expect(ada.linkMarks().map(({ link, circle }) => [link.by.id, circle])).toEqual(
    ben.linkMarks().map(({ link, circle }) => [link.by.id, circle]),
  )
  expect(ada.linkMarks().map(({ link: { kind, source } }) => [kind, source])).toEqual([
    ['blocks', b],
    ['parent', c],
  ])
  const found = await conflicts(ada)
  expect(found.open).toBe(2)
  expect(found.conflicts.map(({ field, issue }) => [field, issue?.id]).toSorted()).toEqual(
    [
      ['link', b],
      ['link', c],
    ].toSorted(),
  )
  expect((await conflicts(ben)).conflicts.map(({ id }) => id)).toEqual(found.conflicts.map(({ id }) => id))
  const detail = issueDetail(ada, b)
  expect(detail.ok && detail.value.links.map(({ withoutEffect }) => withoutEffect)).toContain(
    'Without effect: it closes the circle DOC-2 → DOC-1 → DOC-2.',
  )

  const [circle, parent] = [b, c].map((id) => found.conflicts.find(({ issue }) => issue?.id === id))
  expect(run(ada, { type: 'flip_conflict', issueId: b, conflictId: circle?.id })).toMatchObject({
    error: { code: 'conflict_not_flippable' },
  })
  expect(run(ada, { type: 'dismiss_conflict', issueId: b, conflictId: circle?.id })).toMatchObject({
    ok: true,
  })
  expect(run(ada, { type: 'flip_conflict', issueId: c, conflictId: parent?.id })).toMatchObject({ ok: true })
  expect(parents(ada, c)).toEqual([b])
  expect((await conflicts(ada)).open).toBe(0)
})

it('files that came with an issue are named, with where they lie where that is an address of the web', () => {
  create(ada, a)
  const attach = (data: Record<string, unknown>) => ({
    id: uuidv7(),
    type: 'attached',
    data,
    actorId: ada.me.memberId,
    metadata: { triggeredBy: 'import' },
  })
  ada.log.append({ type: 'issue', id: a }, [
    attach({ name: 'log.txt', url: 'https://example.org/log.txt', size: 2_048 }),
    attach({ name: 'odd', url: 'javascript:alert(1)' }),
  ] as never)
  const detail = issueDetail(ada, a)
  expect(detail.ok && detail.value.attachments).toMatchObject([
    { name: 'log.txt', url: 'https://example.org/log.txt', size: 2_048 },
    { name: 'odd', url: null, size: null },
  ])
})
