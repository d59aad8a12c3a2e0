import { z } from 'zod'
import { handle } from '#core/entities/entity-events.ts'
import { eventName } from '#core/events/event.ts'
import { line } from '#core/text/text.ts'
import { firstInstant, lastInstant } from '#core/time/instant.ts'

/**
 * What client and server say to each other, version 1. Every request carries `Docket-Protocol: 1`; see `docs/protocol.md`, which is written
 * from this file.
 */
export const protocolVersion = 1
export const protocolHeader = 'Docket-Protocol'

/**
 * Names of what servers came to understand after their first release, one a thing. A server says them in its answer to `hello`, and a client sends
 * what an older server would refuse (requests are strict) only to one that names it. Names are added, never changed or taken away.
 */
export const serverFeatures = [
  /** Events of types, payload versions and kinds of streams that it does not know. */
  'unknown_events',
  /** What a digest was folded with, in `POST digests`. */
  'digest_folds',
  /** `finished` in `POST hello`. */
  'finished_chains',
] as const satisfies readonly string[]
export type ServerFeature = (typeof serverFeatures)[number]

export const mostEventsAPush = 1_000
/** Of one event's payload, as sent. */
export const mostPayloadBytes = 2 * 1_048_576
/** Of a request's body once it is decompressed. */
export const mostBodyBytes = 16 * 1_048_576
/** Of a request's body as it is sent. */
export const mostSentBytes = 8 * 1_048_576
/** An event whose clock is further ahead of the server's than this is taken and flagged. */
export const mostAheadMillis = 300_000

const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'is not an id')
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal')
const seq = z.int().nonnegative()
const name = z.string().regex(eventName, 'is not a name in lower case')
const base64 = z.base64().max(mostPayloadBytes * 2)
/** Of a device's public key (X25519), and of the proof that goes with it. */
export const deviceKeyBytes = 32
/** Base64 of exactly so many bytes. */
const base64Of = (bytes: number) => {
  const [digits, padding] = [Math.ceil((4 * bytes) / 3), (3 - (bytes % 3)) % 3]
  return z.string().regex(new RegExp(`^[A-Za-z0-9+/]{${digits}}={${padding}}$`), `is not of ${bytes} bytes`)
}

/** One event of a chain, as it travels. Its header is what the hash covers; the payload comes in one of three forms. */
export const wireEvent = z.strictObject({
  id: uuid,
  /** Also of kinds that only a newer Docket knows, as types are and payload versions. */
  streamType: name,
  streamId: uuid,
  type: name,
  schemaVersion: z.int().min(1).max(1_000),
  actorId: uuid,
  replicaSeq: z.int().positive(),
  hlc: z.int().nonnegative(),
  /** Years 1 to 9999: whatever is outside of them no calendar here can show. */
  occurredAt: z.int().min(firstInstant).max(lastInstant),
  hash: sha256,
  /** Readable: the stored canonical JSON, byte for byte. */
  data: z.string().max(mostPayloadBytes).optional(),
  /** Absent beside `data` for the commonest, `{"triggeredBy":"manual"}`. */
  metadata: z.string().max(mostPayloadBytes).optional(),
  /** Sealed: nonce and ciphertext, and the number of the workspace key that opens it. */
  sealed: base64.optional(),
  key: z.int().positive().optional(),
  /** Only where the payload can't be read: it is sealed, or is not here (then neither `data` nor `sealed` is there). */
  payloadHash: sha256.optional(),
  /** Came from another tracker: its actor is whoever acted there, and nobody acts on it. */
  imported: z.literal(true).optional(),
  /** Of `created`: the number that the issue got while nobody but this replica gave numbers. */
  number: z.int().positive().optional(),
})
export type WireEvent = z.infer<typeof wireEvent>

/** A chain of a replica. A fork is the tail that a restored copy wrote under the replica's old name: it goes on from `fork.seq` of `fork.chain`. */
export const wireChain = z.strictObject({
  chain: uuid,
  /** As the events' hashes name it; the same as `chain` but for forks. */
  replicaId: uuid,
  fork: z.strictObject({ chain: uuid, seq: z.int().nonnegative() }).optional(),
})
export type WireChain = z.infer<typeof wireChain>

