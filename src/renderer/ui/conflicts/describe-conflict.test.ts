import { describe, expect, test } from 'vitest'
import type { ConflictView } from '#contract/answers/sync-answers.ts'
import {
  bannerText,
  conflictFieldText,
  conflictSentence,
  dismissedText,
  flippedText,
  isLong,
  settledText,
  typeText,
  valueText,
} from './describe-conflict.ts'

const side = (actorId: string, actorName: string, value: string | null) => ({
  eventId: `e-${actorId}`,
  actorId,
  actorName,
  at: 0,
  value,
})
const conflict = (over: Partial<ConflictView> = {}): ConflictView => ({
  id: 'title a b',
  of: { type: 'issue', id: 'i', name: 'DOC-1' },
  issue: { id: 'i', key: 'DOC-1', title: 'One' },
  field: 'title',
  fieldName: null,
  lost: side('ben', 'Ben', 'A'),
  won: side('ada', 'Ada', 'B'),
  mine: false,
  settled: null,
  ...over,
})

describe('a conflict’s sentence', () => {
  test('says whose change has no effect and whose stands', () => {
    expect(conflictSentence(conflict(), 'nora')).toBe('a change by Ben has no effect; Ada’s stands')
    expect(conflictSentence(conflict({ mine: true }), 'ben')).toBe('your change has no effect; Ada’s stands')
    expect(conflictSentence(conflict(), 'ada')).toBe('a change by Ben has no effect; yours stands')
  })

  test('names one person once', () => {
    const won = side('ben', 'Ben', 'B')
    expect(conflictSentence(conflict({ won }), 'ada')).toBe(
      'a change by Ben has no effect; another by the same person stands',
    )
    expect(conflictSentence(conflict({ won, mine: true }), 'ben')).toBe(
      'your change has no effect; another of yours stands',
    )
  })

  test('says that it was made again, where it was', () => {
    const settled = { how: 'flipped', byName: 'Nora', at: 1 } as const
    expect(conflictSentence(conflict({ settled }), 'nora')).toBe(
      'a change by Ben had no effect, and was made again',
    )
    expect(settledText(settled)).toBe('Made again by Nora')
    expect(settledText({ ...settled, how: 'dismissed' })).toBe('Kept as it is by Nora')
  })
})

test('what was decided is said in a short message', () => {
  expect(flippedText(conflict({ field: 'due_date' }), 'nora')).toBe('The due date of DOC-1 is now Ben’s')
  expect(flippedText(conflict({ mine: true }), 'ben')).toBe('The title of DOC-1 is now yours')
  expect(dismissedText(conflict({ field: 'field', fieldName: 'Sprint' }))).toBe(
    'The “Sprint” of DOC-1 stays as it is',
  )
  expect(conflictFieldText({ field: 'field', fieldName: 'Sprint' })).toBe('Sprint')
})

test('a value is shown as people read it, also where there is none', () => {
  const due = conflict({
    field: 'due_date',
    lost: side('ben', 'Ben', null),
    won: side('ada', 'Ada', '2026-03-14'),
  })
  expect([valueText(due, 'lost'), valueText(due, 'won')]).toEqual(['No due date', '14 March 2026'])
  const urgent = conflict({
    field: 'priority',
    lost: side('ben', 'Ben', 'none'),
    won: side('ada', 'Ada', 'urgent'),
  })
  expect([valueText(urgent, 'lost'), valueText(urgent, 'won')]).toEqual(['No priority', 'Urgent'])
  const title = conflict({ lost: side('ben', 'Ben', '') })
  expect([valueText(title, 'lost'), valueText(title, 'won')]).toEqual(['Empty', 'B'])
})

test('what is no issue goes by its kind and name, and a rule that is gone was removed', () => {
  const of = { type: 'label', id: 'l', name: 'bug' } as const
  const name = conflict({ of, issue: null, field: 'name' })
  expect([typeText(name), conflictFieldText(name)]).toEqual(['Label', 'Name'])
  expect(flippedText(name, 'nora')).toBe('The name of bug is now Ben’s')
  const state = conflict({
    field: 'enabled',
    lost: side('ben', 'Ben', 'off'),
    won: side('ada', 'Ada', null),
  })
  expect([valueText(state, 'lost'), valueText(state, 'won')]).toEqual(['Off', 'Removed'])
})

test('texts are compared by line, values seen at a glance, and what is gone is not compared', () => {
  expect(isLong(conflict())).toBe(false)
  expect(isLong(conflict({ field: 'description' }))).toBe(true)
  expect(isLong(conflict({ lost: side('ben', 'Ben', 'x'.repeat(81)) }))).toBe(true)
  expect(isLong(conflict({ field: 'field', won: side('ada', 'Ada', 'a\nb') }))).toBe(true)
  expect(isLong(conflict({ field: 'description', won: side('ada', 'Ada', null) }))).toBe(false)
})

test('the line on an issue’s page counts', () => {
  expect([bannerText(1, false), bannerText(2, false), bannerText(20, true)]).toEqual([
    '1 change had no effect',
    '2 changes had no effect',
    '20 or more changes had no effect',
  ])
})
