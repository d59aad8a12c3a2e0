import { and, asc, eq, gt, lte, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { eventRegistry } from '#core/event-registry.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { hlcMillis, inTotalOrder } from '#core/events/event-order.ts'
import { shippedTypesWith } from '#core/events/shipped-facts.ts'
import { dueDate } from '#core/issue/fields/due-date.ts'
import { type IssueState, initialIssue } from '#core/issue/issue-state.ts'
import { foldRecorded, type IssueCache, issueCache } from '#db/log/read/issue-cache.ts'
import { originOf, origins } from '#db/log/rows/event-columns.ts'
import { eventRows } from '#db/log/rows/event-rows.ts'
import { type StreamIds, streamIdsOf } from '#db/log/rows/stream-ids.ts'
import { chains, events, settings, streams } from '#db/schema.ts'
import { rebuiltSetting } from '#db/setting-names.ts'
import type { ReadDatabase } from '#db/sqlite/open-database.ts'
import { uuidBytes } from '#db/sqlite/uuid-bytes.ts'
import type { TouchedHere } from '../contract/workspace-reader.ts'

/** An event with how it came here: recorded by this replica, or synced from another. Imported history is never handed out: nobody acts on it. */
export type ArrivedEvent = { readonly event: RecordedEvent; readonly origin: 'recorded' | 'synced' }

/** The log as the worker reads it. Remembers what it folded; notices by itself what was written since. */
export type LogReader = {
  readonly streamIds: StreamIds
  /** The newest position. */
  position(): number
  /**
   * Up to `limit` events after a position, in order of arrival, without imported ones; `upTo` is how far that reads, and `eventHash` the hash of
   * the event there.
   */
  after(
    position: number,
    limit: number,
  ): { readonly arrived: readonly ArrivedEvent[]; readonly upTo: number; readonly eventHash: Buffer | null }
  /** The hash of the event at a position; `null` where there is none. */
  hashAt(position: number): Buffer | null
  /** Where an event is, by id. */
  positionOf(id: string): number | undefined
  /** An event by id. */
  event(id: string): RecordedEvent | undefined
  /** Whether no other replica's record of the same event, as far as it is here, comes before this one in total order. */
  isFirst(event: RecordedEvent): boolean
  issue(issueId: string): IssueState
  /** What the log says of the events that touched an issue; `undefined` where there is none. */
  touched(issueId: string): TouchedHere | undefined
  /** The events of a rule, in total order. */
  ofRule(ruleId: string): readonly RecordedEvent[]
  issueAfter(event: RecordedEvent): IssueState
  /** Moves whenever something but an issue changed. */
  directoryVersion(): number
}

/** Issues as of an earlier version that are kept, so that a row of events of one issue is folded once. */
const trailing = 500
/** Events just read that are kept, for they are delivered a moment later. */
const recentEvents = 5_000
/** More new events than this are not looked at one by one. */
const manyEvents = 500

const p = sql.placeholder

type LastTouch = {
  position: number
  hlc: number
  origin: number
  metadata: string | null
  own: number
}

export function logReader(database: ReadDatabase): LogReader {
  const { orm, client } = database
  const streamIds = streamIdsOf(database)
  // What inboxes did and do goes by the times that were recorded, so that correcting a clock sets nothing off.
  const { toEvent } = eventRows(database, streamIds, eventRegistry(), { corrected: false })
  const store: IssueCache = issueCache(database, streamIds, toEvent, { corrected: false })
  const page = orm
    .select()
    .from(events)
    .where(gt(events.position, p('after')))
    .orderBy(asc(events.position))
    .limit(p('limit'))
    .prepare()
  const byId = orm
    .select()
    .from(events)
    .where(and(eq(events.id, p('id')), sql`copy = 0`))
    .prepare()
  const copiesOf = orm
    .select()
    .from(events)
    .where(and(eq(events.id, p('id')), gt(events.copy, 0)))
    .prepare()
  const between = orm
    .select()
    .from(events)
    .where(
      and(
        eq(events.streamId, p('stream')),
        gt(events.streamVersion, p('from')),
        lte(events.streamVersion, p('to')),
      ),
    )
    .orderBy(asc(events.streamVersion))
    .prepare()
  const touched = orm
    .selectDistinct({ stream: events.streamId })
    .from(events)
    .where(gt(events.position, p('after')))
    .prepare()
  const others = orm
    .select({ id: events.position })
    .from(events)
    .innerJoin(streams, eq(streams.id, events.streamId))
    .where(and(gt(events.position, p('after')), sql`${streams.type} <> 'issue'`))
    .limit(1)
    .prepare()
  const revised = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, rebuiltSetting))
    .prepare()
  const ownChains = orm.select({ id: chains.id }).from(chains).where(eq(chains.own, true)).prepare()
  const hashAt = client.prepare('SELECT hash FROM events WHERE position = ?').pluck()
  const untouchingNames = shippedTypesWith(({ touches }) => touches === 'nothing')
    .map((name) => `'${name}'`)
    .join(', ')
  const lastTouch = client.prepare(
    `SELECT e.position AS position, e.hlc AS hlc, e.origin AS origin, e.metadata AS metadata, c.own AS own
     FROM events e JOIN event_types t ON t.id = e.type_id JOIN chains c ON c.id = e.chain_id
     WHERE e.stream_id = ? AND e.copy = 0 AND t.name NOT IN (${untouchingNames}) ORDER BY e.stream_version DESC LIMIT 1`,
  )
  const highestTouch = client
    .prepare(
      `SELECT max(e.hlc) FROM events e JOIN event_types t ON t.id = e.type_id
       WHERE e.stream_id = ? AND e.copy = 0 AND t.name NOT IN (${untouchingNames})`,
    )
    .pluck()
  const highestDating = client
    .prepare(
      `SELECT max(e.hlc) FROM events e JOIN event_types t ON t.id = e.type_id
       WHERE e.stream_id = ? AND e.copy = 0 AND t.name IN ('created', '${dueDate.event.name}')`,
    )
    .pluck()
  const newest = client.prepare('SELECT coalesce(max(position), 0) FROM events').pluck()

  let seenPosition = 0
  let seenRevision: string | undefined
  let directoryVersion = 0
  const recent = new LRUCache<string, RecordedEvent>({ max: recentEvents })
  const past = new LRUCache<string, { state: IssueState; version: number; lastHlc: number }>({
    max: trailing,
  })

  /** Drops what was kept of streams that were written to since the last call, through this connection or another. */
  function refresh(): void {
    const last = Number(newest.get())
    const revision = revised.get()?.value
    if (last === seenPosition && revision === seenRevision) return
    if (last < seenPosition || last - seenPosition > manyEvents || revision !== seenRevision) {
      store.forget()
      past.clear()
      recent.clear()
      directoryVersion += 1
    } else {
      for (const { stream } of touched.all({ after: seenPosition }))
        store.forget(streamIds.stream(stream).uuid)
      if (others.get({ after: seenPosition })) directoryVersion += 1
    }
    seenPosition = last
    seenRevision = revision
  }

  function issueAt(event: RecordedEvent): IssueState {
    const stream = streamIds.find(event.streamId, 'issue')
    if (!stream) return initialIssue(event.streamId)
    const known = past.get(event.streamId)
    if (known?.version === event.streamVersion) return known.state
    if (known?.version === event.streamVersion - 1 && !event.copy && event.hlc > known.lastHlc) {
      known.state = foldRecorded(known.state, [event])
      known.version = event.streamVersion
      known.lastHlc = event.hlc
      return known.state
    }
    const rows = (from: number) =>
      inTotalOrder(between.all({ stream: stream.id, from, to: event.streamVersion }).map(toEvent))
    if (known && known.version <= event.streamVersion) {
      const fresh = rows(known.version)
      // What arrived late belongs before what is folded already: then all is folded again.
      if (fresh.every((row) => !row.copy && row.hlc > known.lastHlc)) {
        known.state = foldRecorded(known.state, fresh)
        known.version = event.streamVersion
        known.lastHlc = fresh.at(-1)?.hlc ?? known.lastHlc
        return known.state
      }
    }
    const all = rows(0)
    const state = foldRecorded(initialIssue(event.streamId), all)
    past.set(event.streamId, { state, version: event.streamVersion, lastHlc: all.at(-1)?.hlc ?? 0 })
    return state
  }

  return {
    streamIds,
    position: () => Number(newest.get()),
    after(position, limit) {
      const rows = page.all({ after: position, limit })
      const own = new Set(ownChains.all().map((chain) => chain.id))
      const arrived = rows.flatMap((row): ArrivedEvent[] => {
        // Nor is what another replica recorded as well: it was handed out when it came first.
        if (originOf(row.origin) === origins.imported || row.copy > 0) return []
        const event = toEvent(row)
        // Nor what waits to be known or readable: nothing follows from it, here or later.
        if (event.waiting) return []
        recent.set(event.id, event)
        return [{ event, origin: own.has(row.chainId) ? 'recorded' : 'synced' }]
      })
      const last = rows.at(-1)
      return { arrived, upTo: last?.position ?? position, eventHash: last?.hash ?? null }
    },
    hashAt: (position) => (hashAt.get(position) as Buffer | undefined) ?? null,
    positionOf: (id) => byId.get({ id: uuidBytes(id) })?.position,
    event(id) {
      const known = recent.get(id)
      if (known) return known
      const row = byId.get({ id: uuidBytes(id) })
      return row && toEvent(row)
    },
    isFirst(event) {
      const copies = copiesOf.all({ id: uuidBytes(event.id) })
      return copies.length === 0 || inTotalOrder([event, ...copies.map(toEvent)])[0] === event
    },
    issue(issueId) {
      refresh()
      return store.now(issueId)
    },
    touched(issueId) {
      const id = streamIds.find(issueId, 'issue')?.id
      const last = id === undefined ? undefined : (lastTouch.get(id) as LastTouch | undefined)
      if (id === undefined || !last) return undefined
      return {
        position: last.position,
        madeHere: last.own === 1,
        imported:
          originOf(last.origin) === origins.imported ||
          (last.metadata?.includes('"triggeredBy":"import"') ?? false),
        last: hlcMillis(Number(highestTouch.get(id))),
        dated: hlcMillis(Number(highestDating.get(id))),
      }
    },
    ofRule(ruleId) {
      const stream = streamIds.find(ruleId, 'rule')
      if (!stream) return []
      return inTotalOrder(
        between.all({ stream: stream.id, from: 0, to: Number.MAX_SAFE_INTEGER }).map(toEvent),
      ).filter((event) => event.copy === undefined || !event.copy)
    },
    issueAfter(event) {
      const now = this.issue(event.streamId)
      return now.version === event.streamVersion ? now : issueAt(event)
    },
    directoryVersion() {
      refresh()
      return directoryVersion
    },
  }
}
