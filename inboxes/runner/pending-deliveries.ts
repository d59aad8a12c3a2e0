import type { WaitingDelivery } from '../store/deliveries/delivery-rows.ts'
import type { DeliveryStore } from '../store/delivery-store.ts'

/** Rows of a target that are held in memory at a time, whatever waits on disk. */
const heldAtMost = 500

/**
 * What waits for one target: hands out deliveries so that those of one stream go one after the other, and one that must wait for its next
 * attempt holds up its own stream alone. Reads the delivery store a page at a time.
 */
export type PendingDeliveries = {
  /** The next deliveries that may be tried now, each of another stream; they count as under way until given back. */
  take(count: number): readonly WaitingDelivery[]
  /** The delivery is over; the next of its stream may go. */
  finished(delivery: WaitingDelivery): void
  /** The delivery is tried again at `due`; its stream waits for it. */
  postponed(delivery: WaitingDelivery, due: number): void
  /** When the next postponed one comes due, or `undefined`. */
  soonest(): number | undefined
  readonly underWay: number
  /** Reads everything anew, but for what is under way: somebody replayed or discarded. */
  reset(): void
}

/** The deliveries that wait for one target of an inbox. */
export function pendingDeliveries(
  deliveryStore: Pick<DeliveryStore, 'waiting' | 'waitingOfStream'>,
  inbox: string,
  target: string,
  now: () => number,
): PendingDeliveries {
  /** Streams with something to try, in the order they came. */
  const queues = new Map<string, WaitingDelivery[]>()
  const blocked = new Map<string, number>()
  const underWay = new Map<string, number>()
  /** Streams of which more waits on disk than was read. */
  const longer = new Set<string>()
  let cursor = 0
  let held = 0

  function add(row: WaitingDelivery): void {
    const queue = queues.get(row.streamId)
    if (queue) queue.push(row)
    else if (row.due > now() && !underWay.has(row.streamId)) {
      blocked.set(row.streamId, row.due)
      return
    } else queues.set(row.streamId, [row])
    held += 1
  }

  function drop(streamId: string): void {
    held -= queues.get(streamId)?.length ?? 0
    queues.delete(streamId)
  }

  function fill(): void {
    while (held < heldAtMost) {
      const rows = deliveryStore.waiting(inbox, target, cursor, heldAtMost)
      for (const row of rows) {
        cursor = row.id
        if (!blocked.has(row.streamId) && underWay.get(row.streamId) !== row.id) add(row)
      }
      if (rows.length < heldAtMost) return
    }
  }

  /** Reads a stream again from the delivery store, up to what has been read of the target's. */
  function reload(streamId: string): void {
    drop(streamId)
    const rows = deliveryStore.waitingOfStream(inbox, target, streamId, cursor, heldAtMost)
    if (rows.length === heldAtMost) longer.add(streamId)
    else longer.delete(streamId)
    for (const row of rows) if (underWay.get(streamId) !== row.id && !blocked.has(streamId)) add(row)
  }

  function unblock(): void {
    const at = now()
    for (const [streamId, due] of blocked)
      if (due <= at) {
        blocked.delete(streamId)
        reload(streamId)
      }
  }

  return {
    take(count) {
      unblock()
      fill()
      const taken: WaitingDelivery[] = []
      for (const [streamId, queue] of queues) {
        if (taken.length >= count) break
        if (underWay.has(streamId)) continue
        const next = queue[0]
        if (!next) continue
        queue.shift()
        held -= 1
        // Kept while empty, so that what of this stream is read meanwhile stays behind it.
        underWay.set(streamId, next.id)
        taken.push(next)
      }
      return taken
    },
    finished({ streamId }) {
      underWay.delete(streamId)
      const queue = queues.get(streamId)
      // To the end, so that a busy stream does not keep the others waiting.
      queues.delete(streamId)
      if (queue && queue.length > 0) queues.set(streamId, queue)
      else if (longer.has(streamId)) reload(streamId)
    },
    postponed({ streamId }, due) {
      underWay.delete(streamId)
      drop(streamId)
      blocked.set(streamId, due)
    },
    soonest: () => (blocked.size === 0 ? undefined : Math.min(...blocked.values())),
    get underWay() {
      return underWay.size
    },
    reset() {
      queues.clear()
      blocked.clear()
      longer.clear()
      cursor = 0
      held = 0
    },
  }
}
