import { describe, expect, it } from 'vitest'
import type { InboxField } from '#contract/answers/inbox-answers.ts'
import { newItem, withoutItem, withSecret } from './inbox-draft.ts'
import { mistakeBefore, mistakeOf } from './what-is-wrong.ts'

const endpoints = {
  kind: 'items',
  name: 'endpoints',
  label: 'Endpoints',
  item: 'endpoint',
  fields: [
    { kind: 'url', name: 'url', label: 'Address' },
    { kind: 'secret', name: 'secret', label: 'Signing secret' },
    { kind: 'texts', name: 'types', label: 'Event types' },
    { kind: 'switch', name: 'enabled', label: 'Send to this endpoint' },
  ],
} as const satisfies InboxField
const port = { kind: 'number', name: 'port', label: 'Port', min: 1, max: 65_535 } as const
const form: readonly InboxField[] = [port, endpoints]

describe('a refusal of settings', () => {
  it.each([
    ['port', 'port: must be a number. Nothing was changed.', 'port', 'Must be a number.'],
    [
      'endpoints.1.url',
      'endpoints.1.url: needs a host. Nothing was changed.',
      'endpoints.1.url',
      'Needs a host.',
    ],
    // A sentence of its own already has its full stop.
    [
      'endpoints.0.url',
      'endpoints.0.url: This is no address.. Nothing was changed.',
      'endpoints.0.url',
      'This is no address.',
    ],
    ['endpoints', 'endpoints: has "a" twice. Nothing was changed.', 'endpoints', 'Has "a" twice.'],
    [
      'endpoints.0.previousUntil',
      'endpoints.0.previousUntil: no. Nothing was changed.',
      'endpoints.0',
      'No.',
    ],
    ['secrets.secret:a1', 'secrets.secret:a1 is too long. Nothing was changed.', 'secret:a1', 'Is too long.'],
  ])('at %s is shown at its field', (path, message, at, shown) => {
    expect(mistakeOf(form, message, path)).toEqual({ at, message: shown })
  })

  it('without a field is about the whole, and says so in full', () => {
    expect(mistakeOf(form, 'The settings: both are needed. Nothing was changed.', '')).toEqual({
      at: null,
      message: 'Both are needed. Nothing was changed.',
    })
    expect(mistakeOf(form, 'gone: is unknown. Nothing was changed.', 'gone')).toEqual({
      at: null,
      message: 'gone: is unknown. Nothing was changed.',
    })
  })
})

it('a number that is none, or out of its range, is found before the host is asked', () => {
  const wrong = { at: 'port', message: 'Enter a number from 1 to 65,535.' }
  expect(mistakeBefore(form, { port: 'many' })).toEqual(wrong)
  expect(mistakeBefore(form, { port: 0 })).toEqual(wrong)
  expect(mistakeBefore(form, { port: 25, endpoints: [] })).toBeNull()
})

describe('secrets of items', () => {
  it('go with their item, those that were kept and those that were entered', () => {
    const entered = { 'secret:a': 'new', 'secret:b': 'other', password: null }
    expect(withoutItem(entered, ['secret:a', 'previous:a', 'secret:c'], 'a')).toEqual({
      'secret:b': 'other',
      password: null,
      'secret:a': null,
      'previous:a': null,
    })
  })

  it('are left as they are once an entry is given up', () => {
    expect(withSecret({ 'secret:a': 'new' }, 'secret:a', undefined)).toEqual({})
    expect(withSecret({}, 'secret:a', null)).toEqual({ 'secret:a': null })
  })
})

it('a new item has a value for each field, and none for its secrets', () => {
  expect(newItem(endpoints, 'a1')).toEqual({ id: 'a1', url: '', types: [], enabled: true })
})
