import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { inTotalOrder } from '#core/clock.ts'
import type { RecordedEvent } from '#core/event.ts'
import type { Position } from '#core/ids.ts'
import { activityKind, hourMillis } from './activity-kinds.ts'
import { inList, listParameter } from './lookup.ts'
import type { WriteDatabase } from './open-database.ts'
import { activity, chains, checkpoints, events } from './schema.ts'
import { documentsOf, type SearchText, textOf, textTypes } from './search-documents.ts'
import type { SqliteEventLog } from './sqlite-event-log.ts'

/** The checkpoint that search and activity share. */
const checkpointName = 'search'
const p = sql.placeholder

export type AsynchronousProjections = {
  /** Up to where search and activity are. */
  checkpoint(): Position
  /** Works off at most `limit` events in one transaction of its own. @returns whether more are waiting. */
  step(limit: number): boolean
}

/**
 * Full-text search (FTS5) and activity counts: behind the commit, from their own checkpoint, which moves in the transaction that
 * does the work, so that a crash loses nothing and repeats nothing. One document an event that brought text, by its position.
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
  const addActivity = orm
    .insert(activity)
    .values({ actorId: p('actor'), hour: p('hour'), kind: p('kind'), count: p('count') })
    .onConflictDoUpdate({
      target: [activity.actorId, activity.hour, activity.kind],
      set: { count: sql`${activity.count} + excluded.count` },
    })
    .prepare()
  // drizzle knows no virtual tables: these two are its only statements written by hand.
  const putDocument = client.prepare('INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)')
  const dropDocument = client.prepare('DELETE FROM search WHERE rowid = ?')

  const latestBefore = orm
    .select()
    .from(events)
    .where(
      and(
        eq(events.streamId, p('stream')),
        lt(events.streamVersion, p('version')),
        inList(events.typeId, 'types'),
      ),
    )
    .orderBy(desc(events.streamVersion))
    .limit(p('limit'))
    .prepare()

  const severalChains = orm.select({ id: chains.id }).from(chains).limit(1).offset(1).prepare()
  const newestBefore = orm
    .select({ hlc: sql<number | null>`max(${events.hlc})` })
    .from(events)
    .where(and(eq(events.streamId, p('stream')), lt(events.streamVersion, p('version'))))
    .prepare()

  /** Streams that began in the batch under way, whole up to here: their past need not be read. */
  const begun = new Map<string, RecordedEvent[]>()
  /** Documents of the batch under way: what the same batch replaces never gets to the index. */
  const pending = new Map<Position, SearchText>()

  const put = (position: Position, text: SearchText): void => void pending.set(position, text)
  function drop(position: Position): void {
    if (!pending.delete(position)) dropDocument.run(position)
  }

  /** The last events before `event` on its stream that are of one of these types, newest first. */
  function earlier(event: RecordedEvent, types: readonly string[], limit: number): RecordedEvent[] {
    const past = begun.get(event.streamId)
    if (past) {
      const found = past.filter(({ type }) => types.includes(type)).reverse()
      return limit < 0 ? found : found.slice(0, limit)
    }
    const stream = log.names.find(event.streamId, 'issue')
    if (!stream) return []
    const list = listParameter(types.map(log.names.typeId))
    return latestBefore
      .all({ stream: stream.id, version: event.streamVersion, types: list, limit })
      .map(log.toEvent)
  }

  /** Takes out what `event` replaced: an older title, description or body is history, not what the issue says. */
  function dropReplaced(event: RecordedEvent): void {
    if (event.type === 'comment_edited' || event.type === 'comment_deleted') {
      const { commentId } = event.data as { commentId: string }
      for (const old of earlier(event, ['commented', 'comment_edited'], -1))
        if ((old.data as { commentId: string }).commentId === commentId) drop(old.position)
      return
    }
    if (event.type !== 'title_changed' && event.type !== 'description_changed') return
    const [old] = earlier(event, ['created', event.type], 1)
    if (!old) return
    drop(old.position)
    if (old.type !== 'created') return
    // The first event brought both: what the other one of them says stays, unless that was replaced before.
    const other = event.type === 'title_changed' ? 'description_changed' : 'title_changed'
    if (earlier(event, [other], 1).length > 0) return
    const text = textOf(old) as SearchText
    if (event.type === 'title_changed' && text.body) put(old.position, { title: '', body: text.body })
    if (event.type === 'description_changed') put(old.position, { title: text.title, body: '' })
  }

  /** Streams of a batch whose events did not arrive in total order: other replicas' came late. */
  function lateStreams(batch: readonly RecordedEvent[]): Map<string, RecordedEvent> {
    const late = new Map<string, RecordedEvent>()
    if (!severalChains.get()) return late
    const highest = new Map<string, number>()
    for (const event of batch) {
      if (event.streamType !== 'issue') continue
      const { streamId, streamVersion, hlc } = event
      let before = highest.get(streamId)
      if (before === undefined) {
        const stream = streamVersion === 1 ? undefined : log.names.find(streamId, 'issue')
        before = (stream && newestBefore.get({ stream: stream.id, version: streamVersion })?.hlc) || 0
      }
      // A comment that comes late replaces nothing: it is one more document.
      if (event.copy || (hlc <= before && event.type !== 'commented')) late.set(streamId, event)
      highest.set(streamId, Math.max(before, hlc))
    }
    for (const event of batch)
      if (event.streamType === 'issue' && late.has(event.streamId)) late.set(event.streamId, event)
    return late
  }

  /** Makes the documents of a stream anew, as of its last event in the batch. */
  function index(last: RecordedEvent): void {
    const stream = log.names.find(last.streamId, 'issue')
    if (!stream) return
    const types = listParameter(textTypes.map(log.names.typeId))
    const all = latestBefore
      .all({ stream: stream.id, version: last.streamVersion + 1, types, limit: -1 })
      .map(log.toEvent)
    for (const { position } of all) drop(position)
    for (const [position, text] of documentsOf(inTotalOrder(all))) put(position, text)
  }

  function apply(batch: readonly RecordedEvent[]): void {
    const counts = new Map<string, number>()
    begun.clear()
    pending.clear()
    const late = lateStreams(batch)
    for (const event of batch) {
      if (event.streamType === 'issue' && !event.erased && !late.has(event.streamId)) {
        if (event.streamVersion === 1) begun.set(event.streamId, [])
        dropReplaced(event)
        const text = textOf(event)
        if (text?.title || text?.body) put(event.position, text)
      }
      if (event.streamType === 'issue') begun.get(event.streamId)?.push(event)
      if (event.copy) continue
      const kind = activityKind(event.type, event.metadata.triggeredBy)
      if (kind === undefined) continue
      const hour = Math.floor(event.occurredAt / hourMillis)
      for (const actor of [0, log.names.ensure(event.actorId, 'member').id]) {
        const key = `${actor} ${hour} ${kind}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
    for (const last of late.values()) index(last)
    for (const [position, { title, body }] of pending) putDocument.run(position, title, body)
    for (const [key, count] of counts) {
      const [actor, hour, kind] = key.split(' ').map(Number)
      addActivity.run({ actor, hour, kind, count })
    }
  }

  const checkpoint = (): Position => (readCheckpoint.get()?.position ?? 0) as Position

  const work = client.transaction((limit: number): boolean => {
    const from = checkpoint()
    const batch = log.readAll(from, limit)
    const last = batch.at(-1)
    if (!last) return false
    apply(batch)
    moveCheckpoint.run({ position: last.position })
    return batch.length === limit
  }).immediate

  return { checkpoint, step: work }
}
