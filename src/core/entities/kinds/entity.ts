import type { z } from 'zod'
import type { EventSign } from '../../events/facts/event-facts.ts'
import type { RefusalCode } from '../../values/refusal.ts'

/** What values a property has. Plain data, so that the window reads it without loading zod; `entity-schemas.ts` makes schemas of it. */
export type PropertyKind = 'line' | 'colour' | 'mail' | 'handle' | 'key_prefix'

/** What is there already of one kind of entity, by its properties. */
export type Others = Iterable<Readonly<Record<string, string | null>>>

/** A property of an entity, in the order in which its creation holds them. */
export type Property = {
  /** As states, rows, payloads and commands call it. */
  readonly key: string
  readonly kind: PropertyKind
  /** Whether the command that makes one says it: it must, it may, or nobody is asked. */
  readonly given: 'must' | 'may' | 'never'
  /** What it is where nobody said. */
  readonly otherwise?: (name: string, others: Others) => string
  /** Whether every creation holds it, or those alone where it is set. */
  readonly held: 'always' | 'where set'
  /** Says that another has this value already, where no two may have the same. */
  readonly taken?: (value: string) => string
  /** Whether two devices that make the same entity, each with another value, are in conflict. */
  readonly contested?: true
  /** How it is changed; `null` of what never is. */
  readonly change: {
    readonly event: string
    readonly command: string
    readonly feed: 'folds' | 'alone'
  } | null
}

/** A named thing of which a workspace has many, or the workspace itself: everything about it that is not the same for all of them. */
export type EntityDeclaration = {
  /** The kind of its streams. */
  readonly type: string
  /** `label`, `labels`: in sentences, and as lists of them are called. */
  readonly noun: string
  readonly plural: string
  /** What commands call its id; `null` of the workspace, of which there is one. */
  readonly idProperty: `${string}Id` | null
  /** What it is called where nobody knows its name. */
  readonly stranger: string
  /** The refusal of one that is not there; `null` of the workspace, which always is. */
  readonly unknown: { readonly code: RefusalCode; readonly sentence: string } | null
  readonly sign: EventSign
  /** Its creation; without a command where nobody asks for it. */
  readonly creation: {
    readonly event: string
    readonly command: string | null
    /** What whoever makes one did, in a sentence: `created`. */
    readonly verb: string
    readonly feed: 'folds' | 'alone'
  }
  readonly properties: readonly Property[]
}

/** Declares an entity: hands it back with its literal types. */
export const entity = <const E extends EntityDeclaration>(declared: E): E => declared

export type PropertyOf<E extends EntityDeclaration> = E['properties'][number]
/** A property's value in states, rows and payloads. */
export type PropertyStored<P extends Property> = string | (P['kind'] extends 'mail' ? null : never)
/** The id of an entity, told apart from others' by its brand. */
export type EntityId<E extends EntityDeclaration> = E['idProperty'] extends `${infer Name}Id`
  ? string & z.core.$brand<`${Capitalize<Name>}Id`>
  : never
