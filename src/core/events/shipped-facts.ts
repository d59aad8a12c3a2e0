import { directoryFacts } from './directory-facts.ts'
import { entityFacts } from './entity-facts.ts'
import type { ActivityKind, EventFacts } from './facts/event-facts.ts'
import { issueFacts } from './issue-facts.ts'

/** The facts about every type of event that Docket ships. Apart from their schemas, so that the window need not load those for them. */
export const shippedFacts = { ...issueFacts, ...entityFacts, ...directoryFacts } as const
export type ShippedType = keyof typeof shippedFacts

/** The types whose facts hold `Value` at `Key`, so that a table over them is complete or does not compile. */
export type TypeWith<Key extends keyof EventFacts, Value> = {
  [Name in ShippedType]: (typeof shippedFacts)[Name][Key] extends Value ? Name : never
}[ShippedType]

/** The version of the payload of an event of somebody's own type: the highest that travels, so that no type that Docket ships is taken for one. */
export const ownTypeVersion = 1_000

/** What holds for a type that this Docket has no word for: somebody's own, or one of a newer Docket. It changes nothing that is folded. */
const unknownFacts: EventFacts = {
  feed: 'alone',
  sign: 'custom',
  touches: 'nothing',
  activity: 'changed',
  notifies: 'followers',
  searchText: null,
  ruleTrigger: null,
}

/** Whether Docket ships a type of that name. */
export const isShipped = (type: string): type is ShippedType => Object.hasOwn(shippedFacts, type)

/** What holds for every event of that type. */
export const factsOf = (type: string): EventFacts => (isShipped(type) ? shippedFacts[type] : unknownFacts)

/** The shipped types that a fact is true of, in the order in which they are declared. */
export const shippedTypesWith = (isTrue: (facts: EventFacts) => boolean): readonly ShippedType[] =>
  (Object.keys(shippedFacts) as ShippedType[]).filter((type) => isTrue(shippedFacts[type]))

/** Whether an event changes something that others would want to be told of: not looking, subscribing, muting, or a rule's word to one person. */
export const isForFollowers = (type: string): boolean => factsOf(type).notifies === 'followers'

/** As what the history strip counts an event; `null` for one that it leaves out. */
export function activityOf(type: string, triggeredBy: string): ActivityKind | null {
  const { activity } = factsOf(type)
  return activity !== null && triggeredBy === 'automation' ? 'automated' : activity
}
