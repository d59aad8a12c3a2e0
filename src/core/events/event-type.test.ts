import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { conflictSettled } from '../conflicts/conflict-events.ts'
import { entityEventTypes } from '../entities/entity-events.ts'
import { eventRegistry } from '../event-registry.ts'
import {
  commentDeleted,
  commentEdited,
  commented,
  created,
  descriptionChanged,
  issueEventTypes,
} from '../issue/issue-events.ts'
import { ruleEventTypes, ruleRemoved } from '../rules/rule-events.ts'
import { customEvent, type EventType, upcast } from './event-type.ts'
import { isPastTense } from './past-tense.ts'

const priorityChanged = eventRegistry().find('priority_changed') as EventType

describe('event types', () => {
  it.each([
    'status_changed',
    'created',
    'commented',
    'build_broken_seen',
    'mail_sent',
    'deal_won_set',
    'archived',
  ])('"%s" says what happened', (name) => {
    expect(isPastTense(name)).toBe(true)
  })

  it.each([
    'change_status',
    'create',
    'Created',
    'status-changed',
    '',
    'status changed',
    'feed',
    'x'.repeat(70),
  ])('"%s" is refused as a name', (name) => {
    expect(isPastTense(name)).toBe(false)
    expect(() => customEvent(name, 1, z.object({}))).toThrow()
  })

  it('a type without an upcaster for each older version can not be declared', () => {
    expect(() => customEvent('tested', 2, z.object({}))).toThrow(/needs 1 upcasters/)
  })

  it('every shipped type has a name of its own', () => {
    const names = [
      ...issueEventTypes,
      ...entityEventTypes.flatMap(([, types]) => types),
      ...ruleEventTypes,
    ].map((type) => type.name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('a custom type is allowed once registered, and a name is registered once', () => {
    const registry = eventRegistry()
    registry.register(customEvent('deployed', 1, z.object({ to: z.string() })))
    expect(registry.find('deployed')?.version).toBe(1)
    expect(() => registry.register(customEvent('deployed', 1, z.object({})))).toThrow(/registered already/)
  })
})

describe('upcasters', () => {
  it('a version 1 "created" becomes one of today: its body is the description, its status the first', () => {
    const lifted = upcast(created, 1, { title: 'Old', body: 'Text', number: 3 })
    expect(created.schema.parse(lifted)).toEqual({
      title: 'Old',
      description: 'Text',
      number: 3,
      status: 'open',
    })
  })

  it('a version 1 "rule_removed" says nothing of what the rule was, and a version 1 "conflict_settled" is one of today', () => {
    const lifted = upcast(ruleRemoved, 1, { name: 'Stale', was: 'not ours' })
    expect(ruleRemoved.schema.parse(lifted)).toEqual({ name: 'Stale' })
    const settled = { conflict: 'title a b', how: 'flipped' }
    expect(conflictSettled.schema.parse(upcast(conflictSettled, 1, settled))).toEqual(settled)
  })

  it('a version 1 "priority_changed" with any ranks becomes named priorities', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 9 }), fc.integer({ min: -1, max: 9 }), (from, to) => {
        expect(priorityChanged.schema.safeParse(upcast(priorityChanged, 1, { from, to })).success).toBe(true)
      }),
    )
  })

  it.each([
    [created, 2, 3, { title: 'Old', status: 'open' }],
    [descriptionChanged, 1, 2, { to: 'Text for @ada' }],
    [commented, 1, 2, { commentId: '00000000-0000-7000-8000-000000000001', body: 'For @ada' }],
    [commentEdited, 1, 3, { commentId: '00000000-0000-7000-8000-000000000001', body: 'For @ada' }],
  ] as const)(
    'an older "$name" mentions nobody, whatever it brings under that name',
    (type, version, current, data) => {
      const lifted = upcast(type, version, { ...data, mentions: 'ada' })
      expect(type.schema.parse(lifted)).toEqual(data)
      expect(type.version).toBe(current)
    },
  )

  it.each([
    [commentEdited, 2, { body: 'New' }],
    [commentDeleted, 1, {}],
  ] as const)(
    'an older "$name" replaces nothing known, whatever it brings under that name',
    (type, version, rest) => {
      const data = { commentId: '00000000-0000-7000-8000-000000000001', ...rest }
      const lifted = upcast(type, version, { ...data, replaces: 'something' })
      expect(type.schema.parse(lifted)).toEqual(data)
      expect(type.version).toBe(version + 1)
    },
  )

  it('a current payload and one of an unknown type come back as they are', () => {
    const registry = eventRegistry()
    const data = { from: 'low', to: 'high' }
    expect(registry.lift('priority_changed', 2, data)).toBe(data)
    expect(registry.lift('from_a_newer_docket_seen', 1, data)).toBe(data)
  })
})
