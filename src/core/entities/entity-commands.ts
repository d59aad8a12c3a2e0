import { z } from 'zod'
import { isUnitOf } from '../issue/fields/units.ts'
import { changePropertyCommand, createCommand } from './entity-schemas.ts'
import { type Entity, entities } from './kinds/entities.ts'
import type { EntityDeclaration, EntityId, Property, PropertyOf, PropertyStored } from './kinds/entity.ts'

/** The part of a command that says which entity it is of. */
type Of<E extends EntityDeclaration> = E['idProperty'] extends infer Name extends string
  ? { readonly [P in Name]: EntityId<E> }
  : unknown
type Creating<E extends EntityDeclaration> = E['creation']['command'] extends infer Name extends string
  ? { readonly type: Name } & Of<E> & {
        readonly [P in PropertyOf<E> as P['given'] extends 'must' ? P['key'] : never]: string
      } & {
        readonly [P in PropertyOf<E> as P['given'] extends 'may' ? P['key'] : never]?: string | undefined
      }
  : never
type Changing<E extends EntityDeclaration, P extends Property> = P extends {
  readonly change: { readonly command: infer Name extends string }
}
  ? { readonly type: Name } & Of<E> & { readonly [Key in P['key']]: PropertyStored<P> }
  : never
type CommandOf<E extends EntityDeclaration> = E extends unknown
  ? Creating<E> | Changing<E, PropertyOf<E>>
  : never
/** A command that makes an entity, or changes a property of one. */
export type PropertyCommand = CommandOf<Entity>

/** What is parsed: ids are text before they are looked at. */
type Unbranded<Value> = Value extends string & z.$brand ? string : Value
type SchemaOf<Command> = Command extends { readonly type: infer Name extends string }
  ? z.ZodObject<
      {
        [Key in keyof Command]-?: Key extends 'type'
          ? z.ZodLiteral<Name>
          : undefined extends Command[Key]
            ? z.ZodOptional<z.ZodType<NonNullable<Command[Key]>>>
            : z.ZodType<Command[Key], Unbranded<Command[Key]>>
      },
      z.core.$strict
    >
  : never

const propertyCommands = entities.flatMap((entity: EntityDeclaration) => [
  ...createCommand(entity),
  ...entity.properties.flatMap((property) => changePropertyCommand(entity, property)),
]) as unknown as readonly SchemaOf<PropertyCommand>[]

/** Says what the workspace counts a field of issues in. */
const chooseUnit = z
  .strictObject({ type: z.literal('choose_unit'), field: z.string(), unit: z.string() })
  .refine(({ field, unit }) => isUnitOf(field, unit), {
    path: ['unit'],
    error: 'is not one that the field is counted in',
  })

/** What somebody wants of the workspace, its members, its labels and its projects. */
export const entityCommand = z.discriminatedUnion('type', [chooseUnit, ...propertyCommands])
export type EntityCommand = z.infer<typeof entityCommand>
