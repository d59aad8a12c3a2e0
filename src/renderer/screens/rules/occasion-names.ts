import { factsOf, shippedTypesWith } from '#core/events/shipped-facts.ts'

/** What a rule can wait for, in the order in which it is offered. */
export const offeredOccasions: readonly string[] = shippedTypesWith(({ ruleTrigger }) => ruleTrigger !== null)

/** How people call it. */
export const occasionName = (type: string): string => factsOf(type).ruleTrigger ?? type.replaceAll('_', ' ')
