/** Milliseconds of a frame that long work takes before the event loop gets its turn; the rest is for what people do meanwhile. */
const share = 7

/** How much long work does at once, so that it stays within its share of a frame on this machine, with this data. */
export type AdaptiveBatch = {
  /** How many pieces to take now. */
  readonly size: number
  /** Learns how long some pieces took, in milliseconds. */
  took(pieces: number, millis: number): void
}

/** @param first pieces to begin with: few enough for a slow machine. @param most never more than this at once. */
export function adaptiveBatch(first: number, most: number): AdaptiveBatch {
  let size = first
  return {
    get size() {
      return size
    },
    took(pieces, millis) {
      const fit = (pieces * share) / Math.max(0.1, millis)
      // Slowly up, and never from a few, which say little; at once down.
      if (fit < size) size = millis > share ? Math.max(first / 4, fit) : size
      else if (pieces >= size) size = Math.min(fit, size * 1.5, most)
      size = Math.round(size)
    },
  }
}
