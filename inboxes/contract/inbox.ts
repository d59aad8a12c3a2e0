import type { z } from 'zod'
import type { InboxField } from '#contract/answers/inbox-answers.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import type { HostPort } from './host-port.ts'
import type { NewDelivery } from './new-delivery.ts'
import type { Notice, NoticeBook } from './notice-book.ts'
import type { WorkspaceReader } from './workspace-reader.ts'

/** Whose events an inbox sees: those recorded on this replica, those of other replicas, or both. */
export type Scope = 'own' | 'others' | 'all'

/** What became of a delivery. */
export type Outcome =
  | { readonly kind: 'done'; readonly detail?: string }
  /** Nothing had to be done after all; kept with the reason. */
  | { readonly kind: 'skip'; readonly why: string }
  /**
   * It may work later. `afterMillis`: not before so long, where the receiver said so (`Retry-After`). `answered`: the host is there, and it is
   * this target or this message that it does not take now.
   */
  | {
      readonly kind: 'retry'
      readonly why: string
      readonly afterMillis?: number
      readonly answered?: true
    }
  /**
   * The receiver is there and takes nothing of this target for a while (429): the target is closed, no attempt is counted and nothing failed.
   * `afterMillis`: for how long, where it said so.
   */
  | { readonly kind: 'closed'; readonly why: string; readonly afterMillis?: number }
  /** It can't be tried before somebody does something (a secret is missing): no attempt is counted, and the target waits. */
  | { readonly kind: 'hold'; readonly why: string }
  /** It will never work: a dead letter at once. `gone`: nor will anything else for this target, which is switched off. */
  | { readonly kind: 'give_up'; readonly why: string; readonly gone?: true }

export const delivered = (detail?: string): Outcome =>
  detail === undefined ? { kind: 'done' } : { kind: 'done', detail }
export const skip = (why: string): Outcome => ({ kind: 'skip', why })
export const retry = (why: string, afterMillis?: number): Outcome =>
  afterMillis === undefined ? { kind: 'retry', why } : { kind: 'retry', why, afterMillis }
/** `retry`, from a host that is there. */
export const notNow = (why: string, afterMillis?: number): Outcome => ({
  kind: 'retry',
  why,
  answered: true,
  ...(afterMillis === undefined ? {} : { afterMillis }),
})
export const hold = (why: string): Outcome => ({ kind: 'hold', why })
export const giveUp = (why: string): Outcome => ({ kind: 'give_up', why })
export const closed = (why: string, afterMillis?: number): Outcome =>
  afterMillis === undefined ? { kind: 'closed', why } : { kind: 'closed', why, afterMillis }
export const gone = (why: string): Outcome => ({ kind: 'give_up', why, gone: true })

/** One event on its way to one target of one inbox. */
export type Delivery = {
  /** The same at every attempt, whoever makes it: a receiver knows a repeat by it. A UUID from (event, inbox, target). */
  readonly key: string
  /** What the inbox calls the receiver: an endpoint's id, a member's id. Deliveries to one target are in order for each issue. */
  readonly target: string
  readonly event: RecordedEvent
  /** 1 for the first. */
  readonly attempt: number
  /** When the event was taken up, in milliseconds since 1970. */
  readonly createdAt: number
  /** What all deliveries that are handed over together have in common, and have at every repeat, which is of the same ones. A UUID. */
  readonly batch?: string
}

/** What an inbox may leave to others: a rule's "notify" and "webhook". */
export type InboxEffects = {
  notice(notice: Notice): void
  /** Writes a delivery of another inbox down; a known key is passed over. */
  enqueue(delivery: NewDelivery): void
}

/** What an inbox works with. */
export type InboxContext<Settings = unknown> = {
  readonly settings: Settings
  /**
   * A secret as the person entered it, by the name of its field; `undefined` where none is there. Never log it.
   * @throws UnreadableSecretError where it is there and can't be opened here; the runner then holds the delivery.
   */
  secret(name: string): string | undefined
  /** The workspace as it is now; reads only. */
  readonly workspace: WorkspaceReader
  readonly host: HostPort
  /** Where the in-app inbox is kept. */
  readonly notices: NoticeBook
  readonly effects: InboxEffects
  /** Milliseconds since 1970. */
  now(): number
}

/** The same while a delivery is made. */
export type DeliveryContext<Settings = unknown> = InboxContext<Settings> & {
  /** Aborted when the delivery's time is up or the worker ends: whatever is under way should stop. */
  readonly signal: AbortSignal
}

