import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, describe, expect, it } from 'vitest'
import { labelIdOf } from '#app/commands/label-id.ts'
import { dryRun } from '#app/rules/rule-dry-run.ts'
import { rule as ruleSchema } from '#core/rules/rule.ts'
import { type LiveRules, liveRules } from './testing/live-rules.ts'
import { timeRules } from './time-rules.ts'

const day = 86_400_000
const triaged = labelIdOf('triaged')
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

const aRule = fc.record({
  types: fc.subarray(
    ['created', 'commented', 'title_changed', 'due_date_changed', 'labeled', 'priority_changed'],
    { minLength: 1 },
  ),
  query: fc.constantFrom(
    '',
    'is:open',
    '-label:triaged',
    'label:triaged',
    'priority:<high',
    'comments:>1',
    'word',
    '-assignee:none',
  ),
  then: fc.array(
    fc.constantFrom<Change>(
      { type: 'label', labelId: triaged },
      { type: 'unlabel', labelId: triaged },
      { type: 'comment', body: 'A word on {{issue.key}}' },
      { type: 'priority', priority: 'high' },
      { type: 'priority', priority: 'low' },
      { type: 'transition', transition: 'start' },
      { type: 'notify', to: 'subscribers', text: 'Look' },
    ),
    { minLength: 1, maxLength: 4 },
  ),
})
const someWishes = fc.array(
  fc.record({ kind: fc.constantFrom('create', 'comment', 'title', 'due'), n: fc.nat(9) }),
  { minLength: 1, maxLength: 12 },
)

it('a dry run over a history says what the rule does where it is there', async () => {
  await fc.assert(
    fc.asyncProperty(aRule, someWishes, async ({ types: of, query, then }, wishes) => {
      const live = begin()
      const plain = begin()
      const change = { when: { kind: 'event', types: of }, query, then }
      const rule = ruleSchema.parse({ name: 'Triage', ...change })
      addRule(live, change)
      const real: [string, number, boolean][] = []
      const ids: [string, string][] = []
      for (const { kind, n } of wishes) {
        const title = `Issue ${ids.length}`
        if (kind === 'create' || ids.length === 0)
          ids.push([live.wish({ type: 'create', title }), plain.wish({ type: 'create', title })])
        else {
          const wish: Record<string, Change> = {
            comment: { type: 'comment', body: n % 2 ? 'A word' : 'Well' },
            title: { type: 'change_title', title: `Title ${n}` },
            due: { type: 'change_due_date', dueDate: `2030-01-1${n}` },
          }
          const at = n % ids.length
          for (const [index, each] of [live, plain].entries())
            each.wish({ ...wish[kind], issueId: ids[at]?.[index] })
        }
        for (const { issueId, commands, outcome } of await live.run()) {
          const at = String(ids.findIndex(([id]) => id === issueId))
          if (commands.length > 0 || outcome.kind === 'give_up')
            real.push([at, commands.length, outcome.kind === 'give_up'])
        }
      }
      const tried = await dryRun(plain.workspace, rule, undefined, Date.now())
      if (!tried.ok) throw new Error(tried.error.message)
      const dry = tried.value.lines.map((line): [string, number, boolean] => [
        String(ids.findIndex(([, id]) => id === line.issue.id)),
        line.does.length,
        line.stopped !== null,
      ])
      // A dry run goes issue by issue, the other by time.
      const byIssue = (a: [string, number, boolean], b: [string, number, boolean]) =>
        Number(a[0]) - Number(b[0])
      expect(dry.toSorted(byIssue)).toEqual(real.toSorted(byIssue))
      expect(tried.value.issues).toBe(new Set(real.filter(([, count]) => count > 0).map(([at]) => at)).size)
      expect(
        plain.workspace.log
          .readAll(0 as never, 500)
          .filter((event) => event.metadata.triggeredBy === 'automation'),
      ).toEqual([])
      for (const each of open.splice(0)) each.close()
    }),
    { numRuns: 20 },
  )
})
