import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LiveRules, liveRules } from './testing/live-rules.ts'
import { timeRules } from './time-rules.ts'

const day = 86_400_000
const ruleId = uuidv7()
const open: LiveRules[] = []
const begin = (): LiveRules => {
  const live = liveRules({ now: () => Date.now() })
  open.push(live)
  return live
}
const pass = (days: number) => vi.setSystemTime(Date.now() + days * day)
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
})
afterEach(() => {
  vi.useRealTimers()
  for (const live of open.splice(0)) live.close()
})

const idle = { kind: 'idle', days: 14 }
const comment = [{ type: 'comment', body: 'Still wanted?' }]
function addRule(live: LiveRules, change: Record<string, unknown> = {}, id = ruleId): void {
  live.wish({
    type: 'add_rule',
    ruleId: id,
    rule: { name: 'Stale', when: idle, query: 'is:open', then: comment, ...change },
  })
}

/** What an import brings: so many issues, each last touched long ago. */
function bring(live: LiveRules, count: number, dueDate?: string): string[] {
  const actorId = live.workspace.me.memberId
  const ids = Array.from({ length: count }, () => uuidv7())
  live.workspace.log.importStreams(
    ids.map((streamId, n) => ({
      streamType: 'issue' as const,
      streamId,
      events: [
        {
          id: uuidv7(),
          type: 'created',
          data: { title: `Old ${n}`, status: 'open', ...(dueDate ? { dueDate } : {}) },
          actorId,
          metadata: { triggeredBy: 'import' as const },
          occurredAt: 1_400_000_000_000 + n,
        },
      ],
    })),
  )
  return ids
}

describe('a rule by the clock', () => {
  it('lets what an import brought rest here as long as anything else, and then asks before it acts on many', async () => {
    const live = begin()
    addRule(live)
    const own = live.wish({ type: 'create', title: 'Ours' })
    bring(live, 30)
    const due = timeRules()
    expect(due(live.context)).toEqual([])
    expect(live.held).toEqual([])

    pass(15)
    const come = due(live.context)
    expect(come.map(({ streamId }) => streamId)).toEqual([own])
    expect(live.held).toEqual([{ rule: 'Stale', issues: 30, more: false }])
    // Once, and not at every look.
    due(live.context)
    expect(live.held).toHaveLength(1)
    expect(live.context.evaluations.isFirst({ id: ruleId, since: -1 })).toBe(true)
  })

  it('is held at its first look where it would act on more than twenty, and one event lets it act, under the same keys everywhere', async () => {
    const live = begin()
    for (let n = 0; n < 21; n++) live.wish({ type: 'create', title: `Issue ${n}` })
    pass(15)
    addRule(live)
    expect(timeRules()(live.context)).toEqual([])
    expect(live.held).toEqual([{ rule: 'Stale', issues: 21, more: false }])

    live.wish({ type: 'answer_rule_hold', ruleId, acts: true, issues: 21 })
    expect(live.workspace.log.readStream({ type: 'rule', id: ruleId }).at(-1)).toMatchObject({
      type: 'rule_hold_answered',
      data: { name: 'Stale', acts: true, issues: 21, upTo: Date.now() },
    })
    const come = timeRules()(live.context)
    expect(come).toHaveLength(21)
    // Another replica, where the log arrived today: it looks later, and its keys are these.
    const elsewhere = {
      ...live.context,
      looks: { ...live.context.evaluations, isFirst: () => true, held: () => true },
    }
    expect(timeRules()(elsewhere).map(({ key }) => key)).toEqual(come.map(({ key }) => key))
    for (const each of come) await live.deliver(each)
    expect(timeRules()(live.context)).toEqual([])
    expect(live.context.workspace.issue(come[0]?.streamId ?? '').liveComments).toBe(1)
  })

  it('told to leave alone what it waits with acts on what comes later', () => {
    const live = begin()
    for (let n = 0; n < 21; n++) live.wish({ type: 'create', title: `Issue ${n}` })
    pass(15)
    addRule(live)
    const due = timeRules()
    expect(due(live.context)).toEqual([])
    live.wish({ type: 'answer_rule_hold', ruleId, acts: false, issues: 21 })
    const later = live.wish({ type: 'create', title: 'Later' })
    expect(due(live.context)).toEqual([])
    pass(15)
    expect(due(live.context).map(({ streamId }) => streamId)).toEqual([later])
  })

  it('asks anew where its query was changed, and not where its text was', () => {
    const live = begin()
    addRule(live)
    live.wish({ type: 'answer_rule_hold', ruleId, acts: true, issues: 30 })
    const rule = { name: 'Stale', when: idle, query: 'is:open', then: [{ type: 'comment', body: 'Well?' }] }
    live.wish({ type: 'change_rule', ruleId, rule })
    expect(live.context.workspace.answers(ruleId)).toHaveLength(1)
    live.wish({ type: 'change_rule', ruleId, rule: { ...rule, query: 'is:open label:none' } })
    expect(live.context.workspace.answers(ruleId)).toEqual([])
  })

  it('acts on twenty without a question, and does not count what it would leave as it is', () => {
    const live = begin()
    for (let n = 0; n < 20; n++) live.wish({ type: 'create', title: `Issue ${n}` })
    for (let n = 0; n < 9; n++) live.wish({ type: 'create', title: `High ${n}`, priority: 'high' })
    pass(15)
    addRule(live, { then: [{ type: 'priority', priority: 'high' }] })
    expect(timeRules()(live.context)).toHaveLength(29)
    expect(live.held).toEqual([])
  })

  it('passes over due dates that an import brought after they had gone by, and asks about many that are near', () => {
    const live = begin()
    const clock = Date.now()
    const dayIn = (days: number) => new Date(clock + days * day).toLocaleDateString('sv')
    addRule(live, { when: { kind: 'due_in', days: 3 } })
    // The rule is older than the dates.
    const asOld = { ...live.context.workspace.rules()[0], since: clock - 400 * day } as never
    const workspace = { ...live.context.workspace, rules: () => [asOld] }
    bring(live, 5, dayIn(-30))
    const context = { ...live.context, workspace }
    expect(timeRules()(context)).toEqual([])
    bring(live, 21, dayIn(2))
    expect(timeRules()(context)).toEqual([])
    expect(live.held).toEqual([{ rule: 'Stale', issues: 21, more: false }])
  })
})

describe('the guard against loops', () => {
  it('counts no run that a person caused: thirteen labels on one new issue', async () => {
    const live = begin()
    addRule(live, { when: { kind: 'event', types: ['labeled'] }, query: '', then: comment })
    const labels = Array.from({ length: 13 }, (_, n) => {
      const labelId = uuidv7()
      live.wish({ type: 'create_label', labelId, name: `label-${n}` })
      return labelId
    })
    live.wish({ type: 'create', title: 'New', labels })
    const issueId = live.wish({ type: 'create', title: 'Another' })
    for (const labelId of labels) live.wish({ type: 'label', issueId, labelId })
    const runs = await live.run()
    expect(new Set(runs.map(({ outcome }) => outcome.kind))).toEqual(new Set(['done']))
    expect(live.workspace.log.issue(issueId).liveComments).toBe(13)
  })
})
