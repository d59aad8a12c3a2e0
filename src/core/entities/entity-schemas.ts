import { z } from 'zod'
import { type EventType, event } from '../events/event-type.ts'
import type { ShippedType } from '../events/shipped-facts.ts'
import { mailAddress } from '../text/mail-address.ts'
import { visibleLine } from '../text/text.ts'
import { streamId } from '../values/ids.ts'
import type { EntityDeclaration, Property, PropertyKind } from './kinds/entity.ts'

export const hexColour = z.string().regex(/^#[0-9a-f]{6}$/, 'must be a colour like #5e6ad2')
/** What a person types after `@`. */
export const handle = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._/+-]{0,99}$/u, 'may have letters, digits and . _ - / + only')

/** What was recorded may be less tidy than what is given now: of that, the colour alone was always checked. */
const recorded = (kind: PropertyKind): z.ZodType<string> => (kind === 'colour' ? hexColour : z.string())

const given: Readonly<Record<PropertyKind, z.ZodType<string>>> = {
  line: visibleLine,
  colour: hexColour,
  mail: mailAddress,
  handle,
  key_prefix: z.string(),
}
const isNullable = (kind: PropertyKind): boolean => kind === 'mail'

/** The event that makes an entity. */
export function createdEvent(entity: EntityDeclaration): EventType {
  const shape = entity.properties.map(({ key, kind, held }) => {
    const schema = recorded(kind)
    return [key, held === 'always' ? schema : schema.optional()]
  })
  return event(entity.creation.event as ShippedType, 1, z.object(Object.fromEntries(shape)))
}

/** The event that changes a property. */
export function changedPropertyEvent({ kind, change }: Property): readonly EventType[] {
  if (change === null) return []
  const schema = recorded(kind)
  const value = isNullable(kind) ? schema.nullable() : schema
  return [event(change.event as ShippedType, 1, z.object({ from: value, to: value }))]
}

const idOf = ({ idProperty }: EntityDeclaration) => (idProperty === null ? {} : { [idProperty]: streamId })

/** The command that makes an entity, where there is one. */
export function createCommand(entity: EntityDeclaration): readonly z.ZodObject[] {
  const { command } = entity.creation
  if (command === null) return []
  const shape = entity.properties.flatMap(({ key, kind, given: how }) =>
    how === 'never' ? [] : [[key, how === 'may' ? given[kind].optional() : given[kind]]],
  )
  return [z.strictObject({ type: z.literal(command), ...idOf(entity), ...Object.fromEntries(shape) })]
}

/** The command that changes a property, where it can be changed. */
export function changePropertyCommand(
  entity: EntityDeclaration,
  { key, kind, change }: Property,
): readonly z.ZodObject[] {
  if (change === null) return []
  const value = isNullable(kind) ? given[kind].nullable() : given[kind]
  return [z.strictObject({ type: z.literal(change.command), ...idOf(entity), [key]: value })]
}
