import { type DataSchema, dataMistake, type PropertySchema, schemaLimits } from './event-type-schema.ts'

const stretched = (head: string, filling: string, tail: string, length: number): string =>
  `${head}${filling.repeat(Math.max(0, length - head.length - tail.length))}${tail}`

/** The shortest text of a format that is at least so long. A date has one length; the others go on as long as they have to. */
const textsOf: Record<'date' | 'date-time' | 'email' | 'uri' | 'none', (length: number) => string> = {
  date: () => '2026-12-01',
  'date-time': (length) =>
    length <= 17
      ? '2026-12-01T00:00Z'
      : length <= 20
        ? '2026-12-01T00:00:00Z'
        : stretched('2026-12-01T00:00:00.0', '0', 'Z', length),
  email: (length) => stretched('a', 'a', '@b.co', length),
  uri: (length) => stretched('a:', 'b', '', length),
  none: (length) => 'a'.repeat(length),
}

/** The whole numbers that JSON carries without loss are all there is. */
const wholeFrom = (minimum: number): number => Math.max(Math.ceil(minimum), Number.MIN_SAFE_INTEGER)
const wholeUpTo = (maximum: number): number => Math.min(Math.floor(maximum), Number.MAX_SAFE_INTEGER)

function leastNumber({ type, minimum, maximum }: PropertySchema & { type: 'number' | 'integer' }): number {
  const [from, to] =
    type === 'integer'
      ? [wholeFrom(minimum ?? -Infinity), wholeUpTo(maximum ?? Infinity)]
      : [minimum ?? -Infinity, maximum ?? Infinity]
  // Zero is written shortest.
  return from <= 0 && to >= 0 ? 0 : from > 0 ? from : to
}

/** How many bytes the least value of a property takes as JSON. Counted, since what asks for a million entries is not to be built. */
function leastBytes(schema: PropertySchema | DataSchema): number {
  switch (schema.type) {
    case 'boolean':
      return 4
    case 'number':
    case 'integer':
      return JSON.stringify(leastNumber(schema)).length
    case 'string':
      return schema.enum ? 2 : Math.max(schema.minLength ?? 0, textsOf[schema.format ?? 'none'](0).length) + 2
    case 'array': {
      const count = schema.minItems ?? 0
      return 2 + count * leastBytes(schema.items) + Math.max(0, count - 1)
    }
    default: {
      const names = new Set(schema.required ?? [])
      const inside = [...names].map(
        (name) => name.length + 3 + leastBytes(schema.properties[name] as PropertySchema),
      )
      return 2 + inside.reduce((sum, bytes) => sum + bytes, 0) + Math.max(0, inside.length - 1)
    }
  }
}

/** A value that fits the schema of a property, as small as one is; of an object what is required alone. Only where {@link whatFitsNothing} has no objection. */
export function leastValue(schema: PropertySchema | DataSchema): unknown {
  switch (schema.type) {
    case 'boolean':
      return true
    case 'number':
    case 'integer':
      return leastNumber(schema)
    case 'string':
      return schema.enum?.[0] ?? textsOf[schema.format ?? 'none'](schema.minLength ?? 0)
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => leastValue(schema.items))
    default:
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, leastValue(schema.properties[name] as PropertySchema)]),
      )
  }
}

/** Whether a value fits the schema of one property. */
function fits(schema: PropertySchema, value: unknown): boolean {
  return dataMistake({ type: 'object', properties: { value: schema } }, { value }) === undefined
}

const isOver = (least: number | undefined, most: number | undefined): boolean =>
  least !== undefined && most !== undefined && least > most

function bounds(schema: PropertySchema): string | undefined {
  if (schema.type === 'string' && isOver(schema.minLength, schema.maxLength))
    return `has minLength ${schema.minLength}, which is more than its maxLength ${schema.maxLength}`
  if (schema.type === 'array' && isOver(schema.minItems, schema.maxItems))
    return `has minItems ${schema.minItems}, which is more than its maxItems ${schema.maxItems}`
  if (schema.type === 'number' || schema.type === 'integer') {
    const { type, minimum, maximum } = schema
    if (isOver(minimum, maximum)) return `has minimum ${minimum}, which is more than its maximum ${maximum}`
    if (type === 'integer' && wholeFrom(minimum ?? -Infinity) > wholeUpTo(maximum ?? Infinity))
      return 'has no whole number within its minimum and maximum'
  }
  return undefined
}

/** Why nothing fits a property, or what it holds; `undefined` where something fits each. */
function ofProperty(schema: PropertySchema, path: string): string | undefined {
  const wrong = bounds(schema)
  if (wrong) return `"${path}" ${wrong}`
  if (schema.type === 'array') {
    const inside = ofProperty(schema.items, `${path}.items`)
    if (inside) return inside
  }
  if (schema.type === 'object') {
    const inside = ofProperties(schema, `${path}.`)
    if (inside) return inside
  }
  if (leastBytes(schema) > schemaLimits.dataBytes)
    return `"${path}" asks for more than the ${schemaLimits.dataBytes} bytes that the data of an event may have`
  if (schema.type === 'string' && schema.enum) {
    // A checker of choices looks at nothing else: each is held to what would be said of any text.
    const { enum: choices, ...anyText } = schema
    const excluded = choices.find((choice) => !fits(anyText, choice))
    return excluded === undefined
      ? undefined
      : `"${path}" has the choice ${JSON.stringify(excluded)}, which its own format or length excludes`
  }
  if (schema.type === 'string' && !fits(schema, leastValue(schema)))
    return `"${path}" has a length that no text of format ${schema.format} has`
  return undefined
}

function ofProperties({ properties }: Pick<DataSchema, 'properties'>, path: string): string | undefined {
  for (const [name, schema] of Object.entries(properties)) {
    const wrong = ofProperty(schema, `${path}${name}`)
    if (wrong) return wrong
  }
  return undefined
}

/**
 * What of a schema no value could ever fit, as a clause that names the property; `undefined` where there is a value for everything. Asked where a type is
 * registered or gets more properties, never of what was recorded: a type that was registered before this was asked goes on as it is.
 */
export function whatFitsNothing(schema: DataSchema): string | undefined {
  const wrong = ofProperties(schema, '')
  if (wrong) return wrong
  return leastBytes(schema) > schemaLimits.dataBytes
    ? `what it requires takes more than the ${schemaLimits.dataBytes} bytes that the data of an event may have`
    : undefined
}
