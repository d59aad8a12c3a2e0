import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DryRunView } from '#contract/answers/rule-answers.ts'
import { command } from '#core/commands.ts'
import { type Rule, rule as ruleSchema } from '#core/rules/rule.ts'
import { listRules } from '../calls/rule-handlers.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { dryRun } from './rule-dry-run.ts'

const day = 86_400_000
let workspace: Workspace
let remove: () => void

beforeEach(() => {
  const temporary = temporaryFolder()
  remove = temporary.remove
  makeWorkspace(temporary.folder)
  workspace = openedWorkspace(temporary.folder)
})
afterEach(() => {
  workspace.close()
  remove()
})

const execute = (wish: Record<string, unknown>) => workspace.commands.execute(command.parse(wish))
function create(title: string, more = {}): string {
  const issueId = uuidv7()
  execute({ type: 'create', issueId, title, ...more })
  return issueId
}
const comment = (issueId: string, body: string) =>
  execute({ type: 'comment', issueId, commentId: uuidv7(), body })
const aRule = (change: Record<string, unknown>): Rule =>
  ruleSchema.parse({
    name: 'Tried',
    when: { kind: 'event', types: ['commented'] },
    query: '',
    then: [{ type: 'priority', priority: 'high' }],
    ...change,
  })
async function tried(change: Record<string, unknown>, since?: number, now = Date.now()): Promise<DryRunView> {
  const result = await dryRun(workspace, aRule(change), since, now)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

describe('a dry run', () => {
  it('counts what had happened by then where a rule asks what is active', async () => {
    const one = create('One')
    comment(one, 'crash')
    const runs = async (query: string) => (await tried({ query })).runs
    expect(await runs('active:<1d')).toBe(1)
    expect(await runs('-active:<1d')).toBe(0)
    expect(await runs('active:<2020')).toBe(0)
  })

  it('says on which issues a rule would have acted, when, why and how, and changes nothing', async () => {
    const one = create('One')
    create('Two')
    comment(one, 'crash')
    const position = workspace.log.position()
    const cause = workspace.log.readStream({ type: 'issue', id: one }).at(-1)
    comment(one, 'crash again')
    const view = await tried({ query: 'crash -priority:high' })
    expect(view).toEqual({
      name: 'Tried',
      since: null,
      issues: 1,
      runs: 1,
      stopped: 0,
      imported: 0,
      looked: 1,
      lines: [
        {
          issue: { id: one, key: 'DOC-1', title: 'One' },
          at: cause?.occurredAt,
          eventId: cause?.id,
          because: 'Ada Lovelace: commented',
          does: ['set the priority to high'],
          stopped: null,
        },
      ],
    })
    expect(workspace.log.position()).toBe(position + 1)
    expect((await tried({}, Date.now() + day)).runs).toBe(0)
  })

  it('lists 500 and counts all', async () => {
    for (let n = 0; n < 51; n++) {
      const issueId = create(`Issue ${n}`)
      for (let m = 0; m < 10; m++) comment(issueId, 'Hello')
    }
    const then = [{ type: 'notify', to: 'subscribers', text: 'Look' }]
    const view = await tried({ then })
    expect([view.issues, view.runs, view.looked, view.lines.length]).toEqual([51, 510, 51, 500])
  })

  it('goes by the clock through the times when nothing happened', async () => {
    const one = create('One', { dueDate: '2030-06-10' })
    const two = create('Two')
    const [begun] = workspace.log.readStream({ type: 'issue', id: two })
    const at = begun?.occurredAt ?? 0
    const idle = await tried({ when: { kind: 'idle', days: 14 } }, undefined, at + 40 * day)
    expect(idle.lines.map((line) => [line.issue.key, line.because, line.eventId])).toEqual([
      ['DOC-1', 'nothing happened for 14 days', null],
      ['DOC-2', 'nothing happened for 14 days', null],
    ])
    expect(idle.lines[1]?.at).toBe(at + 14 * day)
    const again = await tried(
      { when: { kind: 'idle', days: 14 }, then: [{ type: 'comment', body: 'Still wanted?' }] },
      undefined,
      at + 29 * day,
    )
    expect(again.lines.filter((line) => line.issue.id === two).map((line) => line.at)).toEqual([
      at + 14 * day,
      at + 28 * day,
    ])
    const due = await tried(
      { when: { kind: 'due_in', days: 3 } },
      undefined,
      Date.parse('2030-06-09T12:00:00'),
    )
    expect(due.lines.map((line) => [line.issue.id, line.at, line.because])).toEqual([
      [one, Date.parse('2030-06-07T00:00:00'), 'it is due on 2030-06-10'],
    ])
    const tooEarly = await tried(
      { when: { kind: 'due_in', days: 3 } },
      undefined,
      Date.parse('2030-06-06T12:00:00'),
    )
    expect(tooEarly.lines).toEqual([])
  })

  it('refuses a rule that could not be added, in the same words', async () => {
    const result = await dryRun(workspace, aRule({ query: 'label:gone' }), undefined, Date.now())
    expect(!result.ok && result.error).toMatchObject({
      code: 'invalid_query',
      details: { at: { start: 0, end: 10 } },
    })
  })
})

it('a rule is listed in words, with who changed it and what does not fit any more', () => {
  const labelId = uuidv7()
  const ruleId = uuidv7()
  execute({ type: 'create_label', labelId, name: 'bug' })
  execute({
    type: 'add_rule',
    ruleId,
    rule: aRule({ query: 'label:bug', when: { kind: 'due_in', days: 1 } }),
  })
  expect(listRules(workspace)).toMatchObject([
    {
      id: ruleId,
      enabled: true,
      words: { when: 'due in 1 day', then: ['set the priority to high'] },
      problem: null,
      changedBy: workspace.me.memberId,
    },
  ])
  execute({ type: 'rename_label', labelId, name: 'defect' })
  expect(listRules(workspace)[0]?.problem).toMatch(/no label "bug"/)
})

describe('the calls about rules', () => {
  const rule = {
    name: 'Tried',
    when: { kind: 'event', types: ['commented'] },
    query: '',
    then: [{ type: 'comment', body: 'Hello' }],
  }
  async function calling() {
    const opened = await openAppService({
      folder: workspace.folder,
      host: 'cli',
      jobThread: new URL('../jobs/job-thread.ts', import.meta.url),
    })
    if (!opened.ok) throw new Error(opened.error.message)
    return opened.value
  }

  it('add a rule, list it, and try it and another out', async () => {
    const app = await calling()
    const ruleId = uuidv7()
    try {
      comment(create('One'), 'Hello')
      expect(
        await app.callUnchecked('commands.execute', { command: { type: 'add_rule', ruleId, rule } }),
      ).toMatchObject({ ok: true })
      expect(await app.call('rules.list', {})).toMatchObject({ ok: true, value: [{ id: ruleId, rule }] })
      expect(await app.callUnchecked('rules.dryRun', { ruleId })).toMatchObject({
        ok: true,
        value: { issues: 1 },
      })
      expect(await app.callUnchecked('rules.dryRun', { rule, since: Date.now() + day })).toMatchObject({
        ok: true,
        value: { issues: 0 },
      })
    } finally {
      await app.close()
    }
  })

  it.each([
    [
      'a field that is wrong',
      { rule: { ...rule, then: [{ type: 'comment', body: '{{oops}}' }] } },
      /^rule\.then\.0\.body names \{\{oops\}\}/,
    ],
    ['neither of the two', {}, /either a rule that is there/],
    ['both', { rule, ruleId: uuidv7() }, /either a rule that is there/],
    ['a rule that is not there', { ruleId: uuidv7() }, /^There is no such rule/],
  ])('refuse %s in a sentence', async (_, input, sentence) => {
    const app = await calling()
    try {
      const refused = await app.callUnchecked('rules.dryRun', input)
      expect(!refused.ok && refused.error.message).toMatch(sentence)
    } finally {
      await app.close()
    }
  })
})
