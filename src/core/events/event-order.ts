/** Ticks a millisecond of the hybrid logical clock. 10 bits of counter leave whole milliseconds exact until the year 2248. */
export const ticksPerMilli = 1024

/**
 * The next reading of a hybrid logical clock (Kulkarni et al., 2014) kept in one integer: never before the wall clock, always
 * after `last`. More than 1,024 readings in a millisecond run over into the next, which keeps the order.
 * @param last the last reading seen; 0 for none. @param now wall clock in milliseconds.
 */
export function nextHlc(last: number, now: number): number {
  return Math.max(last + 1, Math.floor(now) * ticksPerMilli)
}

/** The wall-clock part of a reading, in milliseconds. */
export const hlcMillis = (hlc: number): number => Math.floor(hlc / ticksPerMilli)

/** Where an event stands in the total order. */
export type EventOrder = {
  readonly hlc: number
  readonly replicaId: string
  readonly replicaSeq: number
  readonly id: string
}

/**
 * The total order that every replica folds in: (`hlc`, `replicaId`, `replicaSeq`), and between the two ends of a fork, which may share all three, the
 * id. For `Array.prototype.sort`.
 */
export function totalOrder(a: EventOrder, b: EventOrder): number {
  if (a.hlc !== b.hlc) return a.hlc - b.hlc
  if (a.replicaId !== b.replicaId) return a.replicaId < b.replicaId ? -1 : 1
  if (a.replicaSeq !== b.replicaSeq) return a.replicaSeq - b.replicaSeq
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

export const orderOf = ({ hlc, replicaId, replicaSeq, id }: EventOrder): EventOrder => ({
  hlc,
  replicaId,
  replicaSeq,
  id,
})

/**
 * Sorts into the total order; of an event that several replicas recorded, the first stays. One that waits to be known or readable has no effect, and
 * takes the place of none that has.
 */
export function inTotalOrder<Event extends EventOrder & { readonly waiting?: unknown }>(
  events: readonly Event[],
): Event[] {
  const seen = new Set<string>()
  return events
    .toSorted(totalOrder)
    .filter(({ id, waiting }) => waiting !== undefined || (!seen.has(id) && seen.add(id)))
}
