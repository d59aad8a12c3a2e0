import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { verifyLog } from '#db/log/verify.ts'
import { digestOf, projectionDigests } from '#db/projections/projection-digest.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { ruleQuery } from '#db/queries/rule-query.ts'
import { temporaryFolder } from '../testing/temporary-workspace.ts'
import { initWorkspace } from '../workspace/init-workspace.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'

let workspace: Workspace
let remove: () => void

beforeEach(() => {
  const temporary = temporaryFolder()
  remove = temporary.remove
  initWorkspace({ folder: temporary.folder, memberName: 'Ada Lovelace' })
  const opened = openWorkspace(temporary.folder, { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  workspace = opened.value
})
afterEach(() => {
  workspace.close()
  remove()
})

const execute = (wish: Record<string, unknown>, options = {}) =>
  workspace.commands.execute(command.parse(wish), options)
const rules = () => ruleQuery(workspace.database, workspace.log.streamIds)()
const stale = {
  name: 'Stale',
  when: { kind: 'idle', days: 14 },
  query: 'is:open',
  then: [{ type: 'comment', body: 'Still wanted?' }],
}
const ruleId = uuidv7()

describe('rules', () => {
  it('are events: every change is in the log, with who made it, and the table is what they say', () => {
    execute({ type: 'add_rule', ruleId, rule: stale })
    expect(rules()).toMatchObject([{ id: ruleId, enabled: true, rule: stale }])
    execute({ type: 'change_rule', ruleId, rule: { ...stale, query: '' } })
    execute({ type: 'disable_rule', ruleId })
    expect(rules()).toMatchObject([{ id: ruleId, enabled: false, rule: { ...stale, query: '' } }])
    execute({ type: 'enable_rule', ruleId })
    expect(
      workspace.log.readStream({ type: 'rule', id: ruleId }).map(({ type, actorId }) => [type, actorId]),
    ).toEqual([
      ['rule_added', workspace.me.memberId],
      ['rule_changed', workspace.me.memberId],
      ['rule_disabled', workspace.me.memberId],
      ['rule_enabled', workspace.me.memberId],
    ])
    expect(rules()[0]?.since).toBe(workspace.log.readStream({ type: 'rule', id: ruleId }).at(-1)?.occurredAt)
    while (workspace.projections.step(100));
    const live = digestOf(projectionDigests(workspace.database))
    const report = rebuildProjections(workspace.database, { registry: eventRegistry(), newId: uuidv7 })
    expect(report).toMatchObject({ before: live, after: live, repaired: [] })
    execute({ type: 'remove_rule', ruleId })
    expect(rules()).toEqual([])
    expect(digestOf(projectionDigests(workspace.database))).not.toBe(live)
  })

  it('that are wrong leave no trace', () => {
    const refused = execute({ type: 'add_rule', ruleId, rule: { ...stale, query: 'label:bug' } })
    expect(!refused.ok && refused.error).toMatchObject({
      code: 'invalid_query',
      details: { at: { start: 0, end: 9 } },
    })
    expect(workspace.log.position()).toBe(0)
  })
})

describe('a command with ids for its events', () => {
  const issueId = uuidv7()
  const metadata = { triggeredBy: 'automation', rule: ruleId, ruleName: 'Stale', depth: 1 }

  it('records them under these ids, with what made it', () => {
    execute({ type: 'create', issueId, title: 'One' })
    const eventIds = [uuidv7(), uuidv7()]
    const done = execute({ type: 'transition', issueId, transition: 'start' }, { eventIds, metadata })
    expect(done.ok && done.value.recorded).toMatchObject([{ id: eventIds[0], metadata }])
  })

  it('is recorded once, however often it is sent, also where it could not be done again', () => {
    execute({ type: 'create', issueId, title: 'One' })
    const ids = { start: [uuidv7()], say: [uuidv7()] }
    const start = () => execute({ type: 'transition', issueId, transition: 'start' }, { eventIds: ids.start })
    const say = () =>
      execute(
        { type: 'notify', issueId, memberIds: [workspace.me.memberId], text: 'Look' },
        { eventIds: ids.say },
      )
    start()
    say()
    const position = workspace.log.position()
    const before = JSON.stringify(workspace.log.issue(issueId))
    for (const again of [start, say]) {
      const result = again()
      expect(result).toMatchObject({ ok: true, value: { issueId, key: 'DOC-1', position, recorded: [] } })
    }
    expect(JSON.stringify(workspace.log.issue(issueId))).toBe(before)
    expect(verifyLog(workspace.database).problems).toEqual([])
  })
})
