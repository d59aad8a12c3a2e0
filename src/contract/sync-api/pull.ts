import { z } from 'zod'
import { chainReceipt, serverCursor, wireChain, wireEvent } from './wire-events.ts'
import { wireHash, wireId, wireSeq } from './wire-values.ts'

/** `GET /v1/workspaces/{id}/events?after=&mark=&limit=&bytes=&except=CHAIN:SEQ,…`: what comes after a cursor, in the server's order. */
export const pullQuery = z.strictObject({
  after: z.coerce.number().int().nonnegative(),
  mark: wireHash,
  limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
  bytes: z.coerce.number().int().min(1_024).max(8_388_608).default(1_048_576),
  /** Chains that this copy wrote itself, each up to where it need not be sent back. */
  except: z.string().max(4_000).optional(),
})
export type PullQuery = z.input<typeof pullQuery>
/** Tolerant of what a newer server adds around events; an event itself is understood whole or not at all. */
export const pulledEvent = z.object({
  /** The chain it belongs to, as an index into the page's `chains`. */
  chain: z.int().nonnegative(),
  event: wireEvent,
  aheadMillis: z.int().positive().optional(),
})
export type PulledEvent = z.infer<typeof pulledEvent>
/**
 * Events that a page leaves out as `except` asked: `count` of them, of `chain` from `seq` on, at `place` of the server's order and the places after
 * it. With them whoever has those events works out the marks of all places that the page goes over.
 */
export const leftOut = z.object({
  place: z.int().positive(),
  chain: wireId,
  seq: z.int().positive(),
  count: z.int().positive(),
})
export type LeftOut = z.infer<typeof leftOut>
export const pulledPage = z.object({
  chains: z.array(wireChain).max(5_000),
  events: z.array(pulledEvent).max(5_000),
  /** For the last event here of each chain. */
  receipts: z.array(chainReceipt).max(5_000),
  /** In order; absent from older servers. */
  leftOut: z.array(leftOut).max(20_000).optional(),
  /** The last place that the page goes over. */
  cursor: serverCursor,
  /** The server's newest place. */
  head: wireSeq,
  more: z.boolean(),
})
export type PulledPage = z.infer<typeof pulledPage>

/** `GET /v1/workspaces/{id}/chains/{chain}/{seq}`: the hash there. 404 `unknown_place` where there is none. */
export type ChainPlace = { readonly hash: string }
