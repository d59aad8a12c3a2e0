import { factsOf } from './shipped-facts.ts'

/** Whether an event says only that somebody read something: nobody's business but the reader's. */
export const isOfReading = (type: string): boolean => factsOf(type).activity === null

/** Whether a receiver gets events of a type. @param types those that it asks for by name; empty for all, reading left out. */
export const asksFor = (types: readonly string[], type: string): boolean =>
  types.length === 0 ? !isOfReading(type) : types.includes(type)
