import { randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import { and, asc, desc, eq, gt, gte, ne, sql } from 'drizzle-orm'
import type { EventRegistry } from '#core/event-registry.ts'
import type { AnyStreamType, EventMetadata, NewEvent, RecordedEvent, StreamType } from '#core/events/event.ts'
import {
  type EventOrder,
  hlcMillis,
  inTotalOrder,
  nextHlc,
  orderOf,
  totalOrder,
} from '#core/events/event-order.ts'
import { isPastTense } from '#core/events/past-tense.ts'
import { mayRepeat } from '#core/events/repeated-event.ts'
import { factsOf, ownTypeVersion } from '#core/events/shipped-facts.ts'
import { commutes, type IssueEvent } from '#core/issue/evolve.ts'
import { type IssueState, initialIssue } from '#core/issue/issue-state.ts'
import { isInstant } from '#core/time/instant.ts'
import { ownersNoted, timesCorrected } from '#core/time/time-events.ts'
import type { NewId, Position } from '#core/values/ids.ts'
import { defaultWorkflow, type Workflow } from '#core/workflow/workflow.ts'
import { repeatedProjection } from '../projections/duplicate-projection.ts'
import { entityProjection } from '../projections/entity-projection.ts'
import { issueProjection } from '../projections/issue-projection.ts'
import { timeCorrectionProjection } from '../projections/time-corrections.ts'
import {
  aheadEvents,
  chains,
  correctedTimes as correctedTable,
  events,
  issues,
  settings,
  snapshots,
  streams,
} from '../schema.ts'
import { rebuiltSetting } from '../setting-names.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { preparedStatement } from '../sqlite/prepared-statement.ts'
import { uuidBytes } from '../sqlite/uuid-bytes.ts'
import { jumpNotes } from './clock-jumps.ts'
import {
  type Appended,
  ConcurrencyError,
  type EventLog,
  InvalidEventError,
  type StreamRef,
} from './event-log.ts'
import { chainReader } from './read/chain-reader.ts'
import { type IssueBefore, issueBefore } from './read/issue-before.ts'
import { foldRecorded, issueCache } from './read/issue-cache.ts'
import { registeredTypes } from './read/registered-types.ts'
import {
  ArrivalError,
  type Arrivals,
  type ArrivingRow,
  mostAhead,
  type Received,
  receiveEvents,
} from './receive-events.ts'
import type { ArrivingEvent } from './rows/arriving-event.ts'
import { type Chain, type ChainFork, chainStore } from './rows/chain-store.ts'
import { correctedTimesOf } from './rows/corrected-times.ts'
import type { TimeCorrections } from './rows/correction-effects.ts'
import { directorySettings, historySetting, unseenConflictsSetting } from './rows/directory-settings.ts'
import { held, originOf, origins } from './rows/event-columns.ts'
import { type EventRow, eventRows, waitingOf } from './rows/event-rows.ts'
import { hashEvent, hashPayload, plainMetadata } from './rows/hash-chain.ts'
import { type StreamEntry, type StreamIds, streamIdsOf } from './rows/stream-ids.ts'
import { waitingEvents } from './waiting-events.ts'

/** Set while payloads are sealed. */
const saltSetting = 'sync.salted'

/** Events of one stream as an importer brings them: `schemaVersion` is the payload's own, `created` may lack its number. */
export type ForeignStream = {
  readonly streamType: AnyStreamType
  readonly streamId: string
  readonly events: readonly ForeignEvent[]
}
export type ForeignEvent = NewEvent & { readonly schemaVersion?: number; readonly occurredAt: number }

export type SqliteEventLog = EventLog & {
  /** Runs `work` in one write transaction: all that it appends is committed together, or nothing. Refuses promises. */
  transact<T>(work: () => T): T
  /** The issue as it is now. Do not change what comes back. */
  issue(issueId: string): IssueState
  /** An event by id. */
  event(id: string): RecordedEvent | undefined
  /** The issue as of an instant, in milliseconds. */
  issueAsOf(issueId: string, at: number): IssueState
  /** The lowest number that no issue has had; `undefined` where a server gives them. Inside a transaction. */
  nextNumber(): number | undefined
  /**
   * Appends foreign history in one transaction; events that are in the log already are passed over, and those of what only a newer Docket knows wait.
   * @throws InvalidEventError for a known event on a kind of stream that it has no place on, or one outside of the years 1 to 9999, with nothing
   * written.
   */
  importStreams(streams: readonly ForeignStream[]): {
    readonly appended: number
    readonly skipped: number
    readonly issues: number
  }
  /**
   * Takes in what other replicas recorded, in one transaction: verified, stored under their chains, and every touched stream folded in total
   * order, from the last snapshot before what arrived late. What is not known here, or came without a payload that can be read, waits in its place;
   * a payload that comes later makes it whole. @throws ArrivalError, with nothing written.
   */
  receive(arrivals: Arrivals): Received
  /**
   * Keeps what this copy has of a chain after `shared` as a fork of it, called `forkKey`: somebody else went on from there (a restored backup, a
   * cloned disk). Where the chain is this copy's own, it goes on under a new replica id.
   */
  forkChain(fork: ChainFork): void
  /** Whose workspace events count from here on, `null` for all: the name, prefix and workflow are folded again. */
  followHistory(streamId: string | null): void
  /**
   * Whether events recorded here get a random salt in their metadata: where payloads are sealed, their hashes must not be guessable from what
   * they may say.
   */
  saltPayloads(salted: boolean): void
  /** The workflow in force. */
  workflow(): Workflow
  /** What is known of clocks that were wrong. */
  readonly corrections: Omit<TimeCorrections, 'step'>
  /**
   * Gives at most `limit` more events the times that they were corrected to, with all that was made of them, in one transaction. @returns whether more wait; whether
   * any do says `corrections.pending`.
   */
  correctOn(limit: number): boolean
  /** Moves whenever labels, members or the workspace itself may have changed. */
  directoryVersion(): number
  /** The small integers behind ids, as this connection remembers them. */
  readonly streamIds: StreamIds
  /** A stored row as an event. */
  toEvent(row: EventRow): RecordedEvent
  /** Looks whether another process wrote since; if so, forgets what was remembered. @returns whether it did. */
  noticeOthers(): boolean
}

export type SqliteEventLogOptions = {
  readonly registry: EventRegistry
  /** Wall clock in milliseconds. */
  readonly now: () => number
  readonly newId: NewId
}

type Head = {
  chainId: number
  replicaId: string
  position: number
  replicaSeq: number
  /** The clock's last reading, other replicas' included. */
  hlc: number
  hash: string
  /** When the last event recorded here happened, imports left out; `null` where that is not known. */
  at: number | null
}

const manual: EventMetadata = { triggeredBy: 'manual' }
/** A stream gets a snapshot once it has this many events after the last, or a tenth of its length where that is more. */
const snapshotEvery = 50
/** Whether something follows from an event as it is now. */
const counts = ({ waiting }: RecordedEvent): boolean => waiting === undefined
/** More foreign events than this are not looked at one by one. */
const manyEvents = 200
/** Events that get their corrected times along with what corrects them: so many are a matter of a moment. */
const correctedInOne = 50
/** Arriving events that are folded in one go; fewer streams than the store remembers. */
const receivedAtOnce = 1_000

const p = sql.placeholder

/** The log on SQLite. Several connections, also of other processes, may append to the same file: the chain's head is checked under the write lock. */
export function sqliteEventLog(
  database: WriteDatabase,
  { registry, now, newId }: SqliteEventLogOptions,
): SqliteEventLog {
  const { orm, client } = database
  const streamIds = streamIdsOf(database)
  const { toEvent } = eventRows(database, streamIds, registry)
  const store = issueCache(database, streamIds, toEvent)
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
  const workflowNow = (): Workflow => {
    const text = readSetting.get({ name: directorySettings.workflow })?.value
    return text ? (JSON.parse(text) as Workflow) : defaultWorkflow
  }
  let workflow = workflowNow()
  const issuesProjected = issueProjection(database, streamIds, workflow)
  const directoryProjected = entityProjection(database, streamIds)
  const eventTypes = registeredTypes(database)

  const dataVersion = client.prepare('SELECT data_version FROM pragma_data_version').pluck()
  const book = chainStore(database)
  const chainsRead = chainReader(database, streamIds)
  const repeated = repeatedProjection(database, toEvent)
  const jumps = jumpNotes(database)
  const times = correctedTimesOf(database)
  const corrections = timeCorrectionProjection(database, {
    streamIds,
    book,
    chains: chainsRead,
    toEvent,
    newId,
  })
  const lastPosition = orm
    .select({ position: sql<number | null>`max(${events.position})` })
    .from(events)
    .prepare()
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

  let salted = readSetting.get({ name: saltSetting }) !== undefined
  let directoryVersion = 0
  let seenVersion: unknown
  let seenTimes = times.version
  /** The last position that what is remembered takes in. */
  let seenPosition = 0
  /** Changes where events that were here already count otherwise. */
  let seenRevision: string | undefined
  let head: Head | undefined
  const versions = new Map<number, number>()
  const snapshotted = new Map<number, number>()

  function forgetAll(): void {
    head = undefined
    directoryVersion += 1
    versions.clear()
    snapshotted.clear()
    store.forget()
    streamIds.forget()
  }

  /** Forgets the streams that others added to, and no more: their search and snapshots change nothing that is remembered. */
  function forgetSince(after: number, last: number): void {
    head = undefined
    directoryVersion += 1
    if (last - after > manyEvents) {
      // After an import it is quicker to fold again what is asked for than to look at everything that came.
      versions.clear()
      snapshotted.clear()
      store.forget()
    } else {
      for (const { stream } of touchedSince.all({ after })) {
        versions.delete(stream)
        snapshotted.delete(stream)
        store.forget(streamIds.stream(stream).uuid)
      }
    }
    const changed = workflowNow()
    if (JSON.stringify(changed) !== JSON.stringify(workflow)) workflow = changed
  }

  function noticeOthers(): boolean {
    const version = dataVersion.get()
    if (version === seenVersion) return false
    // Other streams than the new events' may be of another time now.
    times.refresh()
    if (times.version !== seenTimes) {
      seenTimes = times.version
      forgetAll()
    }
    const first = seenVersion === undefined
    salted = readSetting.get({ name: saltSetting }) !== undefined
    seenVersion = version
    const last = lastPosition.get()?.position ?? 0
    const known = head?.position ?? seenPosition
    seenPosition = last
    const revision = readSetting.get({ name: rebuiltSetting })?.value
    const revised = revision !== seenRevision
    seenRevision = revision
    if (first || (last === known && !revised)) return false
    if (revised) forgetAll()
    forgetSince(known, last)
    return true
  }

  function loadHead(): Head {
    let chain = book.own()
    if (!chain) {
      const replicaId = newId()
      chain = book.add({ key: replicaId, replicaId, own: true, ours: true, forkOf: null })
    }
    return {
      chainId: chain.id,
      replicaId: chain.replicaId,
      position: lastPosition.get()?.position ?? 0,
      replicaSeq: chain.seq,
      hlc: chain.hlc,
      hash: chain.hash,
      at: chain.at,
    }
  }

  function versionOf(stream: number): number {
    let version = versions.get(stream)
    if (version === undefined) {
      version = Number(lastVersion.value({ stream }) ?? 0)
      if (versions.size > 50_000) versions.clear()
      versions.set(stream, version)
    }
    return version
  }

  // BEGIN IMMEDIATE takes the write lock first, so that everything read inside is what the write builds on.
  const immediate = client.transaction((work: () => unknown) => {
    noticeOthers()
    head ??= loadHead()
    const { replicaSeq, position, hlc } = head
    const result = work()
    if (head && head.position !== position) seenPosition = head.position
    if (head && (head.replicaSeq !== replicaSeq || head.hlc !== hlc)) {
      moveHead.run({
        id: head.chainId,
        seq: head.replicaSeq,
        hash: Buffer.from(head.hash, 'hex'),
        hlc: head.hlc,
        at: head.at,
      })
    }
    return result
  }).immediate

  let inside = false
  function transact<T>(work: () => T): T {
    if (inside) return work()
    inside = true
    try {
      return immediate(work) as T
    } catch (error) {
      seenPosition = 0
      seenVersion = undefined
      times.forget()
      forgetAll()
      throw error
    } finally {
      inside = false
    }
  }

  /** The last reading of a clock on a stream: an event that follows what its author saw must come after it in the total order. */
  function lastHlcOf(stream: StreamEntry): number {
    if (stream.type === 'issue') return store.last(stream.uuid)?.hlc ?? 0
    return versionOf(stream.id) === 0 ? 0 : (highestHlc.get({ stream: stream.id })?.hlc ?? 0)
  }

  /** When an event happened, which may have been corrected before it came here. */
  function timeOf(row: Pick<EventRow, 'chainId' | 'replicaSeq' | 'occurredAt'>) {
    const occurredAt = times.of(row.chainId, row.replicaSeq, row.occurredAt)
    return occurredAt === row.occurredAt ? { occurredAt } : { occurredAt, recordedAt: row.occurredAt }
  }

  /** Works out what corrections are good for, and brings the first events to it; the others follow in pieces: {@link SqliteEventLog.correctOn}. */
  function correctTimes(): void {
    corrections.workOut()
    if (corrections.pending()) correctSome(correctedInOne)
    else seenTimes = times.version
  }

  /** Brings the next events to their corrected times, and whatever was made of them. */
  function correctSome(limit: number): void {
    for (const id of corrections.step(limit)) {
      const stream = streamIds.stream(id)
      if (stream.type !== 'issue') {
        refoldDirectory(stream)
        continue
      }
      dropAllSnapshots.run({ stream: id })
      snapshotted.delete(id)
      store.forget(stream.uuid)
      const state = store.now(stream.uuid)
      issuesProjected.retime(state)
      snapshotIfDue(stream, state)
    }
    seenTimes = times.version
    // Rows differ by now of which no event tells.
    if (!corrections.pending()) keepSetting.run({ name: rebuiltSetting, value: newId() })
  }

  /** Writes one event at the end of its stream and of this replica's chain. @returns `undefined` where its id is known already. */
  function write(
    stream: StreamEntry,
    event: NewEvent,
    schemaVersion: number,
    origin: number,
    floor: number,
  ): RecordedEvent | undefined {
    const at = head as Head
    const plain = event.metadata ?? manual
    const metadata = salted ? { ...plain, salt: randomBytes(12).toString('base64url') } : plain
    const dataText = canonicalize(event.data) as string
    const metadataText = canonicalize(metadata) as string
    const wall = Math.floor(now())
    // A reading that a wrong clock took ahead is not gone on from: what comes next follows the wall again.
    const clock = nextHlc(hlcMillis(at.hlc) <= wall + mostAhead ? at.hlc : 0, wall)
    const hlc = Math.max(clock, floor + 1)
    // The hybrid clock orders, and nothing else.
    const occurredAt = Math.floor(event.occurredAt ?? wall)
    const replicaSeq = at.replicaSeq + 1
    const position = at.position + 1
    const streamVersion = versionOf(stream.id) + 1
    const hash = hashEvent(
      {
        actorId: event.actorId,
        hlc,
        id: event.id,
        occurredAt,
        replicaId: at.replicaId,
        replicaSeq,
        schemaVersion,
        streamId: stream.uuid,
        streamType: stream.type,
        type: event.type,
      },
      hashPayload(dataText, metadataText),
      at.hash,
    )
    const data = event.data as Record<string, unknown>
    const waiting =
      origin >= held
        ? waitingOf(
            { streamType: stream.type, type: event.type, schemaVersion },
            { data: dataText, origin },
            registry,
          )
        : undefined
    if (waiting) waits.began()
    const row = {
      position,
      id: uuidBytes(event.id),
      streamId: stream.id,
      streamVersion,
      typeId: streamIds.typeId(event.type),
      schemaVersion,
      actorId: streamIds.ensure(event.actorId, 'member').id,
      chainId: at.chainId,
      replicaSeq,
      hlc,
      occurredAt,
      origin,
      quiet: factsOf(event.type).feed === 'hidden' ? 1 : 0,
      hash: Buffer.from(hash, 'hex'),
      data: dataText,
      metadata: metadataText === plainMetadata ? null : metadataText,
      payloadHash: null,
      copy: 0,
    }
    if (insertEvent.run(row) === 0) return undefined
    corrections.noted(row, event.type)
    at.position = position
    at.replicaSeq = replicaSeq
    // A stream that somebody's clock took days ahead keeps its order, and drags this clock nowhere.
    at.hlc = hlcMillis(hlc) <= wall + mostAhead ? hlc : clock
    at.hash = hash
    if (originOf(origin) !== origins.imported) {
      jumps.note({ chainId: at.chainId, position, at: occurredAt }, at.at)
      at.at = occurredAt
    }
    versions.set(stream.id, streamVersion)
    return {
      position: position as Position,
      id: event.id as RecordedEvent['id'],
      streamType: stream.type,
      streamId: stream.uuid as RecordedEvent['streamId'],
      streamVersion,
      type: event.type,
      schemaVersion,
      actorId: event.actorId,
      data: waiting ? {} : registry.lift(event.type, schemaVersion, data),
      metadata,
      replicaId: at.replicaId as RecordedEvent['replicaId'],
      replicaSeq,
      hlc,
      ...timeOf(row),
      hash,
      ...(waiting ? { waiting } : {}),
    }
  }

  function snapshotIfDue(stream: StreamEntry, state: IssueState): void {
    const version = versionOf(stream.id)
    if (version < snapshotEvery) return
    let last = snapshotted.get(stream.id)
    if (last === undefined) {
      last = snapshotVersion.get({ stream: stream.id })?.version ?? 0
      snapshotted.set(stream.id, last)
    }
    if (version - last < Math.max(snapshotEvery, version / 10)) return
    putSnapshot.run({
      stream: stream.id,
      version,
      newest: newestOf.get({ stream: stream.id })?.at ?? 0,
      place: JSON.stringify(store.last(stream.uuid)),
      state: JSON.stringify(state),
    })
    snapshotted.set(stream.id, version)
  }

  function project(stream: StreamEntry, recorded: readonly RecordedEvent[]): void {
    if (recorded.length === 0) return
    if (stream.type !== 'issue') {
      directoryVersion += 1
      for (const event of recorded) {
        directoryProjected.apply(event)
        if (event.type === 'workflow_changed') {
          workflow = workflowNow()
          issuesProjected.workflowChanged(workflow)
        }
      }
      // What was just made is in conflict with nothing.
      if (versionOf(stream.id) > 1) findConflicts(stream)
      return
    }
    const after = store.advance(stream.uuid, recorded)
    snapshotIfDue(stream, after)
  }

  /** Writes and projects events of one stream; a known id is passed over. */
  function put(
    ref: StreamRef,
    list: readonly NewEvent[],
    versionOfPayload: (event: NewEvent) => number,
    origin: number,
  ): RecordedEvent[] {
    const isNew = streamIds.find(ref.id, ref.type) === undefined
    const stream = streamIds.ensure(ref.id, ref.type)
    if (isNew) {
      versions.set(stream.id, 0)
      if (stream.type === 'issue') store.begin(stream.uuid)
    }
    const before = stream.type === 'issue' ? issueBefore(store.now(stream.uuid)) : undefined
    const recorded: RecordedEvent[] = []
    let floor = isNew ? 0 : lastHlcOf(stream)
    for (const event of list) {
      const schemaVersion = versionOfPayload(event)
      const waits = !registry.knows({ streamType: ref.type, type: event.type, schemaVersion })
      const written = write(stream, event, schemaVersion, waits ? origin + held : origin, floor)
      if (!written) continue
      recorded.push(written)
      floor = Math.max(floor, written.hlc)
    }
    if (recorded.length === 0) return recorded
    project(stream, recorded)
    if (before) issuesProjected.apply(before, store.now(stream.uuid), recorded.filter(counts))
    if (
      recorded.some(({ type }) => type === timesCorrected.name) ||
      (recorded.some(({ type }) => type === ownersNoted.name) && corrections.any())
    )
      correctTimes()
    return recorded
  }

  function check(stream: StreamRef, event: NewEvent): void {
    checkPlace(stream, event)
    const type = registry.find(event.type)
    // What its data may be was decided with its schema.
    if (!type && isOwn(event) && stream.type === 'issue') return
    if (!type) {
      throw new InvalidEventError(
        isPastTense(event.type)
          ? `"${event.type}" is not a registered event type`
          : `"${event.type}" is not past tense: an event says what happened, like "status_changed"`,
      )
    }
    const parsed = type.schema.safeParse(event.data)
    if (!parsed.success)
      throw new InvalidEventError(
        `the payload of "${event.type}" is not of its shape: ${parsed.error.issues[0]?.message}`,
      )
  }

  /** What no history may hold, wherever it comes from. */
  function checkPlace({ type, id }: StreamRef, event: NewEvent, schemaVersion = 1): void {
    const known = registry.knows({ streamType: type, type: event.type, schemaVersion })
    if (known && !registry.belongs(event.type, type))
      throw new InvalidEventError(`"${event.type}" can not happen to a ${type} (${id})`)
    if (event.occurredAt !== undefined && !isInstant(event.occurredAt))
      throw new InvalidEventError(
        `event ${event.id} says that it happened at ${event.occurredAt}, which is no instant of the years 1 to 9999`,
      )
  }

  /** Whether an event is of a type that somebody registered. */
  const isOwn = (event: NewEvent): boolean => eventTypes().has(event.type)
  const currentVersion = (event: NewEvent): number =>
    registry.find(event.type)?.version ?? (isOwn(event) ? ownTypeVersion : 1)

  function appendNow(
    ref: StreamRef,
    list: readonly NewEvent[],
    expectedVersion: number | undefined,
  ): Appended {
    if (expectedVersion !== undefined) {
      const known = streamIds.find(ref.id, ref.type)
      const actual = known ? versionOf(known.id) : 0
      if (actual !== expectedVersion) throw new ConcurrencyError(ref.id, expectedVersion, actual)
    }
    const recorded = put(ref, list, currentVersion, origins.recorded)
    return {
      position: (head as Head).position as Position,
      streamVersion: versionOf(streamIds.ensure(ref.id, ref.type).id),
      events: recorded,
    }
  }

  function nextNumber(): number | undefined {
    if (readSetting.get({ name: historySetting })) return undefined
    return (highestNumber.get()?.number ?? 0) + 1
  }

  /** A foreign issue keeps its number where that is free, else takes the next; a server that gives numbers gives it one. */
  function numbered(event: ForeignEvent): ForeignEvent {
    if (event.type !== 'created') return event
    const { number: wanted, ...rest } = event.data as { number?: number }
    const free = nextNumber()
    if (free === undefined) return { ...event, data: rest }
    if (wanted !== undefined && !numberTaken.get({ number: wanted })) return event
    return { ...event, data: { ...rest, number: free } }
  }

  function placeOfEvent(id: string): EventOrder {
    const row = eventById.get({ id: uuidBytes(id) })
    if (!row) throw new Error(`no event ${id} in ${database.file}`)
    return orderOf(toEvent(row))
  }

  /** Whether a rule recorded it, by its stored texts; `undefined` where they were erased. */
  const isAutomated = (data: string | null | undefined, metadata: string | null | undefined) =>
    data == null ? undefined : JSON.parse(metadata ?? plainMetadata).triggeredBy === 'automation'

  /** What takes the place of an event that is here is not let in, whatever server hands it out. @throws ArrivalError */
  function refuseReplacing(event: ArrivingEvent): void {
    const row = eventById.get({ id: uuidBytes(event.id) })
    if (!row) return
    const { uuid: streamId, type: streamType } = streamIds.stream(row.streamId)
    const known = { streamType, streamId, type: streamIds.typeName(row.typeId) }
    const imported = originOf(row.origin) === origins.imported
    const again = { ...event, imported: event.imported === true }
    if (
      !mayRepeat(
        event.id,
        { ...known, imported, automated: isAutomated(row.data, row.metadata) },
        { ...again, automated: isAutomated(event.data, event.metadata) },
      )
    )
      throw new ArrivalError('invalid_event', `event ${event.id} has the id of another event`, event.id)
  }

  /** Writes an event of another replica at the end of the log. @throws ArrivalError where it has the id of another event. */
  function writeArriving({ event, chain, origin }: ArrivingRow): {
    recorded: RecordedEvent
    copy: boolean
  } {
    const at = head as Head
    const stream = streamIds.ensure(event.streamId, event.streamType)
    const position = at.position + 1
    const streamVersion = versionOf(stream.id) + 1
    const metadata = event.metadata === plainMetadata ? undefined : event.metadata
    const row = {
      position,
      id: uuidBytes(event.id),
      streamId: stream.id,
      streamVersion,
      typeId: streamIds.typeId(event.type),
      schemaVersion: event.schemaVersion,
      actorId: streamIds.ensure(event.actorId, 'member').id,
      chainId: chain.id,
      replicaSeq: event.replicaSeq,
      hlc: event.hlc,
      occurredAt: event.occurredAt,
      origin,
      quiet: factsOf(event.type).feed === 'hidden' ? 1 : 0,
      hash: Buffer.from(event.hash, 'hex'),
      data: event.data ?? null,
      metadata: metadata ?? null,
      payloadHash: event.data === undefined ? Buffer.from(event.payloadHash ?? '', 'hex') : null,
      copy: 0,
    }
    let copies = 0
    while (insertEvent.run({ ...row, copy: copies }) === 0) {
      if (copies === 0) refuseReplacing(event)
      copies += 1
    }
    const copy = copies > 0
    corrections.noted({ ...row, occurredAt: event.occurredAt }, event.type)
    if (copy) repeated.mark(event.id)
    at.position = position
    versions.set(stream.id, streamVersion)
    const waiting = waitingOf(event, { data: event.data ?? null, origin }, registry)
    if (waiting) waits.began()
    const recorded: RecordedEvent = {
      position: position as Position,
      id: event.id as RecordedEvent['id'],
      streamType: stream.type,
      streamId: stream.uuid as RecordedEvent['streamId'],
      streamVersion,
      type: event.type,
      schemaVersion: event.schemaVersion,
      actorId: event.actorId,
      data: waiting ? {} : registry.lift(event.type, event.schemaVersion, JSON.parse(event.data as string)),
      metadata: metadata === undefined ? manual : (JSON.parse(metadata) as EventMetadata),
      replicaId: chain.replicaId as RecordedEvent['replicaId'],
      replicaSeq: event.replicaSeq,
      hlc: event.hlc,
      ...timeOf(row),
      hash: event.hash,
      ...(waiting ? { waiting } : {}),
      ...(copy ? { copy } : {}),
    }
    return { recorded, copy }
  }

  /** Makes snapshots void that something belongs before which arrived after them. */
  function dropSnapshots(stream: StreamEntry, from: EventOrder): void {
    for (const { version, place } of snapshotsOf.all({ stream: stream.id }))
      if (totalOrder(JSON.parse(place) as EventOrder, from) >= 0)
        dropSnapshot.run({ stream: stream.id, version })
    snapshotted.delete(stream.id)
  }

  type Pending = {
    readonly state: IssueState
    readonly before: IssueBefore
    readonly last: EventOrder | undefined
  }

  /** Whether a late event comes to the same at the end as in its place. */
  function commutesWith(state: IssueState, event: RecordedEvent): boolean {
    return commutes(state, event as unknown as IssueEvent, (id) => totalOrder(placeOfEvent(id), event) < 0)
  }
  const isComment =
    (state: IssueState) =>
    (event: RecordedEvent): boolean =>
      event.type === 'commented' && !event.copy && commutesWith(state, event)

  function foldArrived(
    stream: StreamEntry,
    recorded: readonly RecordedEvent[],
    earliest: EventOrder,
    { state, before, last }: Pending,
  ): void {
    const counting = recorded.filter(counts)
    // Of several, the later ones would have to be looked at with the earlier folded in.
    const [only] = counting
    const inPlace = counting.length === 1 && only && !only.copy && commutesWith(state, only)
    if (!last || totalOrder(last, earliest) < 0 || inPlace || counting.every(isComment(state))) {
      const inOrder = inTotalOrder(recorded)
      const after = store.advance(stream.uuid, inOrder)
      issuesProjected.apply(before, after, inOrder.filter(counts))
    } else {
      dropSnapshots(stream, earliest)
      store.forget(stream.uuid)
      issuesProjected.replace(state, store.now(stream.uuid))
    }
    snapshotIfDue(stream, store.now(stream.uuid))
  }

  /** Folds a stream again of which events that were here already count otherwise. @param was its events as they counted before. */
  function refold(stream: StreamEntry, was: readonly RecordedEvent[], earliest: EventOrder): void {
    if (stream.type !== 'issue') {
      refoldDirectory(stream)
      return
    }
    dropSnapshots(stream, earliest)
    store.forget(stream.uuid)
    issuesProjected.replace(
      foldRecorded(initialIssue(stream.uuid), inTotalOrder(was)),
      store.now(stream.uuid),
    )
    snapshotIfDue(stream, store.now(stream.uuid))
  }

  function refoldDirectory(stream: StreamEntry): void {
    directoryVersion += 1
    directoryProjected.refold(stream, inTotalOrder(allOf(stream)))
    const changed = workflowNow()
    if (JSON.stringify(changed) === JSON.stringify(workflow)) return
    workflow = changed
    issuesProjected.workflowChanged(workflow)
  }

  function findConflicts(stream: StreamEntry): void {
    directoryProjected.findConflicts(stream, inTotalOrder(allOf(stream)))
  }

  /** Looks through everything of one kind, or of any that is no issue. */
  function findConflictsIn(type?: StreamType): void {
    const found = type === undefined ? ne(streams.type, 'issue') : eq(streams.type, type)
    for (const { id } of orm.select({ id: streams.id }).from(streams).where(found).all())
      findConflicts(streamIds.stream(id))
  }

  const allOf = (stream: StreamEntry): RecordedEvent[] =>
    streamPage.all({ stream: stream.id, from: 1, limit: -1 }).map(toEvent)

  const waits = waitingEvents(database, streamIds, registry, {
    allOf,
    refold,
    markRepeated: repeated.mark,
    toEvent,
    newId,
  })

  function receiveNow(arrivals: Arrivals): Omit<Received, 'position'> {
    const at = head as Head
    const pending = new Map<string, Pending>()
    return receiveEvents(arrivals, {
      book,
      registry,
      now,
      write: writeArriving,
      placeOfEvent,
      hashAt: (chain: Chain, seq) => chainsRead.hashAt(chain.key, seq),
      beforeStream({ id, type }) {
        const isNew = streamIds.find(id, type) === undefined
        const stream = streamIds.ensure(id, type)
        if (isNew) versions.set(stream.id, 0)
        if (type !== 'issue') return
        if (isNew) store.begin(id)
        const state = store.now(id)
        pending.set(id, { state, before: issueBefore(state), last: store.last(id) })
      },
      afterStream({ id, type }, recorded, earliest) {
        const stream = streamIds.ensure(id, type)
        const before = type === 'issue' ? pending.get(id) : undefined
        if (before) foldArrived(stream, recorded, earliest, before)
        else refoldDirectory(stream)
      },
      makeWhole: waits.makeWhole,
      ahead: (position, millis) =>
        void orm.insert(aheadEvents).values({ position, millis }).onConflictDoNothing().run(),
      observe: (hlc) => {
        at.hlc = Math.max(at.hlc, hlc)
      },
      jumps,
    })
  }

  if (readSetting.get({ name: unseenConflictsSetting }))
    transact(() => {
      findConflictsIn()
      orm.delete(settings).where(eq(settings.name, unseenConflictsSetting)).run()
    })

  if (!database.readOnly && waits.isDue())
    transact(() => {
      waits.takeUp()
      if (corrections.any()) correctTimes()
    })

  return {
    streamIds,
    toEvent,
    transact,
    receive({ chains: from, events: list }) {
      return transact(() => {
        let [appended, skipped, madeWhole] = [0, 0, 0]
        for (let start = 0; start < list.length; start += receivedAtOnce) {
          const part = receiveNow({ chains: from, events: list.slice(start, start + receivedAtOnce) })
          appended += part.appended
          skipped += part.skipped
          madeWhole += part.madeWhole
        }
        // What arrived may be a correction, the chain that one is of, or the event that says who may.
        if (appended + madeWhole > 0 && corrections.any()) correctTimes()
        return { appended, skipped, madeWhole, position: (head as Head).position }
      })
    },
    forkChain({ chain: key, shared, forkKey }) {
      transact(() => {
        const chain = book.find(key)
        if (!chain) return
        if (shared >= chain.seq) book.disown(chain.id)
        else {
          const hash = chainsRead.hashAt(key, shared)
          if (hash === undefined) throw new Error(`${key} has no place ${shared}`)
          book.rename(chain.id, forkKey, null)
          const trunk = book.add({
            ...chain,
            own: false,
            forkOf: { id: chain.id, seq: shared },
            seq: shared,
            hash,
            at: null,
          })
          book.rename(chain.id, forkKey, { id: trunk.id, seq: shared })
        }
        if (!chain.own) return
        head = loadHead()
        // The clock goes on where it was.
        head.hlc = Math.max(head.hlc, chain.hlc)
        head.at = chain.at
        book.move(head.chainId, {
          seq: head.replicaSeq,
          hash: head.hash,
          hlc: head.hlc,
          at: head.at,
        })
        if (corrections.any()) correctTimes()
      })
    },
    saltPayloads(on) {
      transact(() => {
        if (on) orm.insert(settings).values({ name: saltSetting, value: 'on' }).onConflictDoNothing().run()
        else orm.delete(settings).where(eq(settings.name, saltSetting)).run()
        salted = on
      })
    },
    followHistory(streamId) {
      transact(() => {
        if (streamId === null) orm.delete(settings).where(eq(settings.name, historySetting)).run()
        else
          orm
            .insert(settings)
            .values({ name: historySetting, value: streamId })
            .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
            .run()
        const stream = streamId === null ? undefined : streamIds.find(streamId, 'workspace')
        if (stream) refoldDirectory(stream)
        findConflictsIn('workspace')
        if (corrections.any()) correctTimes()
      })
    },
    noticeOthers,
    append(stream, list, options = {}) {
      for (const event of list) check(stream, event)
      return transact(() => appendNow(stream, list, options.expectedVersion))
    },
    record(ref, event, { throttle }) {
      check(ref, event)
      return transact(() => {
        const stream = streamIds.find(ref.id, ref.type)
        const actor = stream && streamIds.find(event.actorId, 'member')
        const last =
          actor && lastOfActor.get({ stream: stream.id, actor: actor.id, type: streamIds.typeId(event.type) })
        // One from far ahead, by a clock that was wrong, holds nothing up.
        if (last && Math.abs(now() - hlcMillis(last.hlc)) < throttle) return undefined
        return appendNow(ref, [event], undefined)
      })
    },
    readStream(ref, { fromVersion = 1, limit = -1 } = {}) {
      noticeOthers()
      const stream = streamIds.find(ref.id, ref.type)
      return stream ? streamPage.all({ stream: stream.id, from: fromVersion, limit }).map(toEvent) : []
    },
    readAll(after, limit = 100) {
      noticeOthers()
      return logPage.all({ after, limit }).map(toEvent)
    },
    position() {
      noticeOthers()
      return (lastPosition.get()?.position ?? 0) as Position
    },
    streamVersion(ref) {
      noticeOthers()
      const stream = streamIds.find(ref.id, ref.type)
      return stream ? versionOf(stream.id) : 0
    },
    issue(issueId) {
      if (!inside) noticeOthers()
      return store.now(issueId)
    },
    event(id) {
      times.refresh()
      const row = eventById.get({ id: uuidBytes(id) })
      return row && toEvent(row)
    },
    issueAsOf(issueId, at) {
      noticeOthers()
      return store.asOf(issueId, at)
    },
    corrections,
    correctOn(limit) {
      if (!corrections.pending()) return false
      return transact(() => {
        times.refresh()
        if (corrections.pending()) correctSome(limit)
        return corrections.pending()
      })
    },
    nextNumber,
    workflow: () => workflow,
    directoryVersion: () => directoryVersion,
    importStreams(streams) {
      return transact(() => {
        let appended = 0
        let skipped = 0
        let brought = 0
        for (const { streamType, streamId, events: list } of streams) {
          const version = (event: NewEvent): number =>
            (event as ForeignEvent).schemaVersion ?? currentVersion(event)
          for (const event of list) checkPlace({ type: streamType, id: streamId }, event, version(event))
          const recorded = put(
            { type: streamType, id: streamId },
            list.map(numbered),
            version,
            origins.imported,
          )
          appended += recorded.length
          skipped += list.length - recorded.length
          if (recorded.some((event) => event.type === 'created')) brought += 1
        }
        return { appended, skipped, issues: brought }
      })
    },
  }
}