/** How far a chain reaches. */
export const chainHead = z.strictObject({ chain: uuid, seq, hash: sha256 })
export type ChainHead = z.infer<typeof chainHead>

/** A place in the server's order. `mark` is the server's own hash chain at that place: a server that lost its tail knows no such mark. */
export const serverCursor = z.strictObject({ seq, mark: sha256 })
export type ServerCursor = z.infer<typeof serverCursor>
export const startCursor: ServerCursor = { seq: 0, mark: '0'.repeat(64) }

export const roles = ['owner', 'member', 'reader'] as const
export const role = z.enum(roles)
export type Role = z.infer<typeof role>

/** `POST /v1/join`: takes an invite. The key of an encrypted workspace is part of the invite's text and is never sent. */
export const joinRequest = z.strictObject({
  code: z.string().min(1).max(200),
  /**
   * A secret of whoever joins, made up for this invite: asked again with it, after an answer that was lost, the invite gives the same device a new
   * token.
   */
  attempt: z.string().min(20).max(200).optional(),
  device: z.strictObject({
    name: line,
    /** X25519, base64: workspace keys are sealed for it. `proof` shows that the device has the workspace key. */
    publicKey: base64Of(deviceKeyBytes).optional(),
    proof: base64Of(deviceKeyBytes).optional(),
  }),
  /** Who this copy has been so far; the server says who it is from now on. */
  member: z.strictObject({ id: uuid, name: line, handle: handle.optional() }),
  /** The stream of this copy's own workspace events, which a workspace without any takes over. */
  historyId: uuid,
})
export type JoinRequest = z.input<typeof joinRequest>
export type Joined = {
  readonly token: string
  readonly deviceId: string
  readonly workspaceId: string
  /** The stream of the workspace's own events. */
  readonly historyId: string
  readonly name: string
  readonly encrypted: boolean
  /** Where it differs from the member of the request: this is another device of somebody who was there already. */
  readonly member: { readonly id: string; readonly name: string; readonly role: Role }
}

/** `POST /v1/workspaces/{id}/hello`: what this copy has; asks what the server has. */
export const helloRequest = z.strictObject({
  chains: z.array(chainHead).max(10_000),
  cursor: serverCursor,
  /**
   * Of the chains of the server's own replicas that this copy has, by id, all but the newest: their number and what `hashEnds` makes of them. The
   * server begins such a chain with every start: where it has the very same, neither side lists them.
   */
  finished: z.strictObject({ count: z.int().positive().max(1_000_000), hash: sha256 }).optional(),
})
export type HelloRequest = z.infer<typeof helloRequest>
export type Hello = {
  readonly workspaceId: string
  readonly historyId: string
  readonly name: string
  readonly encrypted: boolean
  /** Number of the newest workspace key; 0 where nothing is encrypted. */
  readonly key: number
  /** Somebody who had the newest key is gone: any owner's copy begins the next one. */
  readonly needsKey: boolean
  readonly member: { readonly id: string; readonly role: Role }
  readonly deviceId: string
  /** The server's newest place. */
  readonly cursor: ServerCursor
  /** Whether the server still knows the place of the request; if not, it lost its tail and is pulled again from an earlier one. */
  readonly cursorKnown: boolean
  /** Every chain that the server has, with its end, but for those that `finished` counts. */
  readonly chains: readonly (WireChain & ChainHead)[]
  /**
   * Chains of the server's own replicas among `chains`. Their events' actor is the id derived from (`server`, workspace id), and any member
   * brings back the end of such a chain, or all of it, where the server lost it.
   */
  readonly serverChains: readonly string[]
  /** How many chains are left out because `finished` of the request says that the copy has them to the same ends. */
  readonly finished?: number | undefined
  /** What this server understands beyond its first release: {@link serverFeatures}, and what a newer one adds. Nothing where it does not say. */
  readonly understands: readonly string[]
}

/** Whether the server of that greeting understands a feature: only then is it sent what an older one would refuse. */
export const understands = (hello: Pick<Hello, 'understands'>, feature: ServerFeature): boolean =>
  hello.understands.includes(feature)

