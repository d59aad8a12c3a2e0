import type { HostPort } from '../contract/host-port.ts'
import type { Inbox, InboxContext, Pace } from '../contract/inbox.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'
import type { LogReader } from '../log/log-reader.ts'
import type { DeliveryStore } from '../store/delivery-store.ts'
import type { Notices } from '../store/notice-store.ts'
import type { Circuit, CircuitOptions } from './circuit-breaker.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { OutcomeWriter } from './outcome-writer.ts'
import type { TargetQueue } from './target-queue.ts'

/** What a runner is made with. */
export type RunnerOptions = {
  /** Those there are; asked again at each `refresh`. */
  readonly inboxes: () => readonly Inbox[]
  readonly deliveryStore: DeliveryStore
  readonly notices: Pick<Notices, 'add' | 'relocate'>
  readonly reader: LogReader
  readonly workspace: WorkspaceReader
  readonly host: HostPort
  /** A secret of an inbox, by its field's name. */
  readonly secret: (inbox: string, field: string) => string | undefined
  readonly now: () => number
  readonly random?: () => number
  /** Up to where what was synced is history to this copy, which it got by joining: nobody is told of that. */
  readonly quietUpTo?: () => number
  /** Overrides every inbox's own pace, for tests. */
  readonly pace?: Partial<Pace>
  readonly circuit?: Omit<CircuitOptions, 'atOnce'>
  readonly batch?: number
  /** Told when anything that a person may watch has changed. */
  readonly onProgress?: () => void
}

/** An inbox that can work, and how far it has read the log. */
export type ActiveInbox = { readonly inbox: Inbox; readonly context: InboxContext; position: number }

/** A runner while it runs: what it was made with, what it works with, and how far it is. */
export type RunnerContext = Omit<RunnerOptions, 'circuit' | 'random' | 'batch'> & {
  readonly circuit: Omit<CircuitOptions, 'atOnce'>
  readonly random: () => number
  /** Events evaluated in one go. */
  readonly batch: number
  readonly dispatcher: Dispatcher
  readonly outcomes: OutcomeWriter
  /** By inbox and target. */
  readonly queues: Map<string, TargetQueue>
  /** By inbox and host. */
  readonly hosts: Map<string, Circuit>
  /** Targets that something waits for, as last read from the delivery store; one that is done with may still be among them. */
  readonly waitingTargets: Map<string, readonly string[]>
  /** Has the runner look for work at the next turn of the event loop. */
  readonly wake: () => void
  active: readonly ActiveInbox[]
  /** Whether others have copies of this workspace. */
  inTeam: boolean
  /** Which of the groups that are behind is served next. */
  turn: number
  /** Which of the targets is asked first. */
  rounds: number
  /** Whether what is gathered goes at once. */
  draining: boolean
}
