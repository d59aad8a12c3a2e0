import { v7 as uuidv7 } from 'uuid'
import { afterEach, describe, expect, it } from 'vitest'
import { entityIdOf } from '#app/commands/entity-id.ts'
import { dryRun } from '#app/rules/rule-dry-run.ts'
import { rule as ruleSchema } from '#core/rules/rule.ts'
import { type LiveRules, liveRules } from './testing/live-rules.ts'

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
const kinds = (runs: readonly { outcome: { kind: string } }[]) => runs.map((run) => run.outcome.kind)

describe('a rule that waits for events', () => {
  it('acts on the issue that its query asks for, and says which rule it was and why', async () => {
    const live = begin()
    addRule(live, {
      query: '-label:triaged',
      then: [
        { type: 'label', labelId: triaged },
        { type: 'comment', body: 'Thanks, {{actor.name}}! {{issue.key}} has {{ event.type }}.' },
      ],
    })
    const issueId = live.wish({ type: 'create', title: 'One' })
    expect(await live.run()).toEqual([])
    live.wish({ type: 'comment', issueId, body: 'Hello' })
    expect(kinds(await live.run())).toEqual(['done'])
    const [created, cause, labeled, commented] = live.workspace.log.readStream({ type: 'issue', id: issueId })
    expect([created?.type, cause?.type, labeled?.type, commented?.type]).toEqual([
      'created',
      'commented',
      'labeled',
      'commented',
    ])
    expect(commented?.data).toMatchObject({ body: 'Thanks, Ada! DOC-1 has commented.' })
    expect(labeled?.metadata).toEqual({
      triggeredBy: 'automation',
      rule: ruleId,
      ruleName: 'Triage',
      depth: 1,
      causationId: cause?.id,
      correlationId: cause?.id,
    })
    live.wish({ type: 'comment', issueId, body: 'Again' })
    expect(await live.run()).toEqual([])
  })

  it('does each action on what the one before left, and leaves out what would change nothing', async () => {
    const live = begin()
    addRule(live, {
      then: [
        { type: 'transition', transition: 'start' },
        { type: 'transition', transition: 'resolve', reason: 'By {{rule.name}}' },
        { type: 'priority', priority: 'none' },
        { type: 'notify', to: 'assignees', text: 'Look' },
        { type: 'notify', to: 'subscribers', text: 'Look at {{issue.title}}' },
      ],
    })
    const issueId = live.wish({ type: 'create', title: 'One' })
    live.wish({ type: 'comment', issueId, body: 'Hello' })
    const [run] = await live.run()
    expect(run?.outcome).toMatchObject({
      kind: 'done',
      detail:
        'status changed, status changed, notified. Left out: priority: it is like that already; notify: there are no assignees to notify',
    })
    expect(live.workspace.log.issue(issueId).status).toBe('resolved')
    expect(live.workspace.log.readStream({ type: 'issue', id: issueId }).at(-1)?.data).toEqual({
      memberId: live.workspace.me.memberId,
      text: 'Look at One',
    })
  })

  it('is recorded once, also where it fails half-way and where two replicas run it', async () => {
    const live = begin()
    addRule(live, {
      then: [
        { type: 'comment', body: 'One' },
        { type: 'transition', transition: 'close' },
        { type: 'notify', to: 'subscribers', text: 'Look' },
      ],
    })
    const issueId = live.wish({ type: 'create', title: 'One' })
    live.wish({ type: 'comment', issueId, body: 'Hello' })
    const [first] = live.targets()
    if (!first) throw new Error('the rule has nothing to do')
    live.failFrom(2)
    expect((await live.deliver(first)).outcome).toEqual({ kind: 'retry', why: 'Somebody else writes.' })
    live.failFrom(Number.POSITIVE_INFINITY)
    await live.deliver(first)
    await live.deliver(first)
    expect(types(live, issueId)).toEqual(['created', 'commented', 'commented', 'status_changed', 'notified'])
  })

  it('hands what happened to a webhook, under the same key each time', async () => {
    const live = begin()
    expect(() => addRule(live, { then: [{ type: 'webhook', endpoint: 'ci' }] })).toThrow(
      /no webhook endpoint "ci" on this computer/,
    )
    live.endpoint('ci')
    addRule(live, { then: [{ type: 'webhook', endpoint: 'ci' }] })
    const issueId = live.wish({ type: 'create', title: 'One' })
    live.wish({ type: 'comment', issueId, body: 'Hello' })
    const [first] = live.targets()
    if (!first) throw new Error('the rule has nothing to do')
    await live.deliver(first)
    await live.deliver(first)
    expect(live.handedOn[0]).toMatchObject({
      inbox: 'webhooks',
      target: 'ci',
      streamId: issueId,
      eventId: first.eventId,
    })
    expect(live.handedOn[1]).toEqual(live.handedOn[0])
  })

  it('leaves alone what happened before it was there, unless it is asked to, and always what was imported', async () => {
    let clock = Date.now()
    const live = begin({ now: () => clock })
    const issueId = live.wish({ type: 'create', title: 'One' })
    live.wish({ type: 'comment', issueId, body: 'Before' })
    const stream = { streamType: 'issue' as const, streamId: uuidv7() }
    const actorId = live.workspace.me.memberId
    const metadata = { triggeredBy: 'import' } as const
    live.workspace.log.importStreams([
      {
        ...stream,
        events: [
          {
            id: uuidv7(),
            type: 'created',
            data: { title: 'Old', status: 'open' },
            actorId,
            metadata,
            occurredAt: 1,
          },
          {
            id: uuidv7(),
            type: 'commented',
            data: { commentId: uuidv7(), body: 'Old' },
            actorId,
            metadata,
            occurredAt: 2,
          },
        ],
      },
    ])
    const before = Date.now()
    while (Date.now() === before) clock = Date.now()
    addRule(live, {})
    expect(await live.run()).toEqual([])
    const earlier = { ...live.context, settings: { earlier: true } }
    const inbox = (await import('./automation.ts')).automationInbox()
    const history = live.workspace.log.readAll(0 as never, 100)
    const taken = history.filter(
      (event) => inbox.shouldProcess(event, earlier) && inbox.targets?.(event, earlier).length,
    )
    expect(taken.map((event) => event.streamId)).toEqual([issueId])
    const tried = await dryRun(
      live.workspace,
      ruleSchema.parse(live.context.workspace.rules()[0]?.rule),
      undefined,
      Date.now(),
    )
    expect(tried).toMatchObject({ ok: true, value: { issues: 1, runs: 1, imported: 1 } })
  })

  it('gives up, with its name, where its query names what is gone', async () => {
    const live = begin()
    addRule(live, { query: 'label:triaged', then: [{ type: 'priority', priority: 'high' }] })
    live.wish({ type: 'rename_label', labelId: triaged, name: 'sorted' })
    const issueId = live.wish({ type: 'create', title: 'One' })
    live.wish({ type: 'comment', issueId, body: 'Hello' })
    const [run] = await live.run()
    expect(run?.outcome).toMatchObject({
      kind: 'give_up',
      why: expect.stringMatching(/^The rule "Triage" can't look issues up.*"triaged"/),
    })
  })

  it('that is off or gone does nothing', async () => {
    const live = begin()
    addRule(live, {})
    const issueId = live.wish({ type: 'create', title: 'One' })
    live.wish({ type: 'comment', issueId, body: 'Hello' })
    const [first] = live.targets()
    if (!first) throw new Error('the rule has nothing to do')
    live.wish({ type: 'disable_rule', ruleId })
    expect((await live.deliver(first)).outcome).toEqual({
      kind: 'skip',
      why: 'The rule was turned off or removed.',
    })
    live.wish({ type: 'comment', issueId, body: 'Hello' })
    expect(await live.run()).toEqual([])
  })
})

describe('rules that set each other off', () => {
  it('are stopped after five in a row', async () => {
    const live = begin()
    addRule(live, { then: [{ type: 'comment', body: 'And again' }] })
    const issueId = live.wish({ type: 'create', title: 'One' })
    live.wish({ type: 'comment', issueId, body: 'Hello' })
    const runs = await live.run()
    expect(kinds(runs)).toEqual(['done', 'done', 'done', 'done', 'done', 'give_up'])
    expect(runs.at(-1)?.outcome).toEqual({
      kind: 'give_up',
      why: 'The rule "Triage" was stopped on DOC-1: 5 changes in a row were made by rules already. Look whether rules set each other off.',
    })
    expect(live.workspace.log.issue(issueId).liveComments).toBe(6)
  })

  it('are stopped after ten runs on one issue within a minute', async () => {
    let clock = Date.now()
    const live = begin({ now: () => clock })
    addRule(live, { then: [{ type: 'notify', to: 'subscribers', text: 'Look' }] })
    const issueId = live.wish({ type: 'create', title: 'One' })
    const byARule = { metadata: { triggeredBy: 'automation', depth: 1 } }
    for (let n = 0; n < 11; n++) live.wish({ type: 'comment', issueId, body: `Hello ${n}` }, byARule)
    const taken = live.targets()
    const runs = []
    for (const each of taken) runs.push(await live.deliver(each))
    expect(kinds(runs)).toEqual([...Array.from({ length: 10 }, () => 'done'), 'give_up'])
    expect(JSON.stringify(runs.at(-1)?.outcome)).toMatch(
      /The rule \\"Triage\\" was stopped on DOC-1: it acted 10 times within a minute/,
    )
    // A person has it done again, later.
    clock += 120_000
    const [last] = taken.slice(-1)
    if (!last) throw new Error('the rule has nothing to do')
    expect((await live.deliver(last, clock - 120_000)).outcome.kind).toBe('done')
  })
})
