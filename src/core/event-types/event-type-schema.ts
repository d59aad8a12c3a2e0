import { z } from 'zod'
import { utf8Length } from '../text/text.ts'
import { sameJson } from '../values/same-json.ts'

/** What a schema may hold at most, and what an event of its type. Asked before anything is compiled. */
export const schemaLimits = {
  bytes: 16_384,
  properties: 60,
  depth: 4,
  choices: 100,
  dataBytes: 32_768,
} as const

/** What JSON Schema may say of one property. There is no `pattern`, `$ref` or `anyOf`: what a member sends costs others no more than its length. */
export type PropertySchema = {
  readonly title?: string | undefined
  readonly description?: string | undefined
} & (
  | {
      readonly type: 'string'
      readonly enum?: readonly string[] | undefined
      readonly format?: 'date' | 'date-time' | 'email' | 'uri' | undefined
      readonly minLength?: number | undefined
      readonly maxLength?: number | undefined
    }
  | {
      readonly type: 'number' | 'integer'
      readonly minimum?: number | undefined
      readonly maximum?: number | undefined
    }
  | { readonly type: 'boolean' }
  | {
      readonly type: 'array'
      readonly items: PropertySchema
      readonly minItems?: number | undefined
      readonly maxItems?: number | undefined
    }
  | ({ readonly type: 'object' } & ObjectKeywords)
)
type ObjectKeywords = {
  readonly properties: Readonly<Record<string, PropertySchema>>
  readonly required?: readonly string[] | undefined
  /** An object is closed: a property that may be anything today could be nothing in particular tomorrow. */
  readonly additionalProperties?: false | undefined
}

/** The schema of an event's data: an object of properties. */
export type DataSchema = {
  readonly $schema?: string | undefined
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly type: 'object'
} & ObjectKeywords

const short = z.string().max(500)
const size = z.int().min(0).max(1_000_000)
const about = { title: short.optional(), description: short.optional() }
/** Letters, digits and `_`; none that every object has. */
const propertyName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,59}$/, 'is no name of a property: letters, digits and _')
  .refine((name) => !(name in {}), 'is the name of a property that every object has')

const strings = { ...about, type: z.literal('string') }
const scalars = [
  z.strictObject({
    ...strings,
    enum: z.array(short).min(1).max(schemaLimits.choices).optional(),
    format: z.enum(['date', 'date-time', 'email', 'uri']).optional(),
    minLength: size.optional(),
    maxLength: size.optional(),
  }),
  z.strictObject({
    ...about,
    type: z.enum(['number', 'integer']),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
  }),
  z.strictObject({ ...about, type: z.literal('boolean') }),
] as const

const objectOf = (property: z.ZodType<PropertySchema>) => ({
  ...about,
  type: z.literal('object'),
  properties: z.record(propertyName, property),
  required: z.array(z.string()).max(schemaLimits.properties).optional(),
  additionalProperties: z.literal(false).optional(),
})

/** A property that is nested so many deep at most. */
function propertyWithin(depth: number): z.ZodType<PropertySchema> {
  if (depth === 0) return z.discriminatedUnion('type', [...scalars])
  const inner = propertyWithin(depth - 1)
  return z.discriminatedUnion('type', [
    ...scalars,
    z.strictObject({
      ...about,
      type: z.literal('array'),
      items: inner,
      minItems: size.optional(),
      maxItems: size.optional(),
    }),
    z.strictObject(objectOf(inner)),
  ])
}

const property = propertyWithin(schemaLimits.depth - 1)

function countOf(properties: ObjectKeywords['properties']): number {
  const inside = (schema: PropertySchema): number =>
    schema.type === 'object' ? countOf(schema.properties) : schema.type === 'array' ? inside(schema.items) : 0
  return Object.values(properties).reduce((count, schema) => count + 1 + inside(schema), 0)
}

/** A property that is required and not there. */
function missingProperty({ properties, required = [] }: ObjectKeywords, path: string): string | undefined {
  const missing = required.find((name) => !Object.hasOwn(properties, name))
  if (missing !== undefined) return `${path}requires "${missing}", which is not among the properties`
  for (const [name, schema] of Object.entries(properties)) {
    const of = schema.type === 'array' ? schema.items : schema
    const found = of.type === 'object' ? missingProperty(of, `${path}${name}: `) : undefined
    if (found) return found
  }
  return undefined
}

/** Half a character in JSON as `JSON.stringify` writes it: no text of an event may hold one. */
const halfCharacter = /(?<!\\)(?:\\\\)*\\ud[89a-f]/

const tooLarge = `is larger than ${schemaLimits.bytes} bytes, nested deeper than a schema may be, names __proto__ or has half a character`

/** Whether a schema may be looked at closer. A checker drops a property that is called like the prototype, and would let through what it holds. */
function isPlain(value: unknown): boolean {
  try {
    const json = JSON.stringify(value) ?? ''
    return (
      utf8Length(json) <= schemaLimits.bytes && !json.includes('"__proto__"') && !halfCharacter.test(json)
    )
  } catch {
    return false
  }
}

function holds(schema: ObjectKeywords): string | undefined {
  return countOf(schema.properties) > schemaLimits.properties
    ? `has more than ${schemaLimits.properties} properties`
    : missingProperty(schema, '')
}

/** The bounded part of JSON Schema that describes the data of an event of somebody's own. Whatever it lets through may be compiled. */
export const dataSchema: z.ZodType<DataSchema> = z
  .unknown()
  .refine(isPlain, { error: tooLarge, abort: true })
  .pipe(
    z.strictObject({ $schema: short.optional(), ...objectOf(property) }).superRefine((schema, context) => {
      const mistake = holds(schema)
      if (mistake) context.addIssue({ code: 'custom', message: mistake })
    }),
  )

