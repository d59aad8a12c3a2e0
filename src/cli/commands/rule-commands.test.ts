import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket, type Ran } from '../testing/run-docket.ts'

let folder: string
let remove: () => void
const run = (...args: readonly string[]): Promise<Ran> => docket([...args, '--workspace', folder])
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await run(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}
function file(content: unknown): string {
  const path = join(folder, 'rule.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

beforeAll(async () => {
  ;({ folder, remove } = temporaryFolder())
  await run('init', '--member', 'Ada')
  await run('new', 'One', '-l', 'bug')
})
afterAll(() => remove())

describe('docket rule', () => {
  it('a rule is added by options, tried out, and does for real what the trial said', async () => {
    const added = await json(
      ...['rule', 'add', '--name', 'Triage', '--when', 'event:commented', '--if', 'label:bug -label:seen'],
      ...['--then', 'label:seen', '--then', 'comment:On {{issue.key}}'],
      ...['--then', 'transition:close,Done, at last'],
    )
    expect(added).toMatchObject({ enabled: true, problem: null, words: { when: 'commented' } })
    expect(added.rule.then).toMatchObject([
      { type: 'label' },
      { type: 'comment', body: 'On {{issue.key}}' },
      { type: 'transition', transition: 'close', reason: 'Done, at last' },
    ])
    await run('work', '--once')
    await run('comment', '1', 'Hello')
    const tried = await json('rule', 'dry-run', 'triage')
    expect(tried).toMatchObject({
      issues: 1,
      runs: 1,
      lines: [{ does: ['add the label seen', 'comment: On {{issue.key}}', 'move it: close'] }],
    })
    expect(await run('work', '--once')).toMatchObject({ code: 0 })
    const { events } = await json('feed', '1')
    const recorded = events.filter((event: { triggeredBy: string }) => event.triggeredBy === 'automation')
    expect(recorded.map((event: { type: string }) => event.type).toReversed()).toEqual([
      'labeled',
      'commented',
      'status_changed',
    ])
    const feed = await run('feed', '1')
    expect(feed.stdout).toContain('added the label “seen” [by rule "Triage", because Ada commented: Hello]')
  })

  it('a rule is added from a file, in which people and labels have their names', async () => {
    const path = file({
      name: 'Stale',
      when: { kind: 'idle', days: 14 },
      then: [
        { type: 'assign', memberId: '@me' },
        { type: 'label', labelId: 'bug' },
        { type: 'notify', to: ['Ada'], text: 'Look' },
      ],
    })
    const added = await json('rule', 'add', path)
    expect(added.words).toEqual({
      when: 'nothing happened for 14 days',
      then: ['assign Ada', 'add the label bug', 'notify Ada: Look'],
    })
    const changed = await json('rule', 'change', 'stale', '--when', 'due:3d', '--name', 'Near')
    expect(changed).toMatchObject({
      id: added.id,
      rule: { ...added.rule, name: 'Near', when: { kind: 'due_in', days: 3 } },
    })
    expect((await json('rule', 'show', 'near')).history.map((event: { type: string }) => event.type)).toEqual(
      ['rule_added', 'rule_changed'],
    )
    expect(await json('rule', 'disable', 'Near')).toEqual({ id: added.id, name: 'Near', changed: true })
    expect(await json('rule', 'disable', 'Near')).toMatchObject({ changed: false })
    await run('rule', 'remove', 'Near')
    expect((await json('rule', 'list')).rules).toHaveLength(1)
  })

  const add = ['rule', 'add', '--name', 'X', '--when', 'event:created', '--then']
  it.each([
    [
      'a rule that is not there',
      ['rule', 'show', 'Triag'],
      1,
      /no rule "Triag"\. Did you mean "Triage"\? \[unknown_rule\]/,
    ],
    [
      'a name that is taken',
      ['rule', 'add', '--name', 'TRIAGE', '--when', 'idle:1', '--then', 'label:bug'],
      1,
      /\[name_taken\]/,
    ],
    [
      'a kind of when that there is not',
      ['rule', 'add', '--name', 'X', '--when', 'noon', '--then', 'label:bug'],
      2,
      /--when takes event:/,
    ],
    [
      'no number of days',
      ['rule', 'add', '--name', 'X', '--when', 'idle:soon', '--then', 'label:bug'],
      2,
      /number of days/,
    ],
    ['a rule without a when', ['rule', 'add', '--name', 'X', '--then', 'label:bug'], 2, /needs --when/],
    [
      'an event that there is not',
      ['rule', 'add', '--name', 'X', '--when', 'event:comented', '--then', 'label:bug'],
      1,
      /"comented"/,
    ],
    ['an action that there is not', [...add, 'explode:now'], 2, /"explode:now"/],
    ['a person who is not there', [...add, 'assign:@nobody'], 1, /\[unknown_member\]/],
    ['a label to take off that is not there', [...add, 'unlabel:bgu'], 1, /Did you mean "bug"\?/],
    ['a level that there is not', [...add, 'priority:huge'], 2, /takes none, low/],
    ['a placeholder that there is not', [...add, 'comment:{{issue.titel}}'], 1, /\{\{issue\.titel\}\}/],
    ['a notice without words', [...add, 'notify:@me'], 2, /says nothing/],
    ['a query that can not be read', [...add, 'label:bug', '--if', 'is:opn'], 1, /\[invalid_query\]/],
    ['nothing to change', ['rule', 'change', 'Triage'], 2, /Say what to change/],
    [
      'a file that is not there',
      ['rule', 'add', '/nowhere/rule.json'],
      1,
      /can not be read.*\[invalid_input\]/,
    ],
    [
      'a trial that needs a new label',
      ['rule', 'dry-run', '--name', 'X', '--when', 'idle:1', '--then', 'label:new'],
      2,
      /makes no label/,
    ],
  ] as [string, string[], number, RegExp][])('%s is one line on stderr', async (_, args, code, sentence) => {
    const ran = await run(...args)
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' })
    expect(ran.stderr).toMatch(sentence)
    expect(ran.stderr.trim().split('\n')).toHaveLength(1)
  })

  it.each([
    ['no JSON', '{ "name": '],
    ['a list', []],
    ['nothing of a rule', {}],
    [
      'a field that there is not',
      { name: 'X', when: { kind: 'idle', days: 1 }, then: [{ type: 'label', labelId: 'bug' }], force: true },
    ],
    ['a then that is no list', { name: 'X', when: { kind: 'idle', days: 1 }, then: 'label' }],
  ])('a file with %s is refused in one line', async (_, content) => {
    const ran = await run('rule', 'add', file(content))
    expect(ran.code).toBeGreaterThan(0)
    expect(ran.stderr).toMatch(/^docket: .*\n$/)
    expect(ran.stderr).not.toContain('internal')
  })
})
