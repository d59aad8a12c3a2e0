import { describe, expect, it } from 'vitest'
import { noEntities } from '../entities/kinds/entities.ts'
import { defaultWorkflow } from '../workflow/workflow.ts'
import { decideRule, type RuleContext } from './decide-rule.ts'
import type { KnownRule } from './rule.ts'
import { type RuleCommand, ruleCommand } from './rule-commands.ts'

const id = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const [ada, stranger, bug, first, second] = [1, 2, 3, 4, 5].map(id) as [
  string,
  string,
  string,
  string,
  string,
]

const stale = {
  name: 'Stale',
  when: { kind: 'idle', days: 14 },
  query: 'is:open -label:bug',
  then: [{ type: 'comment', body: 'Is {{issue.key}} still wanted?' }],
}
const parse = (command: unknown): RuleCommand => ruleCommand.parse(command)
const known = (enabled = true): KnownRule => {
  const added = parse({ type: 'add_rule', ruleId: first, rule: stale })
  return { id: first, enabled, since: 0, rule: (added as { rule: KnownRule['rule'] }).rule }
}
function context(...rules: readonly KnownRule[]): RuleContext {
  return {
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    entityExists: (type, id) => (type === 'member' ? id === ada : id === bug),
    workflow: defaultWorkflow,
    filter: {
      me: ada,
      ...noEntities,
      members: [{ id: ada, name: 'Ada', handle: 'ada' }],
      labels: [{ id: bug, name: 'bug' }],
      workflow: defaultWorkflow,
      findIssue: () => undefined,
      now: 0,
      startOfDay: Date.parse,
      dayOf: (instant) => new Date(instant).toISOString().slice(0, 10),
    },
  }
}
const decided = (rules: readonly KnownRule[], command: unknown) => {
  const decision = decideRule(context(...rules), parse(command))
  return decision.ok ? decision.value.map((change) => change.type) : decision.error.code
}
const add = (rule: Record<string, unknown>) => ({
  type: 'add_rule',
  ruleId: second,
  rule: { ...stale, ...rule },
})

describe('a rule', () => {
  it('is added, changed, turned off and on, and removed', () => {
    expect(decided([], add({}))).toEqual(['rule_added'])
    expect(decided([known()], { type: 'change_rule', ruleId: first, rule: { ...stale, query: '' } })).toEqual(
      ['rule_changed'],
    )
    expect(decided([known()], { type: 'disable_rule', ruleId: first })).toEqual(['rule_disabled'])
    expect(decided([known(false)], { type: 'enable_rule', ruleId: first })).toEqual(['rule_enabled'])
    expect(decided([known()], { type: 'remove_rule', ruleId: first })).toEqual(['rule_removed'])
  })

  it.each([
    ['as it is', [known()], { type: 'change_rule', ruleId: first, rule: stale }],
    [
      'as it is, in another order',
      [known()],
      { type: 'change_rule', ruleId: first, rule: Object.fromEntries(Object.entries(stale).reverse()) },
    ],
    ['that is there', [known()], { type: 'add_rule', ruleId: first, rule: stale }],
    ['that is on', [known()], { type: 'enable_rule', ruleId: first }],
    ['that is off', [known(false)], { type: 'disable_rule', ruleId: first }],
  ])('%s is not recorded again', (_, rules, command) => {
    expect(decided(rules, command)).toEqual([])
  })

  it.each([
    ['a name that is taken', add({ name: 'STALE' }), 'name_taken', /"STALE"/],
    ['a rule that is not there', { type: 'enable_rule', ruleId: second }, 'unknown_rule', /no such rule/],
    ['a query that can not be read', add({ name: 'x', query: 'is:' }), 'invalid_query', /is/],
    ['a label that is not there', add({ name: 'x', query: 'label:bgu' }), 'invalid_query', /no label "bgu"/],
    ['a query that asks for @me', add({ name: 'x', query: 'is:open assignee:@me' }), 'invalid_query', /@me/],
    [
      'a type of event that there is not',
      add({ name: 'x', when: { kind: 'event', types: ['comented'] } }),
      'invalid_input',
      /"comented".*commented/,
    ],
    [
      'somebody’s looking at an issue',
      add({ name: 'x', when: { kind: 'event', types: ['viewed'] } }),
      'invalid_input',
      /"viewed"/,
    ],
    [
      'an assignee who is not there',
      add({ name: 'x', then: [{ type: 'assign', memberId: stranger }] }),
      'unknown_member',
      /not a member/,
    ],
    [
      'somebody to notify who is not there',
      add({ name: 'x', then: [{ type: 'notify', to: [ada, stranger], text: 'Look' }] }),
      'unknown_member',
      /not a member/,
    ],
    [
      'a label to add that is not there',
      add({ name: 'x', then: [{ type: 'label', labelId: stranger }] }),
      'unknown_label',
      /label/,
    ],
    [
      'a transition that the workflow has not',
      add({ name: 'x', then: [{ type: 'transition', transition: 'explode' }] }),
      'transition_not_allowed',
      /start, .*close/,
    ],
  ])('with %s is refused', (_, command, code, sentence) => {
    const decision = decideRule(context(known()), parse(command))
    expect(!decision.ok && decision.error.code).toBe(code)
    expect(!decision.ok && decision.error.message).toMatch(sentence)
  })

  it('that asks for what is not there is refused with the place', () => {
    const decision = decideRule(context(), parse(add({ query: 'is:open label:bgu' })))
    expect(!decision.ok && decision.error.details).toMatchObject({ at: { start: 8, end: 17 } })
  })
})

describe('the shape of a rule', () => {
  const mistake = (rule: Record<string, unknown>) => {
    const parsed = ruleCommand.safeParse(add(rule))
    return parsed.success ? undefined : parsed.error.issues[0]?.message
  }

  it.each([
    ['no name', { name: ' ' }],
    ['no action', { then: [] }],
    ['eleven actions', { then: Array.from({ length: 11 }, () => ({ type: 'label', labelId: bug })) }],
    ['an action that there is not', { then: [{ type: 'explode' }] }],
    ['a field that there is not', { force: true }],
    ['no days at all', { when: { kind: 'idle', days: 0 } }],
    ['more than a year', { when: { kind: 'due_in', days: 366 } }],
    ['no type of event', { when: { kind: 'event', types: [] } }],
    ['an event that is to happen', { when: { kind: 'event', types: ['comment'] } }],
    ['an empty comment', { then: [{ type: 'comment', body: ' ' }] }],
  ])('has not %s', (_, rule) => {
    expect(mistake(rule)).toBeDefined()
  })

  it('a placeholder that there is not is named, with those that there are', () => {
    expect(mistake({ then: [{ type: 'comment', body: 'Hello {{issue.titel}}' }] })).toBe(
      'names {{issue.titel}}, which there is not; there are {{issue.key}}, {{issue.title}}, {{actor.name}}, {{rule.name}}, {{event.type}}',
    )
    expect(
      mistake({ then: [{ type: 'notify', to: 'assignees', text: '{{ rule.name }}: {{issue.key}}' }] }),
    ).toBe(undefined)
  })
})
