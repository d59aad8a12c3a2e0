import { eq, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import type { Position } from '#core/values/ids.ts'
import type { SqliteEventLog } from '../log/sqlite-log.ts'
import { againSetting } from '../log/waiting-events.ts'
import { checkpoints, settings } from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { withoutFsync } from '../sqlite/without-fsync.ts'
import { addToActivity } from './activity/activity-counts.ts'
import { activityKind, hourMillis } from './activity/activity-kinds.ts'
import { respelledDocuments } from './respelled-documents.ts'
import { type SearchIndex, searchIndex, versionsPassed } from './search-index.ts'

/** The checkpoint that search and activity share. */
const checkpointName = 'search'
const p = sql.placeholder

export type AsynchronousProjections = {
  /** Up to where search and activity are. */
  checkpoint(): Position
  /** Works off at most `limit` events in one transaction of its own. @returns whether more are waiting. */
  step(limit: number): boolean
}

/** Adds events to the counts of activity: each to everybody's hour and to its actor's. */
function activityCounter(database: WriteDatabase, { streamIds }: Pick<SqliteEventLog, 'streamIds'>) {
  const add = addToActivity(database)
  return (happened: readonly RecordedEvent[]): void => {
    const counts = new Map<string, number>()
    for (const event of happened) {
      if (event.copy || event.waiting) continue
      const kind = activityKind(event.type, event.metadata.triggeredBy)
      if (kind === undefined) continue
      const hour = Math.floor(event.occurredAt / hourMillis)
      for (const actor of [0, streamIds.ensure(event.actorId, 'member').id]) {
        const key = `${actor} ${hour} ${kind}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
    for (const [key, count] of counts) {
      const [actor, hour, kind] = key.split(' ').map(Number)
      add.run({ actor, hour, kind, count })
    }
  }
}

/** Takes events off the list of those that were passed and are to be looked at once more, for they count only now. */
function takenAgain({ orm }: WriteDatabase, log: Pick<SqliteEventLog, 'readAll'>) {
  const isAgain = eq(settings.name, againSetting)
  const readAgain = orm.select({ value: settings.value }).from(settings).where(isAgain).prepare()
  const keepAgain = orm
    .update(settings)
    .set({ value: sql`${p('value')}` })
    .where(isAgain)
    .prepare()
  const dropAgain = orm.delete(settings).where(isAgain).prepare()
  return (limit: number): readonly RecordedEvent[] => {
    const text = readAgain.get()?.value
    if (text === undefined) return []
    const positions = JSON.parse(text) as number[]
    const taken = positions.splice(0, limit)
    if (positions.length === 0) dropAgain.run()
    else keepAgain.run({ value: JSON.stringify(positions) })
    return taken.flatMap((position) => log.readAll((position - 1) as Position, 1))
  }
}

/** Makes the documents of streams again that events passed before belong to. */
function reindexed(
  database: WriteDatabase,
  { streamIds }: Pick<SqliteEventLog, 'streamIds'>,
  index: SearchIndex,
) {
  const passed = versionsPassed(database)
  return (again: readonly RecordedEvent[], upTo: Position): void => {
    for (const { streamId, streamType } of again) {
      const stream = streamType === 'issue' && streamIds.find(streamId, streamType)
      if (!stream) continue
      index.make({ streamId, streamVersion: passed.get({ stream: stream.id, upTo })?.version ?? 0 })
    }
  }
}

/**
 * Full-text search and activity counts: behind the commit, from their own checkpoint, which moves in the transaction that
 * does the work, so that a crash loses nothing and repeats nothing.
 */
export function asynchronousProjections(
  database: WriteDatabase,
  log: SqliteEventLog,
): AsynchronousProjections {
  const { orm, client } = database
  const readCheckpoint = orm
    .select({ position: checkpoints.position })
    .from(checkpoints)
    .where(eq(checkpoints.name, checkpointName))
    .prepare()
  const moveCheckpoint = orm
    .insert(checkpoints)
    .values({ name: checkpointName, position: p('position') })
    .onConflictDoUpdate({ target: checkpoints.name, set: { position: sql`excluded.position` } })
    .prepare()
  const checkpoint = (): Position => (readCheckpoint.get()?.position ?? 0) as Position
  const index = searchIndex(database, log)
  const countActivity = activityCounter(database, log)
  const takeAgain = takenAgain(database, log)
  const reindex = reindexed(database, log, index)
  const respell = respelledDocuments(database, log, index)

  const work = client.transaction((limit: number): boolean => {
    const from = checkpoint()
    index.reset()
    if (respell(limit, from)) return true
    const again = takeAgain(limit)
    if (again.length > 0) {
      countActivity(again)
      reindex(again, from)
      index.flush()
      return true
    }
    const batch = log.readAll(from, limit)
    const last = batch.at(-1)
    if (!last) return false
    index.add(batch)
    index.flush()
    countActivity(batch)
    moveCheckpoint.run({ position: last.position })
    return batch.length === limit
  }).immediate

  // Corrected times come first: what follows is counted with them.
  return {
    checkpoint,
    step: (limit) =>
      withoutFsync(database, () => (log.corrections.pending() ? log.correctOn(limit) || true : work(limit))),
  }
}
