import { isDeepStrictEqual } from 'node:util'
import { and, eq, lt, lte, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { inTotalOrder } from '#core/events/event-order.ts'
import { indexedText } from '#core/filter/text-words.ts'
import type { Position } from '#core/values/ids.ts'
import type { SqliteEventLog } from '../log/sqlite-log.ts'
import { chains, events } from '../schema.ts'
import { inList, listParameter } from '../sqlite/json-each.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { commentTypes, documentsOf, issueTextTypes, type SearchText, textTypes } from './search-documents.ts'

const p = sql.placeholder
const isText: ReadonlySet<string> = new Set(textTypes)

/** A stream as of one of its events. */
type StreamVersion = Pick<RecordedEvent, 'streamId' | 'streamVersion'>

/** The documents of full-text search (FTS5): one an event that brought text, by its position. */
export type SearchIndex = {
  /** Forgets what a transaction that was rolled back left unwritten. */
  reset(): void
  /** Brings the documents to what they are with the events of a batch. */
  add(batch: readonly RecordedEvent[]): void
  /** Makes the documents of a stream anew, as of one of its events. */
  make(stream: StreamVersion): void
  /** Writes what `add` and `make` brought since the last call: what they replaced meanwhile never gets to the index. */
  flush(): void
}

function statementsOf({ orm, client }: WriteDatabase) {
  return {
    // drizzle knows no virtual tables: these two are its only statements written by hand.
    putDocument: client.prepare('INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)'),
    dropDocument: client.prepare('DELETE FROM search WHERE rowid = ?'),
    textsBefore: orm
      .select()
      .from(events)
      .where(
        and(
          eq(events.streamId, p('stream')),
          lt(events.streamVersion, p('version')),
          inList(events.typeId, 'types'),
        ),
      )
      .prepare(),
    severalChains: orm.select({ id: chains.id }).from(chains).limit(1).offset(1).prepare(),
    newestBefore: orm
      .select({ hlc: sql<number | null>`max(${events.hlc})` })
      .from(events)
      .where(and(eq(events.streamId, p('stream')), lt(events.streamVersion, p('version'))))
      .prepare(),
  }
}

type Context = {
  readonly log: Pick<SqliteEventLog, 'streamIds' | 'toEvent'>
  readonly statements: ReturnType<typeof statementsOf>
  /** Streams that began in the batch under way, whole up to here: their past need not be read. */
  readonly begun: Map<string, RecordedEvent[]>
  readonly pending: Map<Position, SearchText>
}

function drop({ pending, statements }: Context, position: Position): void {
  if (!pending.delete(position)) statements.dropDocument.run(position)
}

function textsOf(
  context: Context,
  stream: number,
  before: number,
  types: readonly string[],
): RecordedEvent[] {
  const { statements, log } = context
  const list = listParameter(types.map(log.streamIds.typeId))
  return statements.textsBefore.all({ stream, version: before, types: list }).map(log.toEvent)
}

/** The events before `event` on its stream that are of one of these types. */
function earlier(context: Context, event: RecordedEvent, types: readonly string[]): RecordedEvent[] {
  const past = context.begun.get(event.streamId)
  if (past) return past.filter(({ type }) => types.includes(type))
  const stream = context.log.streamIds.find(event.streamId, 'issue')
  return stream ? textsOf(context, stream.id, event.streamVersion, types) : []
}

/** The earlier events about what a text event is about (the title and the description, or one comment), in total order. */
function earlierAbout(context: Context, event: RecordedEvent): RecordedEvent[] {
  const { commentId } = event.data as { commentId?: string }
  const isAbout = ({ data }: RecordedEvent) => (data as { commentId?: string }).commentId === commentId
  return inTotalOrder(earlier(context, event, commentId ? commentTypes : issueTextTypes).filter(isAbout))
}

/** Brings the documents to what they are with `event`, which comes after all else of its issue: what it replaced is history. */
function indexOne(context: Context, event: RecordedEvent): void {
  const isFirst = event.streamVersion === 1 || event.type === 'commented'
  const past = isFirst ? [] : earlierAbout(context, event)
  const [before, after] = [documentsOf(past), documentsOf([...past, event])]
  for (const [position, text] of before)
    if (!isDeepStrictEqual(text, after.get(position))) drop(context, position)
  for (const [position, text] of after)
    if (!isDeepStrictEqual(text, before.get(position))) context.pending.set(position, text)
}

/** Streams of a batch whose events did not arrive in total order, with their last event in it: other replicas' came late. */
function lateStreams(context: Context, batch: readonly RecordedEvent[]): Map<string, RecordedEvent> {
  const { statements, log } = context
  const late = new Map<string, RecordedEvent>()
  if (!statements.severalChains.get()) return late
  const highest = new Map<string, number>()
  for (const event of batch) {
    if (event.streamType !== 'issue') continue
    const { streamId, streamVersion, hlc } = event
    let before = highest.get(streamId)
    if (before === undefined) {
      const stream = streamVersion === 1 ? undefined : log.streamIds.find(streamId, 'issue')
      before =
        (stream && statements.newestBefore.get({ stream: stream.id, version: streamVersion })?.hlc) || 0
    }
    // A late comment that nothing changed before it came is one more document, and replaces nothing.
    const isLate = hlc <= before && (event.type !== 'commented' || earlierAbout(context, event).length > 0)
    if (event.copy || isLate) late.set(streamId, event)
    highest.set(streamId, Math.max(before, hlc))
  }
  for (const event of batch)
    if (event.streamType === 'issue' && late.has(event.streamId)) late.set(event.streamId, event)
  return late
}

function make(context: Context, { streamId, streamVersion }: StreamVersion): void {
  const stream = context.log.streamIds.find(streamId, 'issue')
  if (!stream) return
  const all = textsOf(context, stream.id, streamVersion + 1, textTypes)
  for (const { position } of all) drop(context, position)
  for (const [position, text] of documentsOf(inTotalOrder(all))) context.pending.set(position, text)
}

/** Keeps the documents; inside the transaction of whoever asks. */
export function searchIndex(database: WriteDatabase, log: Context['log']): SearchIndex {
  const context: Context = { log, statements: statementsOf(database), begun: new Map(), pending: new Map() }
  const { begun, pending, statements } = context
  return {
    reset: () => pending.clear(),
    add(batch) {
      begun.clear()
      const late = lateStreams(context, batch)
      for (const event of batch) {
        if (event.streamType !== 'issue') continue
        if (!event.waiting && !late.has(event.streamId)) {
          if (event.streamVersion === 1) begun.set(event.streamId, [])
          if (isText.has(event.type)) indexOne(context, event)
        }
        begun.get(event.streamId)?.push(event)
      }
      for (const last of late.values()) make(context, last)
    },
    make: (stream) => make(context, stream),
    flush() {
      for (const [position, { title, body }] of pending)
        statements.putDocument.run(position, indexedText(title), indexedText(body))
      pending.clear()
    },
  }
}

/** The version that a stream had where search and activity were at a position. */
export const versionsPassed = ({ orm }: WriteDatabase) =>
  orm
    .select({ version: sql<number | null>`max(${events.streamVersion})` })
    .from(events)
    .where(and(eq(events.streamId, p('stream')), lte(events.position, p('upTo'))))
    .prepare()
