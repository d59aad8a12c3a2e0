import { type DataSchema, extended } from './event-type-schema.ts'
import type { RegistrationChange } from './registration-events.ts'

/** A type of event that somebody registered. Plain JSON. */
export type RegisteredType = {
  readonly name: string
  /** Tells of one after its actor's name: `won the deal {name}`. */
  readonly sentence: string
  readonly schema: DataSchema
  readonly retired: boolean
}

/** By name. */
export type RegisteredTypes = ReadonlyMap<string, RegisteredType>

/** What a registration comes to with one more event, in total order: the first one counts, what is added later stays, and nothing is added to one that is retired. */
export function evolveRegistered(
  known: RegisteredType | undefined,
  { type, data }: RegistrationChange,
): RegisteredType | undefined {
  if (type === 'event_type_registered')
    return known ?? { name: data.name, sentence: data.sentence, schema: data.schema, retired: false }
  if (!known || known.retired || known.name !== data.name) return known
  if (type === 'event_type_retired') return { ...known, retired: true }
  const schema = extended(known.schema, data.properties)
  return schema === known.schema ? known : { ...known, schema }
}
