import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rule } from '../rules/rule.ts'
import { type EntityEvent, type EntryChange, foldEntry } from './entity-state.ts'
import { eachListed } from './kinds/entities.ts'
import { decideOnEntry, type EntryContext, type EntryRef } from './resolve-entity-conflict.ts'

const label: EntryRef = { type: 'label', id: 'label' }
const aRule: EntryRef = { type: 'rule', id: 'rule' }
const rule = (days: number): Rule => ({
  name: 'Stale',
  when: { kind: 'idle', days },
  query: '',
  then: [{ type: 'comment', body: 'Still wanted?' }],
})

/** Events called e1, e2 … in total order. */
const happened = (changes: readonly EntryChange[], triggeredBy: 'manual' | 'import' = 'manual') =>
  changes.map(
    (change, index): EntityEvent => ({
      ...change,
      id: `e${index + 1}` as never,
      actorId: 'ada',
      occurredAt: index,
      metadata: { triggeredBy },
    }),
  )
const conflictsOf = (...changes: readonly EntryChange[]) =>
  foldEntry(happened(changes)).conflicts.map(({ id }) => id)

const made: EntryChange = { type: 'label_created', data: { name: 'bug', colour: '#111111' } }
const renamed = (from: string, to: string): EntryChange => ({ type: 'label_renamed', data: { from, to } })
const recoloured = (from: string, to: string): EntryChange => ({
  type: 'label_recoloured',
  data: { from, to },
})
const added = (days = 1): EntryChange => ({ type: 'rule_added', data: { rule: rule(days) } })
const changed = (from: number, to: number): EntryChange => ({
  type: 'rule_changed',
  data: { from: rule(from), to: rule(to) },
})
const disabled: EntryChange = { type: 'rule_disabled', data: { name: 'Stale' } }
const removed = (days: number, enabled = true): EntryChange => ({
  type: 'rule_removed',
  data: { name: 'Stale', was: { rule: rule(days), enabled } },
})

describe('what two do to one label, project, member or workspace while apart', () => {
  it('a name set from another than the one that is there takes the effect from the change that set that', () => {
    expect(conflictsOf(made, renamed('bug', 'defect'), renamed('bug', 'fault'))).toEqual(['name e2 e3'])
    for (const what of ['project', 'member', 'workspace'] as const)
      expect(
        conflictsOf(
          { type: `${what}_renamed`, data: { from: 'a', to: 'b' } },
          { type: `${what}_renamed`, data: { from: 'a', to: 'c' } },
        ),
      ).toEqual(['name e1 e2'])
  })

  it('one after the other, to the same, and name beside colour are no conflict', () => {
    expect(conflictsOf(made, renamed('bug', 'defect'), renamed('defect', 'fault'))).toEqual([])
    expect(conflictsOf(made, renamed('bug', 'defect'), renamed('bug', 'defect'))).toEqual([])
    expect(conflictsOf(made, renamed('bug', 'defect'), recoloured('#111111', '#222222'))).toEqual([])
  })

  it('colours given apart are, also where both made the label; the colour that nobody chose is not', () => {
    expect(conflictsOf(made, recoloured('#111111', '#222222'), recoloured('#111111', '#333333'))).toEqual([
      'colour e2 e3',
    ])
    const madeToo: EntryChange = { type: 'label_created', data: { name: 'bug', colour: '#444444' } }
    expect(conflictsOf(made, madeToo)).toEqual(['colour e2 e1'])
    expect(conflictsOf(made, recoloured('#111111', '#222222'), madeToo)).toEqual(['colour e3 e2'])
    expect(conflictsOf(made, recoloured('#111111', '#222222'), made)).toEqual([])
  })

  it('imported history is believed, and what waits says nothing yet', () => {
    const changes = [made, renamed('bug', 'defect'), renamed('bug', 'fault')]
    expect(foldEntry(happened(changes, 'import')).conflicts).toEqual([])
    const waiting = happened(changes).map((event, at) =>
      at === 1 ? { ...event, waiting: 'unreadable' } : event,
    )
    expect(foldEntry(waiting as EntityEvent[]).conflicts).toEqual([])
  })
})

describe('what two do to one rule while apart', () => {
  it('of two changes the later stands', () => {
    expect(conflictsOf(added(), changed(1, 2), changed(1, 3))).toEqual(['rule e2 e3'])
    expect(conflictsOf(added(), changed(1, 2), changed(1, 2))).toEqual([])
    expect(conflictsOf(added(), changed(1, 2), disabled)).toEqual([])
  })

  it('a change of a rule that is removed has no effect, whichever came first', () => {
    expect(conflictsOf(added(), removed(1), changed(1, 2))).toEqual(['rule e3 e2'])
    expect(conflictsOf(added(), changed(1, 2), removed(1))).toEqual(['rule e2 e3'])
    expect(conflictsOf(added(), removed(1), disabled)).toEqual(['enabled e3 e2'])
    expect(conflictsOf(added(), disabled, removed(1))).toEqual(['enabled e2 e3'])
  })

  it('a change that never had an effect stands in the history as superseded; one that had is not', () => {
    const superseded = (...changes: readonly EntryChange[]) => foldEntry(happened(changes)).superseded
    expect(superseded(added(), removed(1), changed(1, 2))).toEqual([{ eventId: 'e3', by: 'e2' }])
    expect(superseded(added(), changed(1, 2), removed(1))).toEqual([])
    expect(superseded(added(1), added(2))).toEqual([{ eventId: 'e2', by: 'e1' }])
  })

  it('who removes what they saw, or removes it too, is in conflict with nobody', () => {
    expect(conflictsOf(added(), changed(1, 2), disabled, removed(2, false), removed(1))).toEqual([])
  })

  it('a removal from before rules said what they were is believed', () => {
    expect(conflictsOf(added(), changed(1, 2), { type: 'rule_removed', data: { name: 'Stale' } })).toEqual([])
  })

  it('the same rule said in another order of its fields is the same', () => {
    const { name, when, query, then: actions } = rule(2)
    const turned = { type: 'rule_changed', data: { from: rule(1), to: { then: actions, query, when, name } } }
    expect(conflictsOf(added(), turned as EntryChange, changed(2, 3))).toEqual([])
  })
})

