import { z } from 'zod'
import { eventName } from '#core/events/event.ts'
import { firstInstant, lastInstant } from '#core/time/instant.ts'
import { mostPayloadBytes } from './protocol.ts'
import { wireHash, wireId, wireSeq } from './wire-values.ts'

const name = z.string().regex(eventName, 'is not a name in lower case')
const base64 = z.base64().max(mostPayloadBytes * 2)

/** One event of a chain, as it travels. Its header is what the hash covers; the payload comes in one of three forms. */
export const wireEvent = z.strictObject({
  id: wireId,
  /** Also of kinds that only a newer Docket knows, as types are and payload versions. */
  streamType: name,
  streamId: wireId,
  type: name,
  schemaVersion: z.int().min(1).max(1_000),
  actorId: wireId,
  replicaSeq: z.int().positive(),
  hlc: z.int().nonnegative(),
  /** Years 1 to 9999: whatever is outside of them no calendar here can show. */
  occurredAt: z.int().min(firstInstant).max(lastInstant),
  hash: wireHash,
  /** Readable: the stored canonical JSON, byte for byte. */
  data: z.string().max(mostPayloadBytes).optional(),
  /** Absent beside `data` for the commonest, `{"triggeredBy":"manual"}`. */
  metadata: z.string().max(mostPayloadBytes).optional(),
  /** Sealed: nonce and ciphertext, and the number of the workspace key that opens it. */
  sealed: base64.optional(),
  key: z.int().positive().optional(),
  /** Only where the payload can't be read: it is sealed, or is not here (then neither `data` nor `sealed` is there). */
  payloadHash: wireHash.optional(),
  /** Came from another tracker: its actor is whoever acted there, and nobody acts on it. */
  imported: z.literal(true).optional(),
  /** Of `created`: the number that the issue got while nobody but this replica gave numbers. */
  number: z.int().positive().optional(),
})
export type WireEvent = z.infer<typeof wireEvent>

/** A chain of a replica. A fork is the tail that a restored copy wrote under the replica's old name: it goes on from `fork.seq` of `fork.chain`. */
export const wireChain = z.strictObject({
  chain: wireId,
  /** As the events' hashes name it; the same as `chain` but for forks. */
  replicaId: wireId,
  fork: z.strictObject({ chain: wireId, seq: z.int().nonnegative() }).optional(),
})
export type WireChain = z.infer<typeof wireChain>

/** How far a chain reaches. */
export const chainHead = z.strictObject({ chain: wireId, seq: wireSeq, hash: wireHash })
export type ChainHead = z.infer<typeof chainHead>

/** A place in the server's order. `mark` is the server's own hash chain at that place: a server that lost its tail knows no such mark. */
export const serverCursor = z.strictObject({ seq: wireSeq, mark: wireHash })
export type ServerCursor = z.infer<typeof serverCursor>
export const startCursor: ServerCursor = { seq: 0, mark: '0'.repeat(64) }

/**
 * Shows that this server had a chain up to there, and whose it was (`null` for the server's own): whoever pulled it keeps it, and brings the chain
 * back up to that place should the server lose it while its owner stays away. `seal` is an HMAC with the server's secret over all of it.
 */
export const chainReceipt = z.strictObject({
  chain: wireId,
  seq: z.int().positive(),
  hash: wireHash,
  memberId: wireId.nullable(),
  seal: wireHash,
})
export type ChainReceipt = z.infer<typeof chainReceipt>
