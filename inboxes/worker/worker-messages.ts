import { z } from 'zod'
import type { Notification } from '#contract/answers/inbox-answers.ts'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import type { Arrivals } from '#db/log/receive-events.ts'
import type { ChainFork } from '#db/log/rows/chain-store.ts'
import type { AutomatedCommand } from '../contract/host-port.ts'

const position = z.int().nonnegative()
const id = z.int().nonnegative()

/** What a host sends to its inbox worker. */
export const toWorker = z.discriminatedUnion('kind', [
  /** Asks for a sign of life. */
  z.strictObject({ kind: z.literal('ping'), id }),
  /**
   * Who sits here and the secrets as they were entered, by `INBOX/FIELD`: the worker begins with the first of these, and takes later ones
   * over; also where only settings changed, or deliveries were replayed. Secrets travel by message alone, never by argument or environment.
   */
  z.strictObject({
    kind: z.literal('configure'),
    identity: z.strictObject({
      memberId: z.string(),
      workspaceId: z.string(),
      name: z.string(),
      keyPrefix: z.string(),
    }),
    secrets: z.record(z.string(), z.string()),
    /** Outgoing inboxes that send nothing until the person agrees, for the folder came from elsewhere. */
    held: z.array(z.string()).optional(),
    /** Those that are there and can't be opened by this host, as `INBOX/FIELD`. */
    unreadable: z.array(z.string()).optional(),
  }),
  /** The log grew, up to this position. */
  z.strictObject({ kind: z.literal('wake'), position }),
  /** Do everything that can be done now; answered by `drained`. */
  z.strictObject({ kind: z.literal('drain'), id }),
  /** Try an inbox's settings out; answered by `tested`. */
  z.strictObject({
    kind: z.literal('test'),
    id,
    inbox: z.string(),
    target: z.string().optional(),
  }),
  /** A round of sync at once; answered by `synced`. */
  z.strictObject({ kind: z.literal('sync_now'), id }),
  /** What the worker's `execute` or `notify` came to. */
  z.strictObject({ kind: z.literal('answer'), id, value: z.unknown() }),
  /** Finish the delivery under way and end. */
  z.strictObject({ kind: z.literal('stop') }),
])
export type ToWorker = z.infer<typeof toWorker>

/** What the worker sends to its host. `position` is how far its inboxes have read the log. */
export const fromWorker = z.discriminatedUnion('kind', [
  /** It is up, and waits to be configured. */
  z.strictObject({ kind: z.literal('ready'), position }),
  z.strictObject({ kind: z.literal('pong'), id, position }),
  /** Another process on this workspace runs the inboxes; this one takes over when that ends. */
  z.strictObject({ kind: z.literal('standby') }),
  z.strictObject({ kind: z.literal('working') }),
  /** Another process wrote to the delivery store: it asks to be configured anew. */
  z.strictObject({ kind: z.literal('stale') }),
  /** Deliveries, notices or an inbox's state changed. */
  z.strictObject({ kind: z.literal('progress'), position }),
  z.strictObject({ kind: z.literal('drained'), id }),
  z.strictObject({ kind: z.literal('tested'), id, ok: z.boolean(), detail: z.string() }),
  /** The standing with the sync server. */
  z.strictObject({ kind: z.literal('sync'), view: z.custom<SyncView>() }),
  z.strictObject({ kind: z.literal('synced'), id, view: z.custom<SyncView>() }),
  z.strictObject({ kind: z.literal('receive'), id, arrivals: z.custom<Arrivals>() }),
  z.strictObject({ kind: z.literal('fork_chain'), id, fork: z.custom<ChainFork>() }),
  z.strictObject({
    kind: z.literal('keep_secret'),
    id,
    inbox: z.string(),
    field: z.string(),
    value: z.string(),
  }),
  z.strictObject({ kind: z.literal('execute'), id, request: z.custom<AutomatedCommand>() }),
  z.strictObject({ kind: z.literal('notify'), id, notification: z.custom<Notification>() }),
])
export type FromWorker = z.infer<typeof fromWorker>

/** The worker's questions and what the host answers each with. */
export type HostAnswers = {
  readonly execute: Result<{ readonly events: number; readonly position: number }>
  readonly notify: boolean
  readonly receive: Result<{ readonly appended: number }, RemoteCode>
  readonly fork_chain: Result<null, RemoteCode>
  readonly keep_secret: Result<null, RemoteCode>
}
