import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DataSchema, dataMistake, type PropertySchema, schemaMistake } from './event-type-schema.ts'
import { leastValue, whatFitsNothing } from './what-fits-nothing.ts'

const within = (a: PropertySchema): DataSchema => ({ type: 'object', properties: { a }, required: ['a'] })

describe('a schema that no value fits is refused by the name of its property', () => {
  it.each<[string, PropertySchema, string]>([
    ['lengths', { type: 'string', minLength: 5, maxLength: 3 }, '"a" has minLength 5, which is more than'],
    ['numbers', { type: 'number', minimum: 1, maximum: 0.5 }, '"a" has minimum 1, which is more than'],
    ['whole numbers', { type: 'integer', minimum: 1.2, maximum: 1.8 }, '"a" has no whole number within'],
    ['whole numbers that are too large', { type: 'integer', minimum: 2 ** 60 }, '"a" has no whole number'],
    [
      'entries',
      { type: 'array', items: { type: 'boolean' }, minItems: 2, maxItems: 1 },
      '"a" has minItems 2, which is more than its maxItems 1',
    ],
    ['a choice that is too long', { type: 'string', enum: ['x', 'long'], maxLength: 2 }, 'choice "long"'],
    ['a choice of another format', { type: 'string', enum: ['soon'], format: 'date' }, 'choice "soon"'],
    ['a date that is too short', { type: 'string', format: 'date', maxLength: 9 }, 'no text of format date'],
    ['a date that is too long', { type: 'string', format: 'date', minLength: 11 }, 'no text of format date'],
    ['an address that is too short', { type: 'string', format: 'email', maxLength: 5 }, 'of format email'],
    ['a text that no event holds', { type: 'string', minLength: 40_000 }, 'more than the 32768 bytes'],
    [
      'a list that no event holds',
      { type: 'array', items: { type: 'boolean' }, minItems: 1_000_000 },
      'more than the 32768 bytes',
    ],
    [
      'what lies within a list',
      { type: 'array', items: { type: 'number', minimum: 2, maximum: 1 } },
      '"a.items" has minimum 2',
    ],
    [
      'what lies within an object',
      { type: 'object', properties: { b: { type: 'string', minLength: 2, maxLength: 1 } } },
      '"a.b" has minLength 2',
    ],
  ])('%s', (_, property, says) => {
    expect(schemaMistake(within(property))).toBeUndefined()
    expect(whatFitsNothing(within(property))).toContain(says)
  })

  it('where everything fits by itself, and what is required not together', () => {
    const half: PropertySchema = { type: 'string', minLength: 20_000 }
    const both = (required: readonly string[]): DataSchema => ({
      type: 'object',
      properties: { a: half, b: half },
      required,
    })
    expect(whatFitsNothing(both(['a']))).toBeUndefined()
    expect(whatFitsNothing(both(['a', 'b']))).toContain('what it requires takes more than')
  })
})

const size = fc.option(fc.oneof(fc.nat(30), fc.constant(20_000)), { nil: undefined })
const number = fc.option(
  fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  {
    nil: undefined,
  },
)
const text = fc.record(
  {
    type: fc.constant('string' as const),
    enum: fc.option(
      fc.array(fc.constantFrom('a', 'first', '2026-12-01', 'a@b.co', '😀', ''), { minLength: 1 }),
      {
        nil: undefined,
      },
    ),
    format: fc.option(fc.constantFrom('date', 'date-time', 'email', 'uri'), { nil: undefined }),
    minLength: size,
    maxLength: size,
  },
  { requiredKeys: ['type'] },
)
const { property } = fc.letrec<{ property: PropertySchema }>((tie) => {
  const kinds: readonly fc.Arbitrary<unknown>[] = [
    text,
    fc.record({ type: fc.constantFrom('number', 'integer'), minimum: number, maximum: number }),
    fc.constant({ type: 'boolean' }),
    fc.record({
      type: fc.constant('array'),
      items: tie('property'),
      minItems: fc.option(fc.nat(4), { nil: undefined }),
      maxItems: fc.option(fc.nat(4), { nil: undefined }),
    }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.record({ a: tie('property'), b: tie('property') }),
      required: fc.subarray(['a', 'b']),
    }),
  ]
  return { property: fc.oneof({ maxDepth: 2 }, ...kinds) as fc.Arbitrary<PropertySchema> }
})

it('each property of a schema that is taken has a value, and so has the whole', () => {
  let taken = 0
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), property),
      fc.infiniteStream(fc.boolean()),
      (properties, isRequired) => {
        const required = Object.keys(properties).filter(() => isRequired.next().value)
        const schema = JSON.parse(JSON.stringify({ type: 'object', properties, required })) as DataSchema
        if (schemaMistake(schema) !== undefined || whatFitsNothing(schema) !== undefined) return
        taken += 1
        expect(dataMistake(schema, leastValue(schema))).toBeUndefined()
        for (const each of Object.values(schema.properties))
          expect(dataMistake(within(each), { a: leastValue(each) })).toBeUndefined()
      },
    ),
    { numRuns: 1_000 },
  )
  expect(taken).toBeGreaterThan(100)
})
