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
