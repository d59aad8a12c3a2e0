import { describe, expect, it } from 'vitest'
import type { Refusal } from '#core/values/refusal.ts'
import { CallError } from '../../lib/queries/call-error.ts'
import type { RuleDraft } from './rule-draft.ts'
import { missingIn, mistakeInRule } from './what-is-wrong-with-rule.ts'

const rule: RuleDraft = {
  name: 'Triage',
  when: { kind: 'event', types: ['created'] },
  query: 'is:open',
  then: [
    { type: 'comment', body: 'Hello' },
    { type: 'label', labelId: 'l1' },
    { type: 'transition', transition: 'close' },
    { type: 'notify', to: ['m1', 'm2'], text: 'Look' },
  ],
}

describe('what is missing in a rule is told before the host is asked', () => {
  it.each([
    [{}, undefined],
    [{ name: '  ' }, 'name'],
    [{ when: { kind: 'event', types: [] } }, 'when'],
    [{ when: { kind: 'idle', days: Number.NaN } }, 'when'],
    [{ then: [] }, 'then'],
    [
      {
        then: [
          { type: 'priority', priority: 'low' },
          { type: 'comment', body: ' ' },
        ],
      },
      'then.1',
    ],
    [{ then: [{ type: 'notify', to: [], text: 'Look' }] }, 'then.0'],
    [{ then: [{ type: 'label', labelId: '' }] }, 'then.0'],
    [{ then: [{ type: 'webhook', endpoint: '' }] }, 'then.0'],
  ] as readonly (readonly [Partial<RuleDraft>, string | undefined])[])('%j: %s', (part, at) => {
    expect(missingIn({ ...rule, ...part })?.at).toBe(at)
  })
})

describe('a refusal of a rule is shown where it belongs', () => {
  const at = (code: Refusal['code'], message: string, details: Record<string, unknown> = {}) =>
    mistakeInRule(rule, new CallError({ code, message, details }))

  it.each([
    ['name_taken', {}, 'name'],
    ['invalid_query', { at: { start: 0, end: 3 } }, 'query'],
    ['unknown_label', { labelId: 'l1' }, 'then.1'],
    ['unknown_member', { memberId: 'm2' }, 'then.3'],
    ['transition_not_allowed', { allowed: ['start'] }, 'then.2'],
    ['invalid_input', { path: 'when.types' }, 'when'],
    ['unknown_rule', {}, null],
  ] as const)('%s %j: %s', (code, details, place) => {
    expect(at(code, 'That can not be.', details).at).toBe(place)
  })

  it('and says only what is wrong, for the place is there to see', () => {
    const path = 'command.rule.then.0.body'
    expect(
      at('invalid_command', `${path}: names {{x}}, which there is not. Nothing was changed.`, { path }),
    ).toEqual({
      at: 'then.0',
      message: 'Names {{x}}, which there is not.',
    })
  })
})