/**
 * Shows that this server had a chain up to there, and whose it was (`null` for the server's own): whoever pulled it keeps it, and brings the chain
 * back up to that place should the server lose it while its owner stays away. `seal` is an HMAC with the server's secret over all of it.
 */
export const chainReceipt = z.strictObject({
  chain: uuid,
  seq: z.int().positive(),
  hash: sha256,
  memberId: uuid.nullable(),
  seal: sha256,
})
export type ChainReceipt = z.infer<typeof chainReceipt>

/** `POST /v1/workspaces/{id}/push`: a piece of one chain, next after what the server has. Taken whole or refused whole. */
export const pushRequest = wireChain.extend({
  /** The place that `events` follows; what the server has of them already is compared and passed over. */
  after: seq,
  prevHash: sha256,
  events: z.array(wireEvent).min(1).max(mostEventsAPush),
  /**
   * Of the last event, where the chain is somebody else's: the hash chain vouches for all before it. `chain` where it was given for another: for
   * that which this one forks off.
   */
  receipt: chainReceipt.pick({ memberId: true, seal: true }).extend({ chain: uuid.optional() }).optional(),
})
export type PushRequest = z.infer<typeof pushRequest>
export type Pushed = {
  /** The chain's end on the server now. */
  readonly stored: number
  readonly cursor: ServerCursor
  /** How far the clock that recorded these is ahead of the server's, in milliseconds, where that is more than five minutes. */
  readonly aheadMillis?: number
}

/** `GET /v1/workspaces/{id}/events?after=&mark=&limit=&bytes=&except=CHAIN:SEQ,…`: what comes after a cursor, in the server's order. */
export const pullQuery = z.strictObject({
  after: z.coerce.number().int().nonnegative(),
  mark: sha256,
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
  chain: uuid,
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
  head: seq,
  more: z.boolean(),
})
export type PulledPage = z.infer<typeof pulledPage>

/** `GET /v1/workspaces/{id}/nudges`: server-sent events, `nudge` with this as its data whenever the workspace grew. */
export const nudge = z.strictObject({
  seq,
  /** Something other than events changed (a role, a key, who is here): greet again. */
  greet: z.literal(true).optional(),
})
export type Nudge = z.infer<typeof nudge>

/**
 * Another event of that stream, its last: the device has opened too many, and whoever hears this opens no other by itself. `?obeys=closed` says that
 * a client does so; of one that does not say it the newest stream is refused instead (429).
 */
export const closedStream = 'closed'
export type ClosedStream = { readonly code: 'too_many_streams' }

/** `GET /v1/workspaces/{id}/chains/{chain}/{seq}`: the hash there. 404 `unknown_place` where there is none. */
export type ChainPlace = { readonly hash: string }

/** `POST /v1/workspaces/{id}/digests`: what the calling device's state comes to when it has everything up to `seq` and nothing more. */
export const digestReport = z.strictObject({
  /** What the copy is called here: the id of its device, which the caller has to be. */
  chain: uuid,
  seq,
  digest: sha256,
  events: z.int().nonnegative().max(2_147_483_647),
  /** What the state was folded with: only digests of one fold say anything about each other. Absent: as the first release folds. */
  fold: z.string().min(1).max(100).optional(),
})
export type DigestReport = z.infer<typeof digestReport>
export type DigestReports = {
  /** The last of each replica, this one's too. `evidence`: its trail is there to be compared. */
  readonly reports: readonly (DigestReport & {
    readonly device: string
    readonly member: string
    readonly at: number
    readonly evidence: boolean
  })[]
}
/**
 * `PUT` and `GET /v1/workspaces/{id}/evidence/{chain}`: after a disagreement, each event in total order with the digest of its stream's state
 * after it, so that the first that differs can be named. Opaque to the server; at most 32 MiB.
 */
export const mostEvidenceBytes = 32 * 1_048_576

