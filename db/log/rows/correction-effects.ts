import type { EventOrder } from '#core/events/event-order.ts'
import type { EventRow } from './event-rows.ts'

/** Who may correct whose times, by what the log alone says: the same on every copy that has the same events. */
export type CorrectionAuthority = {
  /** The actor of the first event of a chain that was recorded by hand there; `undefined` where there is none. */
  memberOf(chain: string): string | undefined
  /** Who may correct anybody's times after everything that is here. */
  owners(): readonly string[]
  /** Works out once who were the owners when: {@link OwnersThen}. */
  ownersThen(): OwnersThen
}

/** Whether somebody was an owner at a place of the total order. */
export type OwnersThen = (member: string, at: EventOrder) => boolean

/**
 * Keeps what `times_corrected` events are good for. Inside the append's transaction. What one comes to is worked out at once, and has its effect in pieces, place by
 * place of a chain: between two of them everything that goes by time is what the events come to with the part that has its effect.
 */
export type TimeCorrections = CorrectionAuthority & {
  /** Takes in an event that was just written: its own correction where it is one, and its own time where that is corrected already. */
  noted(
    row: Pick<EventRow, 'position' | 'chainId' | 'replicaSeq' | 'occurredAt' | 'streamId' | 'actorId'>,
    type: string,
  ): undefined
  /** Whether there are corrections, with an effect or without. */
  any(): boolean
  /** Works out anew what every correction is good for; what differs from what has its effect waits for {@link TimeCorrections.step}. */
  workOut(): undefined
  /** Whether any correction waits to have all of its effect. */
  pending(): boolean
  /** Gives the next events the times that they have by now, at most `limit` of them. @returns the streams that were touched. */
  step(limit: number): ReadonlySet<number>
  /**
   * The same from nothing. @param positions of all `times_corrected` events. @param all whether every correction has all of its effect at once, as a rebuild does it, or
   * as much as it had so far. @returns all streams that hold corrected events.
   */
  again(positions: readonly number[], all: boolean): ReadonlySet<number>
}
