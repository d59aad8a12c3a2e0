import { v7 as newId } from 'uuid'
import { cameBack } from '../../lib/hash-location.ts'

/** A query, and the name of the order in which its rows are shown. */
export type HeldQuery = { readonly query: string; readonly held: string }

/** The orders of the lists left last, so that going back finds each as it was left. */
const lastHeld = new Map<string, string>()

/** The order for a list that opens: the one it was left in where one comes back to it, else that of now. */
export function orderFor(query: string): HeldQuery {
  const held = (cameBack() ? lastHeld.get(query) : undefined) ?? newId()
  lastHeld.delete(query)
  lastHeld.set(query, held)
  if (lastHeld.size > 30) lastHeld.delete(lastHeld.keys().next().value ?? '')
  return { query, held }
}

/** Keeps a renewed order as the one that its list was left in. */
export function keepOrder({ query, held }: HeldQuery): void {
  lastHeld.set(query, held)
}
