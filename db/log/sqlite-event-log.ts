import { eq } from 'drizzle-orm'
import type { Position } from '#core/values/ids.ts'
import { settings } from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { uuidBytes } from '../sqlite/uuid-bytes.ts'
import { append, record } from './append.ts'
import { jumpNotes } from './clock-jumps.ts'
import { importStreams, nextNumber } from './import-streams.ts'
import { type LogContext, type MakeProjections, versionOf, workflowNow } from './log-context.ts'
import { logStatements } from './log-statements.ts'
import { chainReader } from './read/chain-reader.ts'
import { issueCache } from './read/issue-cache.ts'
import { registeredTypes } from './read/registered-types.ts'
import { receive } from './receive.ts'
import { allOf, correctNext, correctTimes, findConflictsIn, refold } from './refold.ts'
import { followHistory, forkChain, saltPayloads } from './replica-chains.ts'
import { chainStore } from './rows/chain-store.ts'
import { correctedTimesOf } from './rows/corrected-times.ts'
import { unseenConflictsSetting } from './rows/directory-settings.ts'
import { eventRows } from './rows/event-rows.ts'
import { streamIdsOf } from './rows/stream-ids.ts'
import type { SqliteEventLog, SqliteEventLogOptions } from './sqlite-log.ts'
import { immediately, refreshIfChangedElsewhere, saltSetting, transact } from './transact.ts'
import { waitingEvents } from './waiting-events.ts'

function contextOf(
  database: WriteDatabase,
  options: SqliteEventLogOptions,
  make: MakeProjections,
): LogContext {
  const { registry, newId } = options
  const statements = logStatements(database)
  const streamIds = streamIdsOf(database)
  const { toEvent } = eventRows(database, streamIds, registry)
  const book = chainStore(database)
  const chainsRead = chainReader(database, streamIds)
  const times = correctedTimesOf(database)
  const workflow = workflowNow({ statements })
  const projections = make(database, { streamIds, book, chains: chainsRead, toEvent, newId, workflow })
  const context: LogContext = {
    ...options,
    database,
    statements,
    streamIds,
    toEvent,
    store: issueCache(database, streamIds, toEvent),
    book,
    chainsRead,
    jumps: jumpNotes(database),
    times,
    projections,
    immediate: immediately(database),
    eventTypes: registeredTypes(database),
    waits: waitingEvents(database, streamIds, registry, {
      allOf: (stream) => allOf(context, stream),
      refold: (stream, before, earliest) => refold(context, stream, before, earliest),
      markRepeated: projections.repeated.mark,
      toEvent,
      newId,
    }),
    state: {
      head: undefined,
      inside: false,
      salted: statements.readSetting.get({ name: saltSetting }) !== undefined,
      workflow,
      directoryVersion: 0,
      seenVersion: undefined,
      seenTimes: times.version,
      seenPosition: 0,
      seenRevision: undefined,
      versions: new Map(),
      snapshotted: new Map(),
    },
  }
  return context
}

/** Does what an earlier Docket, or one that knew less, left to do. */
function takeUp(context: LogContext): void {
  const { database, statements, waits, projections } = context
  if (statements.readSetting.get({ name: unseenConflictsSetting }))
    transact(context, () => {
      findConflictsIn(context)
      database.orm.delete(settings).where(eq(settings.name, unseenConflictsSetting)).run()
    })
  if (!database.readOnly && waits.isDue())
    transact(context, () => {
      waits.takeUp()
      if (projections.corrections.any()) correctTimes(context)
    })
}

/**
 * The log on SQLite. Several connections, also of other processes, may append to the same file: the chain's head is checked under the write lock.
 * @param make the projections that are kept along with what is recorded
 */
export function sqliteEventLog(
  database: WriteDatabase,
  options: SqliteEventLogOptions,
  make: MakeProjections,
): SqliteEventLog {
  const context = contextOf(database, options, make)
  const { statements, streamIds, toEvent, state, store, times } = context
  const { corrections } = context.projections
  takeUp(context)
  const refresh = () => refreshIfChangedElsewhere(context)
  return {
    streamIds,
    toEvent,
    corrections,
    transact: (work) => transact(context, work),
    receive: (arrivals) => receive(context, arrivals),
    forkChain: (fork) => forkChain(context, fork),
    saltPayloads: (on) => saltPayloads(context, on),
    followHistory: (streamId) => followHistory(context, streamId),
    refreshIfChangedElsewhere: refresh,
    append: (stream, list, options) => append(context, stream, list, options),
    record: (stream, event, { throttle }) => record(context, stream, event, throttle),
    readStream(ref, { fromVersion = 1, limit = -1 } = {}) {
      refresh()
      const stream = streamIds.find(ref.id, ref.type)
      if (!stream) return []
      return statements.streamPage.all({ stream: stream.id, from: fromVersion, limit }).map(toEvent)
    },
    readAll(after, limit = 100) {
      refresh()
      return statements.logPage.all({ after, limit }).map(toEvent)
    },
    position() {
      refresh()
      return (statements.lastPosition.get()?.position ?? 0) as Position
    },
    streamVersion(ref) {
      refresh()
      const stream = streamIds.find(ref.id, ref.type)
      return stream ? versionOf(context, stream.id) : 0
    },
    issue(issueId) {
      if (!state.inside) refresh()
      return store.now(issueId)
    },
    event(id) {
      times.refresh()
      const row = statements.eventById.get({ id: uuidBytes(id) })
      return row && toEvent(row)
    },
    issueAsOf(issueId, at) {
      refresh()
      return store.asOf(issueId, at)
    },
    correctOn(limit) {
      if (!corrections.pending()) return false
      return transact(context, () => {
        times.refresh()
        if (corrections.pending()) correctNext(context, limit)
        return corrections.pending()
      })
    },
    nextNumber: () => nextNumber(context),
    workflow: () => state.workflow,
    directoryVersion: () => state.directoryVersion,
    importStreams: (streams) => importStreams(context, streams),
  }
}
