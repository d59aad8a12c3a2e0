import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ConflictView } from '#contract/answers/sync-answers.ts'
import { conflictOf } from '#contract/answers/sync-answers.ts'
import { conflictHandlers } from '../calls/conflict-handlers.ts'
import { entityIdOf } from '../commands/entity-id.ts'
import { modelServer } from './testing/model-server.ts'
import { newReplica, type Replica } from './testing/replica.ts'

const labelId = entityIdOf('label', 'bug')
const projectId = entityIdOf('project', 'site')
const [ruleId, otherRuleId, ben] = [uuidv7(), uuidv7(), uuidv7()]
const rule = (name: string, days: number) => ({
  name,
  when: { kind: 'idle', days },
  query: 'is:open',
  then: [{ type: 'comment', body: 'Still wanted?' }],
})

let server: ReturnType<typeof modelServer>
let copies: [ada: Replica, ben: Replica]
let now: number
beforeEach(() => {
  // A minute an event, so that each is after the one before, whoever records it.
  now = Date.parse('2026-03-02T09:00:00Z')
  const clock = () => {
    now += 60_000
    return now
  }
  server = modelServer(clock)
  const historyId = uuidv7()
  copies = [newReplica('Ada', uuidv7(), historyId, clock), newReplica('Ben', ben, historyId, clock)]
})
afterEach(() => {
  for (const copy of copies) copy.close()
})

async function meet(): Promise<void> {
  for (const copy of [...copies, ...copies]) expect(await copy.sync(server)).toMatchObject({ ok: true })
}
function execute(copy: Replica, ...wishes: readonly Record<string, unknown>[]): void {
  for (const wish of wishes) expect(copy.execute(wish), JSON.stringify(wish)).toMatchObject({ ok: true })
}
async function listed(copy: Replica, show: 'open' | 'settled' = 'open'): Promise<readonly ConflictView[]> {
  const page = await conflictHandlers(copy.workspace)['conflicts.list']({ show, limit: 100 })
  if (!page.ok) throw new Error(page.error.message)
  return page.value.conflicts
}
/** Both copies hold the same, and what a rebuild makes. */
function agree(): void {
  const [first, second] = copies
  expect(second.conflictRows()).toEqual(first.conflictRows())
  expect(second.digest()).toBe(first.digest())
  for (const copy of copies) copy.check()
}
const inShort = ({ of, field, lost, won }: ConflictView) =>
  `${of.type} ${of.name}, ${field}: ${lost.actorName} ${lost.value?.split('\n')[1] ?? lost.value}, ${won.actorName} ${won.value?.split('\n')[1] ?? won.value}`

async function begun(): Promise<void> {
  execute(
    copies[0],
    { type: 'create_label', labelId, name: 'bug', colour: '#111111' },
    { type: 'create_project', projectId, name: 'site' },
    { type: 'add_rule', ruleId, rule: rule('Stale', 1) },
    { type: 'add_rule', ruleId: otherRuleId, rule: rule('Old', 1) },
  )
  await meet()
  // Changes nothing, but makes Ben a member.
  execute(copies[1], { type: 'create_project', projectId, name: 'site' })
  await meet()
}

it('what two change while apart of labels, projects, people, rules and the workspace is one list of conflicts on both copies', async () => {
  await begun()
  const [ada, bens] = copies
  execute(ada, { type: 'rename_member', memberId: ben, name: 'Benedict' })
  execute(bens, { type: 'rename_member', memberId: ben, name: 'Benjamin' })
  for (const [copy, n] of [
    [ada, 2],
    [bens, 3],
  ] as const)
    execute(
      copy,
      { type: 'rename_label', labelId, name: `bug ${n}` },
      { type: 'recolour_label', labelId, colour: `#${n}${n}${n}${n}${n}${n}` },
      { type: 'rename_project', projectId, name: `site ${n}` },
      { type: 'rename_workspace', name: `Workspace ${n}` },
      { type: 'change_rule', ruleId, rule: rule('Stale', n) },
    )
  execute(ada, { type: 'remove_rule', ruleId: otherRuleId })
  execute(bens, { type: 'change_rule', ruleId: otherRuleId, rule: rule('Old', 9) })
  execute(bens, { type: 'disable_rule', ruleId: otherRuleId })
  await meet()
  agree()

  const conflicts = await listed(ada)
  expect(conflicts.map(inShort).sort()).toEqual([
    'label bug 3, colour: Ada #222222, Benjamin #333333',
    'label bug 3, name: Ada bug 2, Benjamin bug 3',
    'member Benjamin, name: Ada Benedict, Benjamin Benjamin',
    'project site 3, name: Ada site 2, Benjamin site 3',
    'rule Old, enabled: Benjamin off, Ada null',
    'rule Old, rule: Benjamin When: nothing happened for 9 days, Ada null',
    'rule Stale, rule: Ada When: nothing happened for 2 days, Benjamin When: nothing happened for 3 days',
    'workspace Workspace 3, name: Ada Workspace 2, Benjamin Workspace 3',
  ])
  expect(conflicts.every(({ lost, mine, issue }) => mine === (lost.actorName === 'Ada') && !issue)).toBe(true)
  expect(conflicts[0]?.lost.at).toBeGreaterThan(0)
  const events = ada.workspace.feed.page({ kind: 'workspace' }, { limit: 200 })
  const superseded = events.filter((entry) => entry.superseded).map(({ event }) => event.type)
  expect(superseded.sort()).toEqual(['rule_changed', 'rule_disabled'])
})

