import { describe, expect, it } from 'vitest'
import {
  type DataSchema,
  dataMistake,
  dataSchema,
  extended,
  extensionOf,
  schemaLimits,
  schemaMistake,
} from './event-type-schema.ts'

const deal = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 10 },
    amount: { type: 'number', minimum: 0 },
    count: { type: 'integer' },
    on: { type: 'string', format: 'date' },
    stage: { type: 'string', enum: ['first', 'second'] },
    sure: { type: 'boolean' },
    people: { type: 'array', items: { type: 'string' }, maxItems: 2 },
    place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
  required: ['name'],
} satisfies DataSchema

const within = (properties: unknown) => ({ type: 'object', properties })
const text = { type: 'string' }
function nested(depth: number): unknown {
  let schema: unknown = text
  for (let at = 0; at < depth; at++) schema = { type: 'array', items: schema }
  return schema
}
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, { type: 'boolean' }]))

describe('a schema', () => {
  it('of texts, numbers, yes or no, choices, lists and objects is taken', () => {
    expect(schemaMistake(deal)).toBeUndefined()
    expect(
      schemaMistake({ ...deal, $schema: 'https://json-schema.org/draft/2020-12/schema' }),
    ).toBeUndefined()
    expect(schemaMistake(within({ a: nested(schemaLimits.depth - 1) }))).toBeUndefined()
    expect(schemaMistake(within(many(schemaLimits.properties)))).toBeUndefined()
  })

  // What a hostile member may send: nothing of it is ever compiled.
  it.each([
    ['a pattern that takes for ever', within({ a: { type: 'string', pattern: '(a+)+$' } }), 'says "pattern"'],
    [
      'a pattern for names',
      { ...within({}), patternProperties: { '(a+)+$': text } },
      'says "patternProperties"',
    ],
    ['a reference elsewhere', within({ a: { $ref: 'https://example.org/schema' } }), 'needs a "type"'],
    ['a reference beside a type', within({ a: { ...text, $ref: '#' } }), 'says "$ref"'],
    ['definitions', { ...within({}), $defs: {} }, 'says "$defs"'],
    ['a choice of schemas', within({ a: { anyOf: [text, text] } }), 'needs a "type"'],
    ['too many properties', within(many(schemaLimits.properties + 1)), 'more than 60 properties'],
    ['too many in all', within({ a: within(many(40)), b: within(many(40)) }), 'more than 60 properties'],
    ['too deep', within({ a: nested(schemaLimits.depth) }), 'up to 4 deep'],
    ['deeper than a stack', within({ a: nested(100_000) }), 'larger than 16384 bytes'],
    ['too large', { ...within({}), description: 'x'.repeat(20_000) }, 'larger than 16384 bytes'],
    ['too many choices', within({ a: { ...text, enum: Array(101).fill('x') } }), '›'],
    ['a name that every object has', within({ constructor: text }), 'every object has'],
    [
      'a name with a prototype',
      JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'),
      'names __proto__',
    ],
    ['a name that no sentence can say', within({ 'a b': text }), 'no name of a property'],
    ['an open object', { ...within({}), additionalProperties: true }, 'has to be false'],
    ['a length that is no number', within({ a: { ...text, maxLength: 'x' } }), 'has to be a number'],
    [
      'a length that is no whole number',
      within({ a: { ...text, maxLength: 1.5 } }),
      'has to be a whole number',
    ],
    ['a length below zero', within({ a: { ...text, minLength: -1 } }), 'is less than 0'],
    ['a length beyond all', within({ a: { ...text, maxLength: 1e9 } }), 'is more than 1000000'],
    ['a format that is none', within({ a: { ...text, format: 'ipv4' } }), 'has to be "date" or "date-time"'],
    ['no choice', within({ a: { ...text, enum: [] } }), 'has fewer than 1 entries'],
    ['choices of another kind', within({ a: { ...text, enum: [1] } }), 'has to be a text'],
    [
      'a title that is too long',
      within({ a: { ...text, title: 'x'.repeat(501) } }),
      'more than 500 characters',
    ],
    ['no properties', { type: 'object' }, 'properties has to be an object'],
    ['no object', { type: 'string' }, 'The schema'],
    ['a list', [], 'The schema'],
    ['nothing', undefined, 'The schema'],
    ['what is required and not there', { ...within({ a: text }), required: ['b'] }, 'requires "b"'],
    ['the same within', within({ o: { ...within({ a: text }), required: ['b'] } }), 'o: requires "b"'],
  ])('with %s is refused with a sentence', (_, schema, says) => {
    expect(schemaMistake(schema)).toContain(says)
    // A checker's own words are for programmers.
    expect(schemaMistake(schema)).not.toMatch(/Invalid|expected|received|Too (big|small)/)
    expect(dataSchema.safeParse(schema).success).toBe(false)
  })

  it('may get more that may be left out, and nothing else', () => {
    const { stage: _, ...fewer } = deal.properties
    const wider = { ...deal, properties: { ...deal.properties, by: text } } as DataSchema
    expect(extensionOf(deal, wider)).toEqual({ adds: { by: text } })
    expect(extensionOf(deal, { ...deal, description: 'In other words' })).toEqual({ adds: {} })
    const narrows = (wanted: object) => extensionOf(deal, { ...deal, ...wanted } as DataSchema)
    expect(narrows({ properties: fewer })).toEqual({ narrows: '"stage" is gone' })
    expect(narrows({ properties: { ...deal.properties, name: { type: 'string', maxLength: 5 } } })).toEqual({
      narrows: '"name" is not as it was',
    })
    expect(narrows({ required: ['name', 'amount'] })).toEqual({ narrows: '"amount" would be required' })
    expect(narrows({ required: [] })).toEqual({ narrows: '"name" would be required no more' })
  })

  it('never grows past what a schema may hold, however often it is extended', () => {
    const whole = extended(deal, many(40) as never)
    expect(Object.keys(whole.properties)).toHaveLength(48)
    expect(extended(whole, many(60) as never)).toBe(whole)
    // What was there first stays.
    expect(extended(deal, { name: { type: 'boolean' } }).properties.name).toEqual(deal.properties.name)
  })
})

