import { firstInstant, lastInstant } from './instant.ts'

/** A range of a chain's places whose times are off, and the milliseconds to add. */
export type TimeCorrection = {
  readonly fromSeq: number
  /** Included. */
  readonly toSeq: number
  readonly byMillis: number
}

/** The milliseconds to add at each place of a chain. */
export type TimeOffsets = {
  /** @param seq a place of the chain. */
  at(seq: number): number
  /** The places at which the sum changes, upwards: from each up to the next it is the same. */
  readonly steps: readonly number[]
}

/** More than this moves any time to one end of the years there are. */
const most = BigInt(lastInstant - firstInstant)

/** Sums corrections of one chain, so that their order never matters and a place costs a search by halving. */
export function timeOffsets(corrections: readonly TimeCorrection[]): TimeOffsets {
  const changes = new Map<number, bigint>()
  for (const { fromSeq, toSeq, byMillis } of corrections) {
    if (toSeq < fromSeq) continue
    changes.set(fromSeq, (changes.get(fromSeq) ?? 0n) + BigInt(byMillis))
    changes.set(toSeq + 1, (changes.get(toSeq + 1) ?? 0n) - BigInt(byMillis))
  }
  const steps = [...changes.keys()].sort((a, b) => a - b)
  let sum = 0n
  const sums = steps.map((seq) => {
    sum += changes.get(seq) ?? 0n
    return Number(sum > most ? most : sum < -most ? -most : sum)
  })
  return {
    steps,
    at(seq) {
      let low = 0
      let high = steps.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((steps[middle] as number) <= seq) low = middle + 1
        else high = middle
      }
      return sums[low - 1] ?? 0
    },
  }
}

/** A recorded time with what is to be added, kept within the years 1 to 9999. */
export const shiftedTime = (recorded: number, by: number): number =>
  by === 0 ? recorded : Math.min(Math.max(recorded + by, firstInstant), lastInstant)

/** What is known of clocks that were wrong. */
export type ClockStanding = {
  /** How many events a clock jumped at, a thousand at most. */
  readonly events: number
  /** How far the furthest event that was not imported is ahead of now, where that is more than a day; else `null`. */
  readonly ahead: number | null
  /** The newest events that were recorded by a clock that was ahead, from one position to another on one device, and by how much at least; `null` where there are none. */
  readonly newest: { readonly from: number; readonly to: number; readonly millis: number } | null
}
