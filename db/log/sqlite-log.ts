import type { EventRegistry } from '#core/event-registry.ts'
import type { AnyStreamType, NewEvent, RecordedEvent } from '#core/events/event.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import type { NewId } from '#core/values/ids.ts'
import type { Workflow } from '#core/workflow/workflow.ts'
import type { EventLog } from './event-log.ts'
import type { Arrivals, Received } from './receive-events.ts'
import type { ChainFork } from './rows/chain-store.ts'
import type { TimeCorrections } from './rows/correction-effects.ts'
import type { EventRow } from './rows/event-rows.ts'
import type { StreamIds } from './rows/stream-ids.ts'

/** Events of one stream as an importer brings them: `schemaVersion` is the payload's own, `created` may lack its number. */
export type ForeignStream = {
  readonly streamType: AnyStreamType
  readonly streamId: string
  readonly events: readonly ForeignEvent[]
}
export type ForeignEvent = NewEvent & { readonly schemaVersion?: number; readonly occurredAt: number }

export type SqliteEventLog = EventLog & {
  /** Runs `work` in one write transaction: all that it appends is committed together, or nothing. Refuses promises. */
  transact<T>(work: () => T): T
  /** The issue as it is now. Do not change what comes back. */
  issue(issueId: string): IssueState
  /** An event by id. */
  event(id: string): RecordedEvent | undefined
  /** The issue as of an instant, in milliseconds. */
  issueAsOf(issueId: string, at: number): IssueState
  /** The lowest number that no issue has had; `undefined` where a server gives them. Inside a transaction. */
  nextNumber(): number | undefined
  /**
   * Appends foreign history in one transaction; events that are in the log already are passed over, and those of what only a newer Docket knows wait.
   * @throws InvalidEventError for a known event on a kind of stream that it has no place on, or one outside of the years 1 to 9999, with nothing
   * written.
   */
  importStreams(streams: readonly ForeignStream[]): {
    readonly appended: number
    readonly skipped: number
    readonly issues: number
  }
  /**
   * Takes in what other replicas recorded, in one transaction: verified, stored under their chains, and every touched stream folded in total
   * order, from the last snapshot before what arrived late. What is not known here, or came without a payload that can be read, waits in its place;
   * a payload that comes later makes it whole. @throws ArrivalError, with nothing written.
   */
  receive(arrivals: Arrivals): Received
  /**
   * Keeps what this copy has of a chain after `shared` as a fork of it, called `forkKey`: somebody else went on from there (a restored backup, a
   * cloned disk). Where the chain is this copy's own, it goes on under a new replica id.
   */
  forkChain(fork: ChainFork): void
  /** Whose workspace events count from here on, `null` for all: the name, prefix and workflow are folded again. */
  followHistory(streamId: string | null): void
  /**
   * Whether events recorded here get a random salt in their metadata: where payloads are sealed, their hashes must not be guessable from what
   * they may say.
   */
  saltPayloads(salted: boolean): void
  /** The workflow in force. */
  workflow(): Workflow
  /** What is known of clocks that were wrong. */
  readonly corrections: Omit<TimeCorrections, 'step'>
  /**
   * Gives at most `limit` more events the times that they were corrected to, with all that was made of them, in one transaction. @returns whether more wait; whether
   * any do says `corrections.pending`.
   */
  correctOn(limit: number): boolean
  /** Moves whenever labels, members or the workspace itself may have changed. */
  directoryVersion(): number
  /** The small integers behind ids, as this connection remembers them. */
  readonly streamIds: StreamIds
  /** A stored row as an event. */
  toEvent(row: EventRow): RecordedEvent
  /** Looks whether another process wrote since; if so, forgets what was remembered. @returns whether it did. */
  refreshIfChangedElsewhere(): boolean
}

export type SqliteEventLogOptions = {
  readonly registry: EventRegistry
  /** Wall clock in milliseconds. */
  readonly now: () => number
  readonly newId: NewId
}