/** `GET /v1/workspaces/{id}/team`. */
export type Team = {
  readonly members: readonly {
    readonly id: string
    readonly name: string
    readonly role: Role
    readonly joinedAt: number
    readonly removedAt: number | null
  }[]
  readonly devices: readonly {
    readonly id: string
    readonly memberId: string
    readonly name: string
    readonly createdAt: number
    readonly seenAt: number | null
    readonly publicKey: string | null
    readonly proof: string | null
  }[]
  /** Not taken and not out of date. */
  readonly invites: readonly {
    readonly id: string
    readonly role: Role
    /** Set where it is for another device of somebody who is a member. */
    readonly memberId: string | null
    readonly createdAt: number
    readonly expiresAt: number
  }[]
}
/** `GET /v1/workspaces/{id}/team?limit=&after=`: with a limit it is answered page by page; older servers answer with all at once and no `next`. */
export const teamQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
  /** What the page before said is next. */
  after: z
    .string()
    .regex(
      /^(members|devices|invites):([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?$/,
      'is no place in a team',
    )
    .optional(),
})
export type TeamQuery = z.output<typeof teamQuery>
export type TeamPage = Team & { readonly next: string | null }
/** `POST /v1/workspaces/{id}/invites`, owners only but for a further device of one's own. Taken once. */
export const inviteRequest = z.strictObject({
  role: role.default('member'),
  memberId: uuid.optional(),
  hours: z
    .int()
    .min(1)
    .max(24 * 30)
    .default(72),
})
export type InviteRequest = z.input<typeof inviteRequest>
export type Invited = { readonly id: string; readonly code: string; readonly expiresAt: number }
/** `PATCH /v1/workspaces/{id}/members/{member}`, owners only; the last owner stays one. `DELETE` removes the member and revokes every token. */
export const memberChange = z.strictObject({ role })
/** `DELETE /v1/workspaces/{id}/devices/{device}` revokes one token; `DELETE /v1/workspaces/{id}/invites/{invite}` takes an invite back. */

/** `GET /v1/workspaces/{id}/keys`: what opens the workspace key for this device. */
export type Keys = {
  readonly key: number
  /** The newest key, sealed for this device's public key; `null` where nobody has done that yet. */
  readonly box: string | null
  /** Each earlier key, sealed with the one after it. */
  readonly ladder: readonly { readonly key: number; readonly sealed: string }[]
}
/** The highest number of a workspace key: both sides refuse what is beyond. */
export const mostWorkspaceKeys = 10_000
/** Of a workspace key. */
export const workspaceKeyBytes = 32
/** Of a rung: a nonce, the key before, and the seal over it. */
const rungBytes = 24 + workspaceKeyBytes + 16
/** Of a box: the key of whoever sealed it, the seal, and the workspace key. */
const keyBoxBytes = 32 + 16 + workspaceKeyBytes
/** `POST /v1/workspaces/{id}/keys`: begins encryption (key 1, before the first event) or the next key; owners only. */
export const newKey = z.strictObject({
  key: z.int().positive().max(mostWorkspaceKeys),
  /** The key before, sealed with this one; absent for the first. */
  sealedBefore: base64Of(rungBytes).optional(),
  boxes: z.array(z.strictObject({ deviceId: uuid, box: base64Of(keyBoxBytes) })).max(20_000),
})
export type NewKey = z.infer<typeof newKey>

/** What a refusal's body holds under `error.code`. */
export const syncRefusals = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  /** An event's actor is not the token's member. */
  forged_actor: 403,
  unknown_workspace: 404,
  unknown_place: 404,
  unknown_route: 404,
  /** The events do not follow the chain's end; `details` has `seq` and `hash` of that end. */
  chain_gap: 409,
  /** The server has other events at the same places: this copy was restored or cloned. `details` has the first such `seq`. */
  chain_forked: 409,
  cursor_unknown: 409,
  key_taken: 409,
  /** An event is sealed with another key than the newest; `details` has the number of that. */
  key_outdated: 409,
  last_owner: 409,
  /** There are as many devices, members, invites or chains as there may be; `details.limit` says how many. */
  limit_reached: 409,
  invite_unusable: 410,
  body_too_large: 413,
  /** A hash does not match its event, or a payload is not of its type's shape. */
  forged_hash: 422,
  invalid_event: 422,
  unknown_event: 422,
  not_encrypted: 422,
  /** Too old or too new to be understood; `details` has the versions that are. */
  update_needed: 426,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  disk_full: 507,
} as const satisfies Record<string, number>
export type SyncRefusalCode = keyof typeof syncRefusals
export const syncRefusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
})
