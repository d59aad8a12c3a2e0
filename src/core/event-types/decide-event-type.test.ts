import { describe, expect, it } from 'vitest'
import type { IssueState } from '../issue/issue-state.ts'
import { decideEventType, decideRecording, mostEventTypes } from './decide-event-type.ts'
import type { DataSchema } from './event-type-schema.ts'
import { evolveRegistered, type RegisteredType } from './registered-type.ts'

const schema: DataSchema = { type: 'object', properties: { name: { type: 'string' } } }
const wider: DataSchema = { type: 'object', properties: { ...schema.properties, by: { type: 'string' } } }
const deal: RegisteredType = { name: 'deal_won', sentence: 'won {name}', schema, retired: false }
const types = new Map([
  ['deal_won', deal],
  ['deal_lost', { ...deal, name: 'deal_lost', retired: true }],
])
const register = (more: object = {}) =>
  decideEventType(types, {
    type: 'register_event_type',
    name: 'invoice_paid',
    sentence: 'paid for {name}',
    schema,
    ...more,
  })

describe('a registration', () => {
  it('is recorded as it was said', () => {
    expect(register({ sentence: '  paid for {name} ' })).toEqual({
      ok: true,
      value: [
        {
          type: 'event_type_registered',
          data: { name: 'invoice_paid', sentence: 'paid for {name}', schema },
        },
      ],
    })
  })

  it('said again as it stands changes nothing', () => {
    expect(register({ name: 'deal_won', sentence: 'won {name}' })).toEqual({ ok: true, value: [] })
  })

  it.each([
    ['in the present tense', { name: 'invoice_pay' }, 'invalid_event_type'],
    ['in another writing', { name: 'invoicePaid' }, 'invalid_event_type'],
    ['called like one of Docket’s', { name: 'commented' }, 'name_taken'],
    ['called like another', { name: 'deal_won' }, 'name_taken'],
    ['called like one that was retired', { name: 'deal_lost' }, 'event_type_retired'],
    ['without a sentence', { sentence: ' ' }, 'invalid_event_sentence'],
    ['with a sentence of two lines', { sentence: 'a\nb' }, 'invalid_event_sentence'],
    ['with a sentence that names what there is not', { sentence: 'paid {amount}' }, 'invalid_event_sentence'],
    ['with a brace too many', { sentence: 'paid {name' }, 'invalid_event_sentence'],
    ['with a placeholder that is no name', { sentence: 'paid {the name}' }, 'invalid_event_sentence'],
    [
      'with a sentence that names a list',
      {
        sentence: 'paid {all}',
        schema: { type: 'object', properties: { all: { type: 'array', items: { type: 'string' } } } },
      },
      'invalid_event_sentence',
    ],
    [
      'that no data could ever fit',
      { schema: { ...schema, properties: { name: { type: 'string', minLength: 2, maxLength: 1 } } } },
      'invalid_event_schema',
    ],
    ['without a schema', { schema: undefined }, 'invalid_event_schema'],
  ])('%s is refused', (_, more, code) => expect(register(more)).toMatchObject({ error: { code } }))

  it('is refused where there are too many', () => {
    const many = new Map(Array.from({ length: mostEventTypes }, (_, n) => [`t${n}_won`, deal]))
    expect(
      decideEventType(many, { type: 'register_event_type', name: 'invoice_paid', sentence: 'paid', schema }),
    ).toMatchObject({ error: { code: 'invalid_event_type' } })
  })

  it('is extended by what is new alone, and retired once', () => {
    const extend = (name: string, wanted: unknown) =>
      decideEventType(types, { type: 'extend_event_type', name, schema: wanted })
    expect(extend('deal_won', wider)).toEqual({
      ok: true,
      value: [
        { type: 'event_type_extended', data: { name: 'deal_won', properties: { by: { type: 'string' } } } },
      ],
    })
    expect(extend('deal_won', schema)).toEqual({ ok: true, value: [] })
    expect(extend('deal_won', { type: 'object', properties: {} })).toMatchObject({
      error: { code: 'event_type_narrowed' },
    })
    expect(extend('deal_won', {})).toMatchObject({ error: { code: 'invalid_event_schema' } })
    expect(extend('deal_lost', wider)).toMatchObject({ error: { code: 'event_type_retired' } })
    expect(extend('deal_seen', wider)).toMatchObject({ error: { code: 'unknown_event_type' } })
    const retire = (name: string) => decideEventType(types, { type: 'retire_event_type', name })
    expect(retire('deal_won')).toMatchObject({ value: [{ type: 'event_type_retired' }] })
    expect(retire('deal_lost')).toEqual({ ok: true, value: [] })
  })
})

describe('a recording', () => {
  const issue = { exists: true, archived: false } as IssueState
  const recording = (
    eventType: string,
    data: Record<string, unknown> = {},
    state: Partial<IssueState> = {},
  ) =>
    decideRecording({ ...issue, ...state }, types, { type: 'record', issueId: 'x' as never, eventType, data })

  it('is what its data say, where its type is in use', () => {
    expect(recording('deal_won', { name: 'Acme' })).toEqual({
      ok: true,
      value: { type: 'deal_won', data: { name: 'Acme' } },
    })
  })

  it.each([
    ['deal_won', { name: 7 }, {}, 'invalid_event_data'],
    ['deal_lost', {}, {}, 'event_type_retired'],
    ['deal_seen', {}, {}, 'unknown_event_type'],
    ['status_changed', {}, {}, 'unknown_event_type'],
    ['constructor', {}, {}, 'unknown_event_type'],
    ['deal_won', {}, { exists: false }, 'unknown_issue'],
    ['deal_won', {}, { archived: true }, 'issue_archived'],
  ])('of "%s" with %j on an issue that %j is refused', (type, data, state, code) =>
    expect(recording(type, data, state)).toMatchObject({ error: { code } }),
  )
})

describe('what registrations come to', () => {
  const registered = (sentence: string) =>
    ({ type: 'event_type_registered', data: { name: 'deal_won', sentence, schema } }) as const
  const extended = (name: string) =>
    ({
      type: 'event_type_extended',
      data: { name: 'deal_won', properties: { [name]: { type: 'boolean' } } },
    }) as const
  const retired = { type: 'event_type_retired', data: { name: 'deal_won' } } as const
  const all = (...changes: Parameters<typeof evolveRegistered>[1][]) =>
    changes.reduce<RegisteredType | undefined>(evolveRegistered, undefined)

  it('the first counts, extensions add up, and one that is retired stays as it was', () => {
    expect(all(registered('first'), registered('second'))).toMatchObject({ sentence: 'first' })
    expect(
      Object.keys(all(registered('a'), extended('b'), extended('c'))?.schema.properties ?? {}).sort(),
    ).toEqual(['b', 'c', 'name'])
    const over = all(registered('a'), retired, extended('b'), registered('c'))
    expect(over).toMatchObject({ retired: true, sentence: 'a', schema })
    expect(all(extended('b'), retired)).toBeUndefined()
  })
})
