import { getTableName } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { type IssueState, initialIssue } from '#core/issue/issue-state.ts'
import { tablesOfEntities } from '../entity-tables.ts'
import { type JumpCandidate, jumpNotes } from '../log/clock-jumps.ts'
import type { InlineProjections, MakeProjections } from '../log/log-context.ts'
import { issueBefore } from '../log/read/issue-before.ts'
import type { SqliteEventLog } from '../log/sqlite-log.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { repeatedProjection } from './duplicate-projection.ts'
import { entityProjection } from './entities/entity-projection.ts'
import { issueProjection } from './issue-projection.ts'
import { timeCorrectionProjection } from './time-corrections.ts'

/** A table that is made of events. */
export type ProjectedTable = {
  readonly name: string
  /** What makes the order of its rows the same every time. */
  readonly order: string
  /** Which of its rows say anything, in SQL; all where it is not there. */
  readonly where?: string
  /** Whether a rebuild begins with none of its rows; else what fills it replaces them itself. */
  readonly emptied?: false
  /** Whether verify makes it again; else it takes more than one stream's events. */
  readonly verified?: false
}

/** What a rebuild makes projections of: every event of the log, folded. */
export type Rebuilding = {
  readonly database: WriteDatabase
  readonly log: SqliteEventLog
  /** The events of all that is no issue, in total order. */
  readonly ofEntities: readonly RecordedEvent[]
  /** The issues by id. */
  readonly issues: Iterable<readonly [string, { readonly state: IssueState }]>
  readonly jumps: readonly JumpCandidate[]
}

/** Something that is made of the log, and can be made again: of which tables it is, when it is kept, and how. */
export type Projection = {
  /** `inline`: in the transaction that records. `async`: behind it, from a checkpoint. */
  readonly mode: 'inline' | 'async'
  readonly tables: readonly ProjectedTable[]
  /** Fills its tables from the whole log; an `async` one is begun anew instead. */
  rebuild?(from: Rebuilding): void
}

/** Every projection by its name, in the order in which a rebuild fills them. Log, rebuild, digest and verify walk this list. */
export const projections = {
  clocks: {
    mode: 'inline',
    tables: [{ name: 'clock_jumps', order: 'position', verified: false }],
    rebuild({ database, jumps }) {
      const notes = jumpNotes(database)
      for (const { before, ...event } of jumps) notes.note(event, before)
    },
  },
  // The fold goes by corrected times: whoever folds works them out before, and in place.
  corrections: {
    mode: 'inline',
    tables: [
      { name: 'time_corrections', order: 'position, chain_id, from_seq', emptied: false },
      { name: 'corrected_times', order: 'position', emptied: false },
    ],
  },
  entities: {
    mode: 'inline',
    tables: [
      ...tablesOfEntities.map(({ table }) => ({ name: getTableName(table), order: 'id' })),
      { name: 'rules', order: 'id' },
      // Those of issues, too.
      { name: 'conflicts', order: 'stream_id, key' },
      { name: 'superseded_events', order: 'position' },
    ],
    rebuild({ database, log, ofEntities }) {
      const tables = entityProjection(database, log.streamIds)
      for (const event of ofEntities) tables.apply(event)
      for (const recorded of Map.groupBy(
        ofEntities,
        (event) => `${event.streamType} ${event.streamId}`,
      ).values()) {
        const [{ streamId, streamType }] = recorded as [RecordedEvent]
        tables.findConflicts(log.streamIds.ensure(streamId, streamType), recorded)
      }
    },
  },
  repeated: {
    mode: 'inline',
    tables: [{ name: 'repeated_events', order: 'position', emptied: false }],
    rebuild: ({ database, log }) => repeatedProjection(database, log.toEvent).markAll(),
  },
  issues: {
    mode: 'inline',
    tables: [
      { name: 'issues', order: 'id' },
      { name: 'issue_assignees', order: 'member_id, issue_id' },
      { name: 'issue_labels', order: 'label_id, issue_id' },
      { name: 'issue_links', order: 'source, kind, target' },
      { name: 'issue_keys', order: 'key, issue_id' },
      { name: 'changed_comments', order: 'position' },
      { name: 'issue_counts', order: 'facet, ref, status', where: 'count <> 0' },
    ],
    rebuild({ database, log, issues }) {
      const tables = issueProjection(database, log.streamIds, log.workflow())
      for (const [id, { state }] of issues) tables.apply(issueBefore(initialIssue(id)), state, [])
    },
  },
  activity: { mode: 'async', tables: [{ name: 'activity', order: 'actor_id, hour, kind' }] },
  // Its table is FTS5's own: `search-index.ts` keeps it, and a digest of it is one of its documents.
  search: { mode: 'async', tables: [] },
} satisfies Readonly<Record<string, Projection>>

/** Every table that is made of events. */
export const projectedTables: readonly ProjectedTable[] = Object.values<Projection>(projections).flatMap(
  ({ tables }) => tables,
)

/** The projections that the log keeps in the transaction that records. */
export const inlineProjections: MakeProjections = (database, parts): InlineProjections => ({
  issues: issueProjection(database, parts.streamIds, parts.workflow),
  entities: entityProjection(database, parts.streamIds),
  repeated: repeatedProjection(database, parts.toEvent),
  corrections: timeCorrectionProjection(database, parts),
})
