import type { LogReader } from '../log/log-reader.ts'
import type { DeliveryStore } from '../store/delivery-store.ts'
import type { Notices } from '../store/notice-store.ts'

type Around = {
  readonly deliveryStore: DeliveryStore
  readonly reader: LogReader
  readonly notices: Pick<Notices, 'relocate'>
}

/**
 * Holds every checkpoint against the log. One that stands at another event, or at none, is of another log: a backup was put back, whose
 * history nobody acts on again. Such an inbox begins at the end that the log has now. @returns whether there was any.
 */
export function reconcileCheckpoints({ deliveryStore, reader, notices }: Around): boolean {
  const end = reader.position()
  const strayed = deliveryStore.inboxes().filter(({ name, position, eventHash }) => {
    if (position === 0) return false
    const there = reader.hashAt(position)
    if (there === null || (eventHash !== null && !eventHash.equals(there))) return true
    if (eventHash === null) deliveryStore.move({ name, from: position, to: position, eventHash: there })
    return false
  })
  if (strayed.length === 0) return false
  for (const { name, position } of strayed)
    deliveryStore.move(
      { name, from: position, to: end, eventHash: reader.hashAt(end) },
      `The log was replaced, by a backup it seems: it is not the one in which this inbox had read ${position} events. What the log held when that was found (${end} events) is not acted on; what is recorded since is.`,
    )
  notices.relocate(reader.positionOf, end)
  return true
}
