import type { InlineProjections, MakeProjections } from '../log/log-context.ts'
import { sqliteEventLog } from '../log/sqlite-event-log.ts'
import type { SqliteEventLog, SqliteEventLogOptions } from '../log/sqlite-log.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { repeatedProjection } from './duplicate-projection.ts'
import { entityProjection } from './entity-projection.ts'
import { issueProjection } from './issue-projection.ts'
import { timeCorrectionProjection } from './time-corrections.ts'

/** The projections that are kept in the transaction that records an event. */
export const inlineProjections: MakeProjections = (database, parts): InlineProjections => ({
  issues: issueProjection(database, parts.streamIds, parts.workflow),
  entities: entityProjection(database, parts.streamIds),
  repeated: repeatedProjection(database, parts.toEvent),
  corrections: timeCorrectionProjection(database, parts),
})

/** Opens the log of a database with everything that is kept along with it. */
export const openEventLog = (database: WriteDatabase, options: SqliteEventLogOptions): SqliteEventLog =>
  sqliteEventLog(database, options, inlineProjections)
