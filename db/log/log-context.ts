import type { RecordedEvent } from '#core/events/event.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import type { NewId } from '#core/values/ids.ts'
import { defaultWorkflow, type Workflow } from '#core/workflow/workflow.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import type { JumpNotes } from './clock-jumps.ts'
import type { LogStatements } from './log-statements.ts'
import type { ChainReader } from './read/chain-reader.ts'
import type { IssueBefore } from './read/issue-before.ts'
import type { IssueCache } from './read/issue-cache.ts'
import type { registeredTypes } from './read/registered-types.ts'
import type { ChainStore } from './rows/chain-store.ts'
import type { CorrectedTimes } from './rows/corrected-times.ts'
import type { TimeCorrections } from './rows/correction-effects.ts'
import { directorySettings } from './rows/directory-settings.ts'
import type { EventRow } from './rows/event-rows.ts'
import type { StreamEntry, StreamIds } from './rows/stream-ids.ts'
import type { SqliteEventLogOptions } from './sqlite-log.ts'
import type { WaitingEvents } from './waiting-events.ts'

/** What the log keeps along with an event, in the same transaction. The log knows no projection: they are handed to it. */
export type InlineProjections = {
  readonly issues: {
    /** Brings the tables from `before` to `after`; `recorded` are the events between, in order. */
    apply(before: IssueBefore, after: IssueState, recorded: readonly RecordedEvent[]): undefined
    /** Brings the tables from one folding of an issue to another. */
    replace(before: IssueState, after: IssueState): undefined
    /** Brings along what a corrected time changes. */
    retime(after: IssueState): undefined
    /** Which states count as open from here on. */
    workflowChanged(workflow: Workflow): undefined
  }
  readonly entities: {
    apply(event: RecordedEvent): undefined
    /** Finds a stream's conflicts, in all its events in total order. */
    findConflicts(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined
    /** Makes what is kept of a stream again, from all its events in total order. */
    refold(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined
  }
  /** Decides which row of an event that several replicas recorded is shown. */
  readonly repeated: { mark(id: string): undefined }
  readonly corrections: TimeCorrections
}

/** What projections are made of. */
export type ProjectionParts = {
  readonly streamIds: StreamIds
  readonly book: ChainStore
  readonly chains: ChainReader
  readonly toEvent: (row: EventRow) => RecordedEvent
  readonly newId: NewId
  /** The workflow in force. */
  readonly workflow: Workflow
}
export type MakeProjections = (database: WriteDatabase, parts: ProjectionParts) => InlineProjections

/** Where this replica's own chain ends. */
export type Head = {
  chainId: number
  replicaId: string
  position: number
  replicaSeq: number
  /** The clock's last reading, other replicas' included. */
  hlc: number
  hash: string
  /** When the last event recorded here happened, imports left out; `null` where that is not known. */
  at: number | null
}

/** What a connection remembers of the log between two calls. */
export type LogState = {
  /** Not there until somebody writes, and after anything that may have moved it. */
  head: Head | undefined
  /** Whether a transaction is under way. */
  inside: boolean
  salted: boolean
  workflow: Workflow
  directoryVersion: number
  seenVersion: unknown
  seenTimes: CorrectedTimes['version']
  /** The last position that what is remembered takes in. */
  seenPosition: number
  /** Changes where events that were here already count otherwise. */
  seenRevision: string | undefined
  /** The last version of a stream, by its number. */
  readonly versions: Map<number, number>
  /** The version of a stream's last snapshot, by its number. */
  readonly snapshotted: Map<number, number>
}

/** What every operation of the log works on. */
export type LogContext = SqliteEventLogOptions & {
  readonly database: WriteDatabase
  readonly statements: LogStatements
  readonly streamIds: StreamIds
  readonly toEvent: (row: EventRow) => RecordedEvent
  readonly store: IssueCache
  readonly book: ChainStore
  readonly chainsRead: ChainReader
  readonly jumps: JumpNotes
  readonly times: CorrectedTimes
  readonly projections: InlineProjections
  readonly waits: WaitingEvents
  /** The types that somebody registered, by name. */
  readonly eventTypes: ReturnType<typeof registeredTypes>
  /** Runs within the write lock, in a transaction. */
  readonly immediate: (work: () => unknown) => unknown
  readonly state: LogState
}

/** Whether something follows from an event as it is now. */
export const counts = ({ waiting }: RecordedEvent): boolean => waiting === undefined

/** The head, which a transaction has read. */
export const headOf = ({ state }: LogContext): Head => state.head as Head

export const workflowNow = ({ statements }: Pick<LogContext, 'statements'>): Workflow => {
  const text = statements.readSetting.get({ name: directorySettings.workflow })?.value
  return text ? (JSON.parse(text) as Workflow) : defaultWorkflow
}

/** The last version of a stream, 0 of one without events. */
export function versionOf(context: LogContext, stream: number): number {
  const { lastVersion } = context.statements
  const { versions } = context.state
  let version = versions.get(stream)
  if (version === undefined) {
    version = Number(lastVersion.value({ stream }) ?? 0)
    if (versions.size > 50_000) versions.clear()
    versions.set(stream, version)
  }
  return version
}
