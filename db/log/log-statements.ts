import { and, asc, desc, eq, gt, gte, sql } from 'drizzle-orm'
import { chains, correctedTimes as correctedTable, events, issues, settings, snapshots } from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { preparedStatement } from '../sqlite/prepared-statement.ts'

const p = sql.placeholder

/** Those of `settings`, and of what other connections did. */
function settingStatements({ orm, client }: WriteDatabase) {
  const readSetting = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, p('name')))
    .prepare()
  const keepSetting = orm
    .insert(settings)
    .values({ name: p('name'), value: p('value') })
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
    .prepare()
  const dataVersion = client.prepare('SELECT data_version FROM pragma_data_version').pluck()
  return { readSetting, keepSetting, dataVersion }
}

/** Those that write an event, and where its chain ends. */
function eventStatements(database: WriteDatabase) {
  const { orm } = database
  const insertEvent = preparedStatement(
    database,
    orm
      .insert(events)
      .values({
        position: p('position'),
        id: p('id'),
        streamId: p('streamId'),
        streamVersion: p('streamVersion'),
        typeId: p('typeId'),
        schemaVersion: p('schemaVersion'),
        actorId: p('actorId'),
        chainId: p('chainId'),
        replicaSeq: p('replicaSeq'),
        hlc: p('hlc'),
        occurredAt: p('occurredAt'),
        origin: p('origin'),
        quiet: p('quiet'),
        hash: p('hash'),
        data: p('data'),
        metadata: p('metadata'),
        payloadHash: p('payloadHash'),
        copy: p('copy'),
      })
      .onConflictDoNothing({ target: [events.id, events.copy] }),
  )
  const moveHead = preparedStatement(
    database,
    orm
      .update(chains)
      .set({
        lastSeq: sql`${p('seq')}`,
        lastHash: sql`${p('hash')}`,
        lastHlc: sql`${p('hlc')}`,
        lastAt: sql`${p('at')}`,
      })
      .where(eq(chains.id, p('id'))),
  )
  return { insertEvent, moveHead }
}

/** Those that read events, issues and their numbers. */
function readStatements(database: WriteDatabase) {
  const { orm } = database
  const lastPosition = orm
    .select({ position: sql<number | null>`max(${events.position})` })
    .from(events)
    .prepare()
  const lastVersion = preparedStatement(
    database,
    orm
      .select({ version: events.streamVersion })
      .from(events)
      .where(eq(events.streamId, p('stream')))
      .orderBy(desc(events.streamVersion))
      .limit(1),
  )
  const touchedSince = orm
    .selectDistinct({ stream: events.streamId })
    .from(events)
    .where(gt(events.position, p('after')))
    .prepare()
  const streamPage = orm
    .select()
    .from(events)
    .where(and(eq(events.streamId, p('stream')), gte(events.streamVersion, p('from'))))
    .orderBy(asc(events.streamVersion))
    .limit(p('limit'))
    .prepare()
  const logPage = orm
    .select()
    .from(events)
    .where(gt(events.position, p('after')))
    .orderBy(asc(events.position))
    .limit(p('limit'))
    .prepare()
  const lastOfActor = orm
    .select({ hlc: events.hlc })
    .from(events)
    .where(
      and(eq(events.streamId, p('stream')), eq(events.actorId, p('actor')), eq(events.typeId, p('type'))),
    )
    .orderBy(desc(events.streamVersion))
    .limit(1)
    .prepare()
  const highestNumber = orm
    .select({ number: sql<number | null>`max(${issues.number})` })
    .from(issues)
    .prepare()
  const numberTaken = orm
    .select({ id: issues.id })
    .from(issues)
    .where(eq(issues.number, p('number')))
    .prepare()
  const highestHlc = orm
    .select({ hlc: sql<number | null>`max(${events.hlc})` })
    .from(events)
    .where(eq(events.streamId, p('stream')))
    .prepare()
  const eventById = orm
    .select()
    .from(events)
    .where(and(eq(events.id, p('id')), sql`copy = 0`))
    .prepare()

  return {
    lastPosition,
    lastVersion,
    touchedSince,
    streamPage,
    logPage,
    lastOfActor,
    highestNumber,
    numberTaken,
    highestHlc,
    eventById,
  }
}

/** Those of snapshots. */
function snapshotStatements({ orm }: WriteDatabase) {
  const snapshotVersion = orm
    .select({ version: sql<number | null>`max(${snapshots.version})` })
    .from(snapshots)
    .where(eq(snapshots.streamId, p('stream')))
    .prepare()
  const newestOf = orm
    .select({ at: sql<number | null>`max(coalesce(${correctedTable.at}, ${events.occurredAt}))` })
    .from(events)
    .leftJoin(correctedTable, eq(correctedTable.position, events.position))
    .where(eq(events.streamId, p('stream')))
    .prepare()
  const putSnapshot = orm
    .insert(snapshots)
    .values({
      streamId: p('stream'),
      version: p('version'),
      newest: p('newest'),
      place: p('place'),
      state: p('state'),
    })
    .onConflictDoNothing()
    .prepare()
  const snapshotsOf = orm
    .select({ version: snapshots.version, place: snapshots.place })
    .from(snapshots)
    .where(eq(snapshots.streamId, p('stream')))
    .prepare()
  const dropSnapshot = orm
    .delete(snapshots)
    .where(and(eq(snapshots.streamId, p('stream')), eq(snapshots.version, p('version'))))
    .prepare()
  const dropAllSnapshots = orm
    .delete(snapshots)
    .where(eq(snapshots.streamId, p('stream')))
    .prepare()
  return { snapshotVersion, newestOf, putSnapshot, snapshotsOf, dropSnapshot, dropAllSnapshots }
}

/** Every statement of the log, prepared once a connection. */
export const logStatements = (database: WriteDatabase) => ({
  ...settingStatements(database),
  ...eventStatements(database),
  ...readStatements(database),
  ...snapshotStatements(database),
})
export type LogStatements = ReturnType<typeof logStatements>