describe('the data of an event', () => {
  it.each([
    { name: 'Acme' },
    { name: 'Acme', amount: 0.5, count: 2, on: '2026-12-01', stage: 'first', sure: false },
    { name: 'Acme', people: ['a'], place: { city: 'Kyoto' } },
  ])('%j is as the schema says', (data) => expect(dataMistake(deal, data)).toBeUndefined())

  it.each([
    [{}, '"name" is missing'],
    [{ name: 7 }, '"name": Invalid input: expected string, received number'],
    [{ name: 'x'.repeat(11) }, '"name": Too big'],
    [{ name: 'a', amount: -1 }, '"amount": Too small'],
    [{ name: 'a', count: 1.5 }, '"count": Invalid input'],
    [{ name: 'a', on: '2026-13-01' }, '"on": Invalid ISO date'],
    [{ name: 'a', stage: 'third' }, '"stage": Invalid option'],
    [{ name: 'a', people: ['a', 'b', 'c'] }, '"people": Too big'],
    [{ name: 'a', place: {} }, '"place.city" is missing'],
    [{ name: 'a', place: { city: 'b', zip: 1 } }, '"place" has "zip", which its schema has not'],
    [{ name: 'a', more: 1 }, 'it has "more", which its schema has not'],
  ])('%j is not', (data, says) => expect(dataMistake(deal, data)).toContain(says))

  it('has a size, whatever its schema would let through', () => {
    expect(dataMistake(deal, { name: 'x'.repeat(40_000) })).toBe('it is larger than 32768 bytes')
  })

  it('has whole characters, as a schema has', () => {
    expect(dataMistake(deal, { name: 'a\ud800' })).toContain('half a character')
    expect(dataMistake(deal, { name: '\\ud800 😀' })).toBeUndefined()
    const half = { type: 'object', properties: { a: { type: 'string', enum: ['A', '\ud800'] } } }
    expect(schemaMistake(half)).toContain('half a character')
    expect(
      schemaMistake({ ...half, properties: { a: { type: 'string', enum: ['A', '😀'] } } }),
    ).toBeUndefined()
  })
})