export type Pace = {
  /** Deliveries to one target under way at a time; of one issue it is always one. */
  readonly concurrency: number
  /** Deliveries to one host under way at a time, where the inbox says which targets share one (`hostOf`). */
  readonly perHost: number
  /** How long one attempt may take, in milliseconds. */
  readonly timeoutMillis: number
  /** Attempts before a dead letter. */
  readonly attempts: number
  /** Milliseconds from the start of one attempt at a target to the start of the next, at least: what its receiver takes. */
  readonly everyMillis: number
  /** The first back-off and the longest, in milliseconds; doubled with each attempt, then drawn from 0 to that (full jitter). */
  readonly firstBackoffMillis: number
  readonly longestBackoffMillis: number
}

export const usualPace: Pace = {
  concurrency: 4,
  perHost: 8,
  timeoutMillis: 15_000,
  attempts: 12,
  everyMillis: 0,
  firstBackoffMillis: 1_000,
  longestBackoffMillis: 3_600_000,
}

/** Secrets by the names of their fields; `null` takes one away. */
export type SecretValues = Readonly<Record<string, string | null>>

export type SecretChange<Settings> = {
  readonly settings: Settings
  readonly secrets: SecretValues
  /** The one that is there, as it was entered. */
  current(name: string): string | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

type Described<Settings> = {
  /** Kebab-case, unique, never changed: its checkpoint is kept under it. */
  readonly name: string
  readonly title: string
  /** One sentence: what it does. */
  readonly about: string
  readonly scope: Scope
  /** Whether it runs before anybody has set it up. */
  readonly onByDefault: boolean
  /** Must accept `{}` (all defaults). Holds no secret: those are fields of kind `secret` in `form`, kept apart. */
  readonly settings: z.ZodType<Settings>
  /** How the settings are asked for. */
  readonly form: readonly InboxField[]
  /** Whether an event is its business. Quick, synchronous, no side effect. Imported history never gets here. */
  shouldProcess(event: RecordedEvent, context: InboxContext<Settings>): boolean
  /** Called before secrets are kept: settings and further secrets that a new one entails (an old one that still signs for a day). */
  onSecrets?(change: SecretChange<Settings>): { readonly settings: Settings; readonly secrets: SecretValues }
  /** Ends what the inbox holds open (a connection), when it is switched off or the worker ends. */
  close?(): Promise<void>
  /**
   * Whether anything is missing in settings or secrets, as a sentence; `undefined` where it can work. An inbox that is not ready passes
   * no event over: it waits.
   */
  notReady?(context: InboxContext<Settings>): string | undefined
  /** Why nobody hears of anything though it works, as a sentence; events are passed over all the same. `undefined` where somebody does. */
  unheard?(context: Pick<InboxContext<Settings>, 'workspace' | 'settings'>): string | undefined
}

/** An inbox that reaches out: every event it takes becomes a delivery a target in the delivery store, tried until it is done or dead. */
export type DeliveringInbox<Settings = unknown> = Described<Settings> & {
  readonly inline?: false
  readonly pace?: Partial<Pace>
  /** To whom the event goes; `[name]` where absent. Quick and synchronous. */
  targets?(event: RecordedEvent, context: InboxContext<Settings>): readonly string[]
  /**
   * The host that a target is reached at, where several targets may share one: once it does not answer it is left alone for all of them.
   * `undefined` where a target stands for itself.
   */
  hostOf?(target: string, context: InboxContext<Settings>): string | undefined
  /** One attempt. A throw counts as `retry` with the error's message. */
  handle(delivery: Delivery, context: DeliveryContext<Settings>): Promise<Outcome>
  /**
   * Where the inbox sends several events as one (a digest, a summary): how long deliveries to a target are gathered after the first, in
   * milliseconds, 0 for not at all. Then `handleTogether` gets all that wait for that target.
   */
  gatherMillis?(context: InboxContext<Settings>): number
  /** Whether what waits while a target is closed is sent as one, though nothing is gathered otherwise. */
  readonly joins?: true
  /** Settings in which a target is switched off, whose receiver said that it is gone for good. */
  withoutTarget?(settings: Settings, target: string): Settings
  /** One attempt at up to 500 deliveries to the same target, in order; the outcome counts for each. */
  handleTogether?(deliveries: readonly Delivery[], context: DeliveryContext<Settings>): Promise<Outcome>
  /** What the settings page calls a target; the target itself where absent. */
  targetName?(target: string, context: InboxContext<Settings>): string
  /** Tries the settings out for the "Test" button. `target` names one of several. */
  test?(context: DeliveryContext<Settings>, target?: string): Promise<Outcome>
}

/** An inbox that only keeps something in `inboxes.db`: handled in the batch's own transaction, so exactly once. Must not wait. */
export type InlineInbox<Settings = unknown> = Described<Settings> & {
  readonly inline: true
  handle(event: RecordedEvent, context: InboxContext<Settings>): Outcome
}

export type Inbox<Settings = unknown> = DeliveringInbox<Settings> | InlineInbox<Settings>
