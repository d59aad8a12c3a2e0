import type { EntityDeclaration, EntityId, Property, PropertyOf, PropertyStored } from './entity.ts'
import { label } from './label.ts'
import { member } from './member.ts'
import { project } from './project.ts'
import { workspace } from './workspace.ts'

/** The entities of which a workspace has many, in the order in which people meet them. */
export const listedEntities = [label, project, member] as const
/** Every entity with a name and properties that is no issue. */
export const entities = [workspace, ...listedEntities] as const

export type Entity = (typeof entities)[number]
export type ListedEntity = (typeof listedEntities)[number]
export type ListedType = ListedEntity['type']
/** The property of any entity. */
export type EntityProperty = PropertyOf<Entity>
/** The key of a property that can be changed: what states hold, and conflicts are of. */
export type PropertyKey = Extract<EntityProperty, { readonly change: object }>['key']
export type PropertyValue = string | null

type OfType<Type extends ListedType> = Extract<ListedEntity, { readonly type: Type }>
/** The ids of each kind of entity, told apart by what they are of. */
export type EntityIds = { readonly [E in ListedEntity as E['type']]: EntityId<E> }

/** What is kept of an entity: its id, and each property. */
export type EntityRow<Type extends ListedType> = { readonly id: string } & {
  readonly [P in PropertyOf<OfType<Type>> as P['key']]: PropertyStored<P>
}
/** Every kind's, as a workspace has them. */
export type EntityRows = {
  readonly [E in ListedEntity as E['plural']]: readonly EntityRow<E['type']>[]
}

type CreatedData<E extends EntityDeclaration> = {
  readonly [P in PropertyOf<E> as P['held'] extends 'always' ? P['key'] : never]: string
} & {
  readonly [P in PropertyOf<E> as P['held'] extends 'always' ? never : P['key']]?: string | undefined
}
type CreatedBy<E extends EntityDeclaration> = {
  readonly type: E['creation']['event']
  readonly data: CreatedData<E>
}
type ChangedBy<P extends Property> = P extends {
  readonly change: { readonly event: infer Name extends string }
}
  ? {
      readonly type: Name
      readonly data: { readonly from: PropertyStored<P>; readonly to: PropertyStored<P> }
    }
  : never
type ChangeOf<E extends EntityDeclaration> = E extends unknown
  ? CreatedBy<E> | ChangedBy<PropertyOf<E>>
  : never
/** What can happen to an entity: its creation, and the change of each property that can be changed. */
export type PropertyChange = ChangeOf<Entity>

/** A property with the entity that has it. */
export type OwnedProperty = { readonly entity: Entity; readonly property: Property }

const owned: readonly OwnedProperty[] = entities.flatMap((entity) =>
  entity.properties.map((property) => ({ entity, property })),
)
const byCreation: ReadonlyMap<string, Entity> = new Map(
  entities.map((entity) => [entity.creation.event, entity]),
)
const byChange: ReadonlyMap<string, OwnedProperty> = new Map(
  owned.flatMap((each) => (each.property.change ? [[each.property.change.event, each] as const] : [])),
)

/** The entity that a type of event makes. */
export const entityMadeBy = (eventType: string): Entity | undefined => byCreation.get(eventType)
/** The property that a type of event changes. */
export const propertyChangedBy = (eventType: string): OwnedProperty | undefined => byChange.get(eventType)
/** The entity whose streams are of a kind. */
export const entityOfType = (type: string): Entity | undefined =>
  entities.find((entity) => entity.type === type)
/** Whether a kind of stream is of an entity of which there are many. */
export const isListedType = (type: string): type is ListedType =>
  listedEntities.some((entity) => entity.type === type)
/** An entity of which there are many, by the kind of its streams. */
export const listedEntity = <Type extends ListedType>(type: Type): OfType<Type> =>
  listedEntities.find((entity) => entity.type === type) as OfType<Type>
/** The entity that a command names by its id; `undefined` where it names none. */
export function entityNamedIn(
  command: object,
): { readonly type: ListedType; readonly id: string } | undefined {
  const ids = command as Readonly<Record<string, string | undefined>>
  for (const { type, idProperty } of listedEntities) {
    const id = ids[idProperty]
    if (id) return { type, id }
  }
  return undefined
}

/** An entity's property of a name. */
export const propertyOf = (entity: EntityDeclaration, key: string): Property | undefined =>
  entity.properties.find((property) => property.key === key)

/** An object with an entry for each kind of which there are many, under its plural. */
export function eachListed<Made>(
  make: (entity: ListedEntity) => Made,
): Readonly<Record<ListedEntity['plural'], Made>> {
  return Object.fromEntries(listedEntities.map((entity) => [entity.plural, make(entity)])) as Record<
    ListedEntity['plural'],
    Made
  >
}

/** A workspace without any. */
export const noEntities = eachListed(() => []) as EntityRows

/** What each entity is called, by its kind and id. */
export function entityNames(rows: EntityRows): (type: ListedType, id: string) => string | undefined {
  const names = new Map<ListedType, ReadonlyMap<string, string>>(
    listedEntities.map(({ type, plural }) => [type, new Map(rows[plural].map(({ id, name }) => [id, name]))]),
  )
  return (type, id) => names.get(type)?.get(id)
}

/** An event that makes an entity, from its properties; those that are not set are left out. */
export function creationOf(
  { creation, properties }: EntityDeclaration,
  values: Readonly<Record<string, string | null | undefined>>,
): PropertyChange {
  const data = Object.fromEntries(
    properties.flatMap(({ key }) => (values[key] == null ? [] : [[key, values[key]]])),
  )
  return { type: creation.event, data } as PropertyChange
}

/** An event that changes a property. */
export const changeOfProperty = (
  change: NonNullable<Property['change']>,
  from: PropertyValue,
  to: PropertyValue,
): PropertyChange => ({ type: change.event, data: { from, to } }) as PropertyChange
