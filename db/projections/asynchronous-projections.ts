import { isDeepStrictEqual } from 'node:util'
import { and, asc, eq, gt, lt, lte, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { inTotalOrder } from '#core/events/event-order.ts'
import { indexedText } from '#core/filter/text-words.ts'
import type { Position, StreamId } from '#core/values/ids.ts'
import type { SqliteEventLog } from '../log/sqlite-event-log.ts'
import { againSetting } from '../log/waiting-events.ts'
import { chains, checkpoints, events, issues, settings } from '../schema.ts'
import { inList, listParameter } from '../sqlite/json-each.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { withoutFsync } from '../sqlite/without-fsync.ts'
import { addToActivity } from './activity-counts.ts'
import { activityKind, hourMillis } from './activity-kinds.ts'
import { commentTypes, documentsOf, issueTextTypes, type SearchText, textTypes } from './search-documents.ts'

const isText: ReadonlySet<string> = new Set(textTypes)

/**
 * The name in `settings` of the issue, by its surrogate, up to which texts are indexed as words are seen today; not there where all are.
 * Plain ASCII was always seen so.
 */
export const respelledSetting = 'search.respelled'

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
  const addActivity = addToActivity(database)
  const readAgain = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, againSetting))
    .prepare()
  const keepAgain = orm
    .update(settings)
    .set({ value: sql`${p('value')}` })
    .where(eq(settings.name, againSetting))
    .prepare()
  const dropAgain = orm.delete(settings).where(eq(settings.name, againSetting)).prepare()
  const isRespelled = eq(settings.name, respelledSetting)
  const readRespelled = orm.select({ value: settings.value }).from(settings).where(isRespelled).prepare()
  const keepRespelled = orm
    .update(settings)
    .set({ value: sql`${p('value')}` })
    .where(isRespelled)
    .prepare()
  const dropRespelled = orm.delete(settings).where(isRespelled).prepare()
  const issuesAfter = orm
    .select({ id: issues.id })
    .from(issues)
    .where(gt(issues.id, p('after')))
    .orderBy(asc(issues.id))
    .limit(p('limit'))
    .prepare()
  const foreignTexts = orm
    .selectDistinct({ id: events.streamId })
    .from(events)
    .where(
      and(
        gt(events.streamId, p('after')),
        lte(events.streamId, p('upTo')),
        inList(events.typeId, 'types'),
        sql`${events.data} GLOB '*[^ -~]*'`,
      ),
    )
    .prepare()
  const lastPassed = orm
    .select({ version: sql<number | null>`max(${events.streamVersion})` })
    .from(events)
    .where(and(eq(events.streamId, p('stream')), lte(events.position, p('upTo'))))
    .prepare()
  // drizzle knows no virtual tables: these two are its only statements written by hand.
  const putDocument = client.prepare('INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)')
  const dropDocument = client.prepare('DELETE FROM search WHERE rowid = ?')

  const textsBefore = orm
    .select()
    .from(events)
    .where(
      and(
        eq(events.streamId, p('stream')),
        lt(events.streamVersion, p('version')),
        inList(events.typeId, 'types'),
      ),
    )
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

  const write = (position: Position, { title, body }: SearchText): void =>
    void putDocument.run(position, indexedText(title), indexedText(body))
  const put = (position: Position, text: SearchText): void => void pending.set(position, text)
  function drop(position: Position): void {
    if (!pending.delete(position)) dropDocument.run(position)
  }

  /** The events before `event` on its stream that are of one of these types. */
  function earlier(event: RecordedEvent, types: readonly string[]): RecordedEvent[] {
    const past = begun.get(event.streamId)
    if (past) return past.filter(({ type }) => types.includes(type))
    const stream = log.streamIds.find(event.streamId, 'issue')
    if (!stream) return []
    const list = listParameter(types.map(log.streamIds.typeId))
    return textsBefore.all({ stream: stream.id, version: event.streamVersion, types: list }).map(log.toEvent)
  }

  /** What a text event is about: the title and the description, or one comment. @returns the earlier events about the same, in total order. */
  function earlierAbout(event: RecordedEvent): RecordedEvent[] {
    const { commentId } = event.data as { commentId?: string }
    const isAbout = ({ data }: RecordedEvent) => (data as { commentId?: string }).commentId === commentId
    return inTotalOrder(earlier(event, commentId ? commentTypes : issueTextTypes).filter(isAbout))
  }

  /** Brings the documents to what they are with `event`, which comes after all else of its issue: what it replaced is history. */
  function indexOne(event: RecordedEvent): void {
    const isFirst = event.streamVersion === 1 || event.type === 'commented'
    const past = isFirst ? [] : earlierAbout(event)
    const [before, after] = [documentsOf(past), documentsOf([...past, event])]
    for (const [position, text] of before) if (!isDeepStrictEqual(text, after.get(position))) drop(position)
    for (const [position, text] of after)
      if (!isDeepStrictEqual(text, before.get(position))) put(position, text)
  }

  /** Whether a comment that comes late was changed by what came before: else it is one more document, and replaces nothing. */
  const isChangedAlready = (event: RecordedEvent): boolean => earlierAbout(event).length > 0

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
        const stream = streamVersion === 1 ? undefined : log.streamIds.find(streamId, 'issue')
        before = (stream && newestBefore.get({ stream: stream.id, version: streamVersion })?.hlc) || 0
      }
      const isLate = hlc <= before && (event.type !== 'commented' || isChangedAlready(event))
      if (event.copy || isLate) late.set(streamId, event)
      highest.set(streamId, Math.max(before, hlc))
    }
    for (const event of batch)
      if (event.streamType === 'issue' && late.has(event.streamId)) late.set(event.streamId, event)
    return late
  }

  /** Makes the documents of a stream anew, as of its last event in the batch. */
  function index({ streamId, streamVersion }: Pick<RecordedEvent, 'streamId' | 'streamVersion'>): void {
    const stream = log.streamIds.find(streamId, 'issue')
    if (!stream) return
    const types = listParameter(textTypes.map(log.streamIds.typeId))
    const all = textsBefore.all({ stream: stream.id, version: streamVersion + 1, types }).map(log.toEvent)
    for (const { position } of all) drop(position)
    for (const [position, text] of documentsOf(inTotalOrder(all))) put(position, text)
  }

  /** @param again events passed before, which count only now. */
  function apply(batch: readonly RecordedEvent[], again: readonly RecordedEvent[]): void {
    const counts = new Map<string, number>()
    begun.clear()
    pending.clear()
    const late = lateStreams(batch)
    for (const event of batch) {
      if (event.streamType === 'issue' && !event.waiting && !late.has(event.streamId)) {
        if (event.streamVersion === 1) begun.set(event.streamId, [])
        if (isText.has(event.type)) indexOne(event)
      }
      if (event.streamType === 'issue') begun.get(event.streamId)?.push(event)
    }
    for (const event of [...batch, ...again]) {
      if (event.copy || event.waiting) continue
      const kind = activityKind(event.type, event.metadata.triggeredBy)
      if (kind === undefined) continue
      const hour = Math.floor(event.occurredAt / hourMillis)
      for (const actor of [0, log.streamIds.ensure(event.actorId, 'member').id]) {
        const key = `${actor} ${hour} ${kind}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
    for (const last of late.values()) index(last)
    for (const { streamId, streamType } of again) {
      const stream = streamType === 'issue' && !late.has(streamId) && log.streamIds.find(streamId, streamType)
      if (stream)
        index({
          streamId,
          streamVersion: lastPassed.get({ stream: stream.id, upTo: checkpoint() })?.version ?? 0,
        })
    }
    for (const [position, text] of pending) write(position, text)
    for (const [key, count] of counts) {
      const [actor, hour, kind] = key.split(' ').map(Number)
      addActivity.run({ actor, hour, kind, count })
    }
  }

  /** Takes positions that are to be looked at once more off the list. */
  function takeAgain(limit: number): readonly RecordedEvent[] {
    const text = readAgain.get()?.value
    if (text === undefined) return []
    const positions = JSON.parse(text) as number[]
    const taken = positions.splice(0, limit)
    if (positions.length === 0) dropAgain.run()
    else keepAgain.run({ value: JSON.stringify(positions) })
    return taken.flatMap((position) => log.readAll((position - 1) as Position, 1))
  }

  /** Makes the documents of the next streams again whose texts were indexed as an earlier Docket saw their words. @returns whether there are more. */
  function respell(limit: number): boolean {
    const after = readRespelled.get()?.value
    if (after === undefined) return false
    pending.clear()
    const slice = issuesAfter.all({ after: Number(after), limit: limit * 20 })
    const upTo = slice.at(-1)?.id
    if (upTo === undefined) {
      dropRespelled.run()
      return false
    }
    const types = listParameter(textTypes.map(log.streamIds.typeId))
    for (const { id } of foreignTexts.all({ after: Number(after), upTo, types })) {
      const version = lastPassed.get({ stream: id, upTo: checkpoint() })?.version
      if (version) index({ streamId: log.streamIds.stream(id).uuid as StreamId, streamVersion: version })
    }
    for (const [position, text] of pending) write(position, text)
    keepRespelled.run({ value: String(upTo) })
    return true
  }

  const checkpoint = (): Position => (readCheckpoint.get()?.position ?? 0) as Position

  const work = client.transaction((limit: number): boolean => {
    if (respell(limit)) return true
    const from = checkpoint()
    const again = takeAgain(limit)
    const batch = again.length > 0 ? [] : log.readAll(from, limit)
    const last = batch.at(-1)
    if (!last && again.length === 0) return false
    apply(batch, again)
    if (last) moveCheckpoint.run({ position: last.position })
    return again.length > 0 || batch.length === limit
  }).immediate

  // Made again from the log where it is lost. Corrected times come first: what follows is counted with them.
  return {
    checkpoint,
    step: (limit) =>
      withoutFsync(database, () => (log.corrections.pending() ? log.correctOn(limit) || true : work(limit))),
  }
}
