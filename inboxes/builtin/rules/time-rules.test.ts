import { v7 as uuidv7 } from 'uuid'
import { afterEach, describe, expect, it } from 'vitest'
import { entityIdOf } from '#app/commands/entity-id.ts'
import { type LiveRules, liveRules } from './testing/live-rules.ts'
import { timeRules } from './time-rules.ts'

const day = 86_400_000
const triaged = entityIdOf('label', 'triaged')
const ruleId = uuidv7()
const open: LiveRules[] = []

function begin(options: { now?: () => number } = {}): LiveRules {
  const live = liveRules(options)
  open.push(live)
  live.wish({ type: 'create_label', labelId: triaged, name: 'triaged' })
  return live
}
afterEach(() => {
  for (const live of open.splice(0)) live.close()
})

type Change = Record<string, unknown>
const onComment = { kind: 'event', types: ['commented'] }
function addRule(live: LiveRules, change: Change, id = ruleId): void {
  const rule = {
    name: 'Triage',
    when: onComment,
    query: '',
    then: [{ type: 'label', labelId: triaged }],
    ...change,
  }
  live.wish({ type: 'add_rule', ruleId: id, rule })
}
const types = (live: LiveRules, issueId: string) =>
  live.workspace.log.readStream({ type: 'issue', id: issueId }).map((event) => event.type)

describe('a rule by the clock', () => {
  it('acts on an issue that was left alone, once, and again when it was left alone again', async () => {
    let clock = Date.now()
    const live = begin({ now: () => clock })
    addRule(live, {
      name: 'Stale',
      when: { kind: 'idle', days: 14 },
      query: 'is:open',
      then: [{ type: 'notify', to: 'subscribers', text: 'Still wanted?' }],
    })
    const issueId = live.wish({ type: 'create', title: 'One' })
    const due = timeRules()
    expect(due(live.context)).toEqual([])
    clock += 15 * day
    const [first, ...others] = due(live.context)
    if (!first) throw new Error('nothing has come')
    expect(others).toEqual([])
    expect(due(live.context)).toEqual([])
    expect(timeRules()(live.context)).toEqual([first])
    await live.deliver(first)
    await live.deliver(first)
    expect(types(live, issueId)).toEqual(['created', 'notified'])
    expect(live.workspace.log.readStream({ type: 'issue', id: issueId }).at(-1)?.metadata).toEqual({
      triggeredBy: 'automation',
      rule: ruleId,
      ruleName: 'Stale',
      depth: 1,
      causationText: 'nothing happened for 14 days',
    })
  })

  it('is brought to its end where it failed half-way, and not begun where the issue was touched meanwhile', async () => {
    let clock = Date.now()
    const live = begin({ now: () => clock })
    addRule(live, {
      when: { kind: 'idle', days: 1 },
      then: [
        { type: 'comment', body: 'Still wanted?' },
        { type: 'label', labelId: triaged },
      ],
    })
    const one = live.wish({ type: 'create', title: 'One' })
    const two = live.wish({ type: 'create', title: 'Two' })
    clock += 2 * day
    const due = timeRules()(live.context)
    const of = (issueId: string) => {
      const found = due.find((delivery) => delivery.streamId === issueId)
      if (!found) throw new Error('nothing has come')
      return found
    }
    live.failFrom(1)
    expect((await live.deliver(of(one))).outcome.kind).toBe('retry')
    live.failFrom(Number.POSITIVE_INFINITY)
    // The comment made it fresh; yet the label is owed.
    clock -= 2 * day
    await live.deliver(of(one))
    expect(types(live, one)).toEqual(['created', 'commented', 'labeled'])
    live.wish({ type: 'change_title', issueId: two, title: 'Three' })
    expect((await live.deliver(of(two))).outcome).toEqual({
      kind: 'skip',
      why: 'The issue was changed in the meantime.',
    })
  })

  it('acts once for each due date that comes near, and on no day that passed before it was there', async () => {
    const clock = Date.now()
    const live = begin({ now: () => clock })
    const dayIn = (days: number) => new Date(clock + days * day).toLocaleDateString('sv')
    addRule(live, {
      when: { kind: 'due_in', days: 3 },
      query: 'is:open',
      then: [{ type: 'priority', priority: 'high' }],
    })
    const near = live.wish({ type: 'create', title: 'Near', dueDate: dayIn(2) })
    live.wish({ type: 'create', title: 'Far', dueDate: dayIn(9) })
    live.wish({ type: 'create', title: 'Past', dueDate: dayIn(-2) })
    live.wish({ type: 'create', title: 'Never' })
    const due = timeRules()
    const [first, ...others] = due(live.context)
    if (!first) throw new Error('nothing has come')
    expect([first.streamId, others]).toEqual([near, []])
    await live.deliver(first)
    expect(live.workspace.log.readStream({ type: 'issue', id: near }).at(-1)).toMatchObject({
      type: 'priority_changed',
      metadata: { causationText: `it is due on ${dayIn(2)}` },
    })
    expect(due(live.context).map((delivery) => delivery.key)).toEqual([first.key])
    live.wish({ type: 'change_due_date', issueId: near, dueDate: dayIn(1) })
    expect(due(live.context)[0]?.key).not.toBe(first.key)
  })
})
