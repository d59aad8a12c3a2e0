import { z } from 'zod'
import { mostEventsAPush } from './protocol.ts'
import { chainReceipt, type ServerCursor, wireChain, wireEvent } from './wire-events.ts'
import { wireHash, wireId, wireSeq } from './wire-values.ts'

/** `POST /v1/workspaces/{id}/push`: a piece of one chain, next after what the server has. Taken whole or refused whole. */
export const pushRequest = wireChain.extend({
  /** The place that `events` follows; what the server has of them already is compared and passed over. */
  after: wireSeq,
  prevHash: wireHash,
  events: z.array(wireEvent).min(1).max(mostEventsAPush),
  /**
   * Of the last event, where the chain is somebody else's: the hash chain vouches for all before it. `chain` where it was given for another: for
   * that which this one forks off.
   */
  receipt: chainReceipt.pick({ memberId: true, seal: true }).extend({ chain: wireId.optional() }).optional(),
})
export type PushRequest = z.infer<typeof pushRequest>
export type Pushed = {
  /** The chain's end on the server now. */
  readonly stored: number
  readonly cursor: ServerCursor
  /** How far the clock that recorded these is ahead of the server's, in milliseconds, where that is more than five minutes. */
  readonly aheadMillis?: number
}
