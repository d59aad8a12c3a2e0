import { type Entity, entities } from '../entities/kinds/entities.ts'
import type { EntityDeclaration, PropertyOf } from '../entities/kinds/entity.ts'
import type { EventFacts } from './facts/event-facts.ts'

type ChangeNames<E extends EntityDeclaration> =
  PropertyOf<E> extends infer P
    ? P extends { readonly change: { readonly event: infer Name extends string } }
      ? Name
      : never
    : never
type NamesOf<E extends EntityDeclaration> = E extends unknown
  ? E['creation']['event'] | ChangeNames<E>
  : never

const factsOf = ({ sign }: EntityDeclaration, feed: 'folds' | 'alone') =>
  ({
    feed,
    sign,
    touches: 'row',
    activity: 'changed',
    notifies: 'followers',
    searchText: null,
    ruleTrigger: null,
  }) as const satisfies EventFacts

/** The facts about the creation of each entity, and the change of each of its properties. */
export const entityFacts = Object.fromEntries(
  entities.flatMap((entity: EntityDeclaration) => [
    [entity.creation.event, factsOf(entity, entity.creation.feed)],
    ...entity.properties.flatMap(({ change }) =>
      change ? [[change.event, factsOf(entity, change.feed)]] : [],
    ),
  ]),
) as unknown as Readonly<Record<NamesOf<Entity>, ReturnType<typeof factsOf>>>
