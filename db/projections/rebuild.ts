import { asc, eq, gt, sql } from 'drizzle-orm'
import type { EventRegistry } from '#core/event-registry.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { inTotalOrder, orderOf, totalOrder } from '#core/events/event-order.ts'
import { type IssueState, initialIssue } from '#core/issue/issue-state.ts'
import { timesCorrected } from '#core/time/time-events.ts'
import { type JumpCandidate, jumpMillis } from '../log/clock-jumps.ts'
import { foldRecorded } from '../log/read/issue-cache.ts'
import { eventTypesSetting } from '../log/read/registered-types.ts'
import { originOf, origins } from '../log/rows/event-columns.ts'
import type { EventRow } from '../log/rows/event-rows.ts'
import { againSetting } from '../log/waiting-events.ts'
import { events, issues, settings, snapshots } from '../schema.ts'
import { rebuiltSetting } from '../setting-names.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { CancelledError, type WorkOptions } from '../sqlite/progress.ts'
import { asynchronousProjections } from './asynchronous-projections.ts'
import { openEventLog } from './event-log.ts'
import { digestOf, projectionDigests } from './projection-digest.ts'
import { type Projection, projectedTables, projections } from './registry.ts'
import { respelledSetting } from './respelled-documents.ts'

export type RebuildReport = {
  readonly events: number
  readonly issues: number
  /** Digests of all projections, before and after. */
  readonly before: string
  readonly after: string
  /** The projections that were wrong, by their tables' names. */
  readonly repaired: readonly string[]
}

type Fold = {
  state: IssueState
  late: boolean
  newest: number
  /** Of those folded, the last in total order. */
  last: RecordedEvent | undefined
  /** How many events there are. */
  versions: number
}

const pageSize = 1_000
/** What is kept of what was folded, beside the projections. */
const foldedOnce = ['snapshots', 'checkpoints']

/**
 * Makes every projection again from the log alone: folds in memory while others go on writing, then replaces the tables in one
 * transaction, then works off search and activity. @throws CancelledError, with the old projections as they were.
 */
export function rebuildProjections(
  database: WriteDatabase,
  options: WorkOptions & { readonly registry: EventRegistry; readonly newId: () => string },
): RebuildReport {
  const { orm, client } = database
  const { onProgress, isCancelled } = options
  const log = openEventLog(database, { registry: options.registry, now: Date.now, newId: options.newId })
  const behind = asynchronousProjections(database, log)
  while (behind.step(500)) if (isCancelled?.()) throw new CancelledError()
  const before = projectionDigests(database)
  const total = log.position()

  const folds = new Map<string, Fold>()
  const directory: RecordedEvent[] = []
  /** Positions of what corrects the times of others. */
  const corrections: number[] = []
  const page = orm
    .select()
    .from(events)
    .where(gt(events.position, sql.placeholder('after')))
    .orderBy(asc(events.position))
    .limit(pageSize)
    .prepare()
  let read = 0
  /** When the last event of each chain that was not imported happened, as recorded, and where that went back. */
  const lastAt = new Map<number, number>()
  const jumps: JumpCandidate[] = []

  function followClock({ chainId, position, occurredAt: at, origin }: EventRow): void {
    if (originOf(origin) === origins.imported) return
    const before = lastAt.get(chainId)
    if (before !== undefined && before - at > jumpMillis) jumps.push({ chainId, position, at, before })
    lastAt.set(chainId, at)
  }

  function take(event: RecordedEvent): void {
    if (event.streamType !== 'issue') {
      directory.push(event)
      if (event.type === timesCorrected.name) corrections.push(event.position)
      return
    }
    const fold = folds.get(event.streamId) ?? {
      state: initialIssue(event.streamId),
      late: false,
      newest: 0,
      last: undefined,
      versions: 0,
    }
    folds.set(event.streamId, fold)
    fold.versions = event.streamVersion
    // What arrived late belongs before what was folded already, and a copy may come before what it copies: such a stream is folded again
    // from its start, once.
    if (event.copy || (fold.last && totalOrder(fold.last, event) > 0)) fold.late = true
    fold.last = event
    fold.newest = Math.max(fold.newest, event.occurredAt)
    if (!fold.late) fold.state = foldRecorded(fold.state, [event])
  }

  function readOn(): boolean {
    const rows = page.all({ after: read })
    for (const row of rows) {
      take(log.toEvent(row))
      followClock(row)
    }
    read = rows.at(-1)?.position ?? read
    onProgress?.({ done: read, total: total * 2, unit: 'events' })
    return rows.length === pageSize
  }

  /** The same events with the times that they have by now. */
  function directoryAgain(): RecordedEvent[] {
    const streams = new Map(
      directory.map(({ streamType: type, streamId: id }) => [`${type} ${id}`, { type, id }]),
    )
    return [...streams.values()].flatMap((stream) => log.readStream(stream))
  }

  while (readOn()) if (isCancelled?.()) throw new CancelledError()

  client
    .transaction(() => {
      while (readOn());
      // Folded with the times that were known then: what they are now decides.
      for (const stream of log.corrections.again(corrections, true)) {
        const { type, uuid } = log.streamIds.stream(stream)
        const fold = type === 'issue' ? folds.get(uuid) : undefined
        if (fold) fold.late = true
      }
      for (const [id, fold] of folds) {
        if (!fold.late) continue
        const all = inTotalOrder(log.readStream({ type: 'issue', id }))
        fold.state = foldRecorded(initialIssue(id), all)
        fold.last = all.at(-1)
        fold.newest = all.reduce((newest, event) => Math.max(newest, event.occurredAt), 0)
      }
      for (const { name, emptied } of projectedTables)
        if (emptied !== false) client.exec(`DELETE FROM ${name}`)
      for (const name of foldedOnce) client.exec(`DELETE FROM ${name}`)
      // Who keeps rows in memory follows the log, in which nothing happens now: this tells of it.
      orm
        .insert(settings)
        .values({ name: rebuiltSetting, value: options.newId() })
        .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
        .run()
      client.prepare(`INSERT INTO search (search) VALUES ('delete-all')`).run()
      // They are all looked at again, and the types of events are folded anew.
      for (const name of [againSetting, respelledSetting, eventTypesSetting])
        orm.delete(settings).where(eq(settings.name, name)).run()
      const ofEntities = inTotalOrder(corrections.length === 0 ? directory : directoryAgain())
      for (const projection of Object.values<Projection>(projections))
        projection.rebuild?.({ database, log, ofEntities, issues: folds, jumps })
      for (const [id, { state, newest, last, versions }] of folds) {
        if (!last || versions < 50) continue
        const streamId = log.streamIds.ensure(id, 'issue').id
        const place = JSON.stringify(orderOf(last))
        orm
          .insert(snapshots)
          .values({ streamId, version: versions, newest, place, state: JSON.stringify(state) })
          .run()
      }
    })
    .immediate()
  folds.clear()

  for (let more = true; more; ) {
    more = behind.step(500)
    onProgress?.({ done: total + behind.checkpoint(), total: total * 2, unit: 'events' })
  }
  const issueCount = orm.select({ count: sql<number>`count(*)` }).from(issues).get()?.count ?? 0
  const after = projectionDigests(database)
  return {
    events: read,
    issues: issueCount,
    before: digestOf(before),
    after: digestOf(after),
    repaired: [...after.keys()].filter((name) => after.get(name) !== before.get(name)),
  }
}