it('each can be flipped on one copy or dismissed on the other, and both hear of it', async () => {
  await begun()
  const [ada, bens] = copies
  for (const [copy, n] of [
    [ada, 2],
    [bens, 3],
  ] as const)
    execute(
      copy,
      { type: 'rename_label', labelId, name: `bug ${n}` },
      { type: 'rename_project', projectId, name: `site ${n}` },
      { type: 'rename_workspace', name: `Workspace ${n}` },
    )
  execute(ada, { type: 'remove_rule', ruleId })
  execute(bens, { type: 'change_rule', ruleId, rule: rule('Stale', 9) })
  await meet()
  expect(await listed(bens)).toHaveLength(4)
  for (const found of await listed(bens))
    execute(bens, {
      type: found.of.type === 'project' ? 'dismiss_conflict' : 'flip_conflict',
      conflictId: found.id,
      ...conflictOf(found),
    })
  await meet()
  agree()

  for (const copy of copies) {
    const { entities, commands, name } = copy.workspace
    expect(entities.rows('label')).toMatchObject([{ name: 'bug 2' }])
    expect(entities.rows('project')).toMatchObject([{ name: 'site 3' }])
    expect(name().name).toBe('Workspace 2')
    expect(commands.ruleContext().rules.get(ruleId)).toMatchObject({ rule: rule('Stale', 9), enabled: true })
    expect(await listed(copy)).toEqual([])
    const settled = await listed(copy, 'settled')
    expect(settled.map(({ of, settled: by }) => `${of.type} ${by?.how} ${by?.byName}`).sort()).toEqual([
      'label flipped Ben',
      'project dismissed Ben',
      'rule flipped Ben',
      'workspace flipped Ben',
    ])
  }
})

it('what can not be made again says why and settles nothing', async () => {
  await begun()
  const [ada, bens] = copies
  execute(ada, { type: 'rename_label', labelId, name: 'defect' })
  execute(bens, { type: 'rename_label', labelId, name: 'fault' })
  await meet()
  execute(ada, { type: 'create_label', labelId: entityIdOf('label', 'other'), name: 'defect' })
  const [found] = await listed(ada)
  const flip = { type: 'flip_conflict', conflictId: found?.id }
  expect(ada.execute({ ...flip, labelId })).toMatchObject({ error: { code: 'name_taken' } })
  expect(ada.execute({ ...flip, projectId })).toMatchObject({ error: { code: 'unknown_conflict' } })
  expect(ada.execute(flip)).toMatchObject({ error: { code: 'unknown_conflict' } })
  expect(() => ada.execute({ ...flip, labelId, projectId })).toThrow('a conflict is of one thing')
  expect(await listed(ada)).toHaveLength(1)
})

it('of copies that join with labels of their own, what was imported is in conflict with nothing', async () => {
  const imported = (name: string, colour: string, renamed: string) => ({
    streamType: 'label' as const,
    streamId: labelId,
    events: [
      { type: 'label_created', data: { name, colour } },
      { type: 'label_renamed', data: { from: 'whatever', to: renamed } },
    ].map((event, at) => ({
      ...event,
      id: uuidv7(),
      actorId: ben,
      occurredAt: at,
      metadata: { triggeredBy: 'import' as const },
    })),
  })
  copies[0].workspace.log.importStreams([imported('bug', '#111111', 'defect')])
  copies[1].workspace.log.importStreams([imported('bug', '#222222', 'fault')])
  await meet()
  agree()
  expect(copies[0].conflictRows()).toEqual([])
})
