import { and, asc, desc, eq, gt, lte, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import type { RecordedEvent } from '#core/events/event.ts'
import { type EventOrder, inTotalOrder, orderOf, totalOrder } from '#core/events/event-order.ts'
import { evolve } from '#core/issue/evolve.ts'
import type { IssueEvent } from '#core/issue/issue-event.ts'
import { issueEventTypes } from '#core/issue/issue-events.ts'
import { type IssueState, initialIssue } from '#core/issue/issue-state.ts'
import { correctedTimes as correctedTable, events, snapshots } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { correctedTimesOf } from '../rows/corrected-times.ts'
import type { EventRow, EventRowsOptions } from '../rows/event-rows.ts'
import type { StreamIds } from '../rows/stream-ids.ts'

/** Issues folded from their events, by way of the newest snapshot that serves. */
export type IssueCache = {
  /** The issue as it is now; `exists` is false where nothing was recorded. Do not change what comes back. */
  now(issueId: string): IssueState
  /** The issue as of an instant: its events with `occurredAt` ≤ `at`, folded in total order. A state of your own. */
  asOf(issueId: string, at: number): IssueState
  /** The last place that `now` takes in; `undefined` where there is no event. */
  last(issueId: string): EventOrder | undefined
  /** Folds newly recorded events in, all of which come after `last`, and returns the state; the remembered one moves along. */
  advance(issueId: string, recorded: readonly RecordedEvent[]): IssueState
  /** Remembers an issue that has no event yet, so that it is not looked for. */
  begin(issueId: string): void
  /** Forgets what was remembered: one issue that another process wrote to, or all after a transaction was rolled back. */
  forget(issueId?: string): void
}

const remembered = 2_000

const knownTypes: ReadonlySet<string> = new Set(issueEventTypes.map((type) => type.name))

/** Events that wait say nothing yet, and types of somebody's own nothing that Docket has a field for; all others fold. */
const isFoldable = (event: RecordedEvent): boolean =>
  !event.waiting && event.streamType === 'issue' && knownTypes.has(event.type)

/** Folds events, given in total order, onto a state, which it consumes. */
export function foldRecorded(state: IssueState, recorded: Iterable<RecordedEvent>): IssueState {
  let folded = state
  for (const event of recorded) if (isFoldable(event)) folded = evolve(folded, event as unknown as IssueEvent)
  return folded
}

type Known = { state: IssueState; last: EventOrder | undefined }

export function issueCache(
  database: ReadDatabase,
  streamIds: StreamIds,
  toEvent: (row: EventRow) => RecordedEvent,
  { corrected = true }: EventRowsOptions = {},
): IssueCache {
  const { orm } = database
  const times = correctedTimesOf(database)
  const timeOf = (row: EventRow): number =>
    corrected ? times.of(row.chainId, row.replicaSeq, row.occurredAt) : row.occurredAt
  const anyCorrected = orm
    .select({ position: correctedTable.position })
    .from(correctedTable)
    .where(eq(correctedTable.streamId, sql.placeholder('stream')))
    .limit(1)
    .prepare()
  const states = new LRUCache<string, Known>({ max: remembered })
  const newestSnapshot = orm
    .select({ version: snapshots.version, place: snapshots.place, state: snapshots.state })
    .from(snapshots)
    .where(
      and(eq(snapshots.streamId, sql.placeholder('stream')), lte(snapshots.newest, sql.placeholder('at'))),
    )
    .orderBy(desc(snapshots.version))
    .limit(1)
    .prepare()
  const eventsAfter = orm
    .select()
    .from(events)
    .where(
      and(
        eq(events.streamId, sql.placeholder('stream')),
        gt(events.streamVersion, sql.placeholder('version')),
      ),
    )
    .orderBy(asc(events.streamVersion))
    .prepare()

  function load(issueId: string, at: number): Known {
    const stream = streamIds.find(issueId, 'issue')
    if (!stream) return { state: initialIssue(issueId), last: undefined }
    // Snapshots are of the times as they were corrected.
    const serves = corrected || anyCorrected.get({ stream: stream.id }) === undefined
    const snapshot = serves ? newestSnapshot.get({ stream: stream.id, at }) : undefined
    const recorded = inTotalOrder(
      eventsAfter
        .all({ stream: stream.id, version: snapshot?.version ?? 0 })
        .filter((row) => timeOf(row) <= at)
        .map(toEvent),
    )
    // What came late and only adds may stand before the snapshot's place.
    const places = [
      ...recorded.slice(-1).map(orderOf),
      ...(snapshot ? [JSON.parse(snapshot.place) as EventOrder] : []),
    ]
    return {
      state: foldRecorded(snapshot ? JSON.parse(snapshot.state) : initialIssue(issueId), recorded),
      last: places.sort(totalOrder).at(-1),
    }
  }

  function known(issueId: string): Known {
    const found = states.get(issueId)
    if (found) return found
    const entry = load(issueId, Number.MAX_SAFE_INTEGER)
    states.set(issueId, entry)
    return entry
  }

  return {
    now: (issueId) => known(issueId).state,
    last: (issueId) => known(issueId).last,
    begin: (issueId) => void states.set(issueId, { state: initialIssue(issueId), last: undefined }),
    asOf: (issueId, at) => load(issueId, at).state,
    advance(issueId, recorded) {
      const entry = known(issueId)
      entry.state = foldRecorded(entry.state, recorded)
      for (const event of recorded)
        if (!entry.last || totalOrder(entry.last, event) < 0) entry.last = orderOf(event)
      return entry.state
    },
    forget(issueId) {
      if (issueId === undefined) states.clear()
      else states.delete(issueId)
    },
  }
}