/** Properties that are added to a schema. */
export const addedProperties: z.ZodType<Readonly<Record<string, PropertySchema>>> = z
  .unknown()
  .refine(isPlain, { error: tooLarge, abort: true })
  .pipe(z.record(propertyName, property))
  .refine((added) => countOf(added) <= schemaLimits.properties, {
    error: `has more than ${schemaLimits.properties} properties`,
  })

/** What is wrong with a schema, as a sentence without its full stop; `undefined` where nothing is. */
export function schemaMistake(schema: unknown): string | undefined {
  const parsed = dataSchema.safeParse(schema)
  if (parsed.success) return undefined
  const [issue] = parsed.error.issues
  if (!issue) return 'The schema is not valid'
  const path = ['The schema', ...issue.path.map(String)].join(' › ')
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${path} says ${issue.keys.map((key) => `"${key}"`).join(', ')}, which the schema of an event may not`
    case 'custom':
      return `${path} ${issue.message}`
    case 'invalid_key':
      return `${path} ${issue.issues[0]?.message ?? 'is no name of a property'}`
    case 'invalid_union':
      return `${path} needs a "type": string, number, integer, boolean, or, up to ${schemaLimits.depth} deep, array or object`
    default:
      return `${path} ${wordsOf(issue)}`
  }
}

const kindWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'yes or no (true or false)',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** What a checker found wrong, in words for people: its own are for programmers. */
function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `has to be ${kindWords[issue.expected] ?? 'of another kind'}`
    case 'invalid_value':
      return `has to be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `has more than ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'entries'}`
        : `is more than ${issue.maximum}`
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `has fewer than ${issue.minimum} ${issue.origin === 'string' ? 'characters' : 'entries'}`
        : `is less than ${issue.minimum}`
    default:
      return 'is not as the schema of an event may be'
  }
}

/** The same schema without what only tells people something, its objects closed. */
function bare({ title: _, description: __, ...schema }: PropertySchema | DataSchema): unknown {
  if (schema.type === 'array') return { ...schema, items: bare(schema.items) }
  if (schema.type !== 'object') return schema
  const { properties, required = [] } = schema
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, bare(each)])),
    required: required.toSorted(),
    additionalProperties: false,
  }
}

/** What a wider schema adds to one that is there, or why it is no wider one. */
export function extensionOf(
  known: DataSchema,
  wanted: DataSchema,
): { readonly adds: Readonly<Record<string, PropertySchema>> } | { readonly narrows: string } {
  for (const [name, schema] of Object.entries(known.properties)) {
    const now = Object.hasOwn(wanted.properties, name) ? wanted.properties[name] : undefined
    if (!now) return { narrows: `"${name}" is gone` }
    if (!sameJson(bare(now), bare(schema))) return { narrows: `"${name}" is not as it was` }
  }
  const [before, after] = [known.required ?? [], wanted.required ?? []]
  const more = after.find((name) => !before.includes(name))
  if (more !== undefined) return { narrows: `"${more}" would be required` }
  const fewer = before.find((name) => !after.includes(name))
  if (fewer !== undefined) return { narrows: `"${fewer}" would be required no more` }
  const adds = Object.entries(wanted.properties).filter(([name]) => !Object.hasOwn(known.properties, name))
  return { adds: Object.fromEntries(adds) }
}

/** A schema with more properties, those that it has left as they are; as it was where that would be more than a schema may hold. */
export function extended(known: DataSchema, adds: Readonly<Record<string, PropertySchema>>): DataSchema {
  const wider = { ...known, properties: { ...adds, ...known.properties } }
  return isPlain(wider) && holds(wider) === undefined ? wider : known
}

/** Whether an added property is of the schema as it was added. */
export const hasAsAdded = (
  { properties }: DataSchema,
  adds: Readonly<Record<string, PropertySchema>>,
): boolean =>
  Object.entries(adds).every(
    ([name, schema]) => Object.hasOwn(properties, name) && sameJson(properties[name], schema),
  )

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((of, key) => (of as Record<PropertyKey, unknown> | undefined)?.[key], data)
}

const compiled = new WeakMap<DataSchema, z.ZodType>()

/** What is wrong with the data of an event, as the end of a sentence; `undefined` where it is as its schema says. */
export function dataMistake(schema: DataSchema, data: unknown): string | undefined {
  const json = JSON.stringify(data) ?? ''
  if (utf8Length(json) > schemaLimits.dataBytes) return `it is larger than ${schemaLimits.dataBytes} bytes`
  if (halfCharacter.test(json)) return 'a text has half a character (a lone surrogate)'
  let checker = compiled.get(schema)
  if (!checker) {
    checker = z.fromJSONSchema(bare(schema) as never)
    compiled.set(schema, checker)
  }
  const parsed = checker.safeParse(data)
  if (parsed.success) return undefined
  const [issue] = parsed.error.issues
  if (issue?.code === 'unrecognized_keys') {
    const of = issue.path.length > 0 ? `"${issue.path.join('.')}"` : 'it'
    return `${of} has ${issue.keys.map((key) => `"${key}"`).join(', ')}, which its schema has not`
  }
  const at = issue?.path.join('.')
  if (issue?.code === 'invalid_type' && valueAt(data, issue.path) === undefined) return `"${at}" is missing`
  return `${at ? `"${at}": ` : ''}${issue?.message ?? 'it is not as its schema says'}`
}
