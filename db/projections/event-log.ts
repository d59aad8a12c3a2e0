import { sqliteEventLog } from '../log/sqlite-event-log.ts'
import type { SqliteEventLog, SqliteEventLogOptions } from '../log/sqlite-log.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { inlineProjections } from './registry.ts'

/** Opens the log of a database with everything that is kept along with it. */
export const openEventLog = (database: WriteDatabase, options: SqliteEventLogOptions): SqliteEventLog =>
  sqliteEventLog(database, options, inlineProjections)