describe('settling', () => {
  const context = (events: readonly EntityEvent[], state = foldEntry(events)): EntryContext => ({
    directory: () => ({
      workspace: { id: 'w', name: 'W', keyPrefix: 'DOC', units: {} },
      ...eachListed(() => new Map()),
      labels: new Map([
        ['label', { id: 'label', name: state.values.name ?? '', colour: state.values.colour ?? '' }],
        ['other', { id: 'other', name: 'taken', colour: '#000000' }],
      ]),
    }),
    rules: () => ({
      rules: new Map(
        state.exists && state.values.rule
          ? [['rule', { id: 'rule', enabled: !!state.values.enabled, since: 0, rule: state.values.rule }]]
          : [],
      ),
      entityExists: () => true,
      workflow: { id: 'w', initial: 'open', states: [], transitions: [] },
      filter: {} as never,
    }),
    eventOf: (id) => events.find((event) => event.id === id),
  })
  function settle(
    ref: EntryRef,
    changes: readonly EntryChange[],
    type: 'flip_conflict' | 'dismiss_conflict',
  ) {
    const events = happened(changes)
    const state = foldEntry(events)
    const conflictId = state.conflicts[0]?.id ?? 'none'
    return decideOnEntry(ref, state, { type, conflictId }, context(events))
  }

  it('makes the lost change again from what is there now, and says that it is settled', () => {
    const twice = [made, renamed('bug', 'defect'), renamed('bug', 'fault')]
    expect(settle(label, twice, 'flip_conflict')).toEqual({
      ok: true,
      value: [
        { type: 'label_renamed', data: { from: 'fault', to: 'defect' } },
        { type: 'conflict_settled', data: { conflict: 'name e2 e3', how: 'flipped' } },
      ],
    })
    expect(settle(label, twice, 'dismiss_conflict')).toMatchObject({
      value: [{ type: 'conflict_settled', data: { how: 'dismissed' } }],
    })
  })

  it('is refused where another has the name by now, or there is no such conflict', () => {
    expect(settle(label, [made, renamed('bug', 'taken'), renamed('bug', 'fault')], 'flip_conflict')).toEqual(
      expect.objectContaining({ ok: false, error: expect.objectContaining({ code: 'name_taken' }) }),
    )
    expect(settle(label, [made], 'dismiss_conflict')).toMatchObject({ error: { code: 'unknown_conflict' } })
  })

  it('brings a removed rule back as the lost change would have it, off where it was off', () => {
    expect(
      settle(aRule, [added(), disabled, removed(1, false), changed(1, 2)], 'flip_conflict'),
    ).toMatchObject({
      value: [
        { type: 'rule_added', data: { rule: rule(2) } },
        { type: 'rule_disabled' },
        { type: 'conflict_settled' },
      ],
    })
    expect(settle(aRule, [added(), removed(1), disabled], 'flip_conflict')).toMatchObject({
      value: [{ type: 'rule_added', data: { rule: rule(1) } }, { type: 'rule_disabled' }, {}],
    })
  })

  it('a rule that was brought back may be in conflict again', () => {
    expect(conflictsOf(added(), removed(1), changed(1, 2), added(2), changed(1, 3))).toEqual([
      'rule e3 e2',
      'rule e4 e5',
    ])
  })
})

it('whatever happens, every conflict is of two events that are there, and is there once', () => {
  const any = fc.oneof(
    fc.constantFrom(made, disabled, added(1), added(2)),
    fc.tuple(fc.nat(2), fc.nat(2)).map(([from, to]) => changed(from, to)),
    fc.tuple(fc.nat(2), fc.boolean()).map(([days, on]) => removed(days, on)),
    fc.tuple(fc.nat(2), fc.nat(2)).map(([from, to]) => renamed(`n${from}`, `n${to}`)),
  )
  fc.assert(
    fc.property(fc.array(any, { maxLength: 20 }), (changes) => {
      const events = happened(changes)
      const { conflicts } = foldEntry(events)
      expect(new Set(conflicts.map(({ id }) => id)).size).toBe(conflicts.length)
      for (const { lost, won } of conflicts) {
        expect(lost).not.toBe(won)
        for (const id of [lost, won]) expect(events.some((event) => event.id === id)).toBe(true)
      }
    }),
  )
})
