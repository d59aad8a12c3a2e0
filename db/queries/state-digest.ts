import { createHash, hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { asc, eq, gt, ne, sql } from 'drizzle-orm'
import { eventRegistry } from '#core/event-registry.ts'
import { type EventOrder, inTotalOrder, orderOf, totalOrder } from '#core/events/event-order.ts'
import { initialIssue } from '#core/issue/issue-state.ts'
import { tablesOfEntities } from '../entity-tables.ts'
import { foldRecorded, issueCache } from '../log/read/issue-cache.ts'
import { eventTypesSetting } from '../log/read/registered-types.ts'
import { correctedTimesOf } from '../log/rows/corrected-times.ts'
import { directorySettings, unitSettings } from '../log/rows/directory-settings.ts'
import { eventRows } from '../log/rows/event-rows.ts'
import { foldName } from '../log/rows/fold-name.ts'
import { streamIdsOf } from '../log/rows/stream-ids.ts'
import { conflicts, events, issues, type labels, rules, settings, streams } from '../schema.ts'
import { rebuiltSetting } from '../setting-names.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

/** What a replica's folded state comes to. */
export type StateDigest = {
  /** SHA-256, lower-case hexadecimal. Equal on replicas that hold the same events, whatever the order they came in. */
  readonly digest: string
  /** Events in the log, all replicas' together. */
  readonly events: number
  readonly position: number
  /** What it was folded with; see {@link foldName}. */
  readonly fold: string
}

/** Follows a log: the first answer folds everything, later ones what changed since. */
export type StateDigests = {
  now(): StateDigest
  /** Folds at most `limit` issues. @returns `undefined` while more are waiting. */
  step(limit: number): StateDigest | undefined
}

const empty = Buffer.alloc(32)

/**
 * Digests of the folded state: of each issue its whole folded state, of labels, projects, members, rules and the workspace what is kept of them and their conflicts, each hashed
 * with its id as canonical JSON; the hashes are combined by exclusive or (order-free, each thing counts once), and that with the directory's is
 * hashed. Surrogates, positions and arrival order are not in it.
 */
export function stateDigests(database: ReadDatabase): StateDigests {
  const { orm, client } = database
  const streamIds = streamIdsOf(database)
  const registry = eventRegistry()
  const fold = foldName(registry)
  const { toEvent } = eventRows(database, streamIds, registry)
  const store = issueCache(database, streamIds, toEvent)
  const touched = orm
    .selectDistinct({ stream: events.streamId })
    .from(events)
    .where(gt(events.position, sql.placeholder('after')))
    .prepare()
  const allIssues = orm.select({ stream: issues.id }).from(issues).orderBy(asc(issues.id)).prepare()
  const ofDirectory = orm
    .select({
      stream: conflicts.streamId,
      key: conflicts.key,
      settled: conflicts.settled,
      by: conflicts.settledBy,
      at: conflicts.settledAt,
    })
    .from(conflicts)
    .innerJoin(streams, eq(streams.id, conflicts.streamId))
    .where(ne(streams.type, 'issue'))
    .prepare()
  const revised = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, rebuiltSetting))
    .prepare()
  const end = client.prepare('SELECT coalesce(max(position), 0) AS position FROM events').pluck()
  const times = correctedTimesOf(database)
  let seenTimes: string | undefined
  const known = new Map<number, Buffer>()
  const combined = Buffer.from(empty)
  let position = 0

  const mix = (of: Buffer): void => {
    for (let at = 0; at < 32; at++) combined[at] = (combined[at] as number) ^ (of[at] as number)
  }

  function take(id: number): void {
    const stream = streamIds.stream(id)
    if (stream.type !== 'issue') return
    store.forget(stream.uuid)
    const state = store.now(stream.uuid)
    // Not kept: this walks over every issue once.
    store.forget(stream.uuid)
    const before = known.get(id)
    if (before) mix(before)
    if (state.version === 0) {
      known.delete(id)
      return
    }
    const digest = Buffer.from(hash('sha256', canonicalize(state) as string, 'hex'), 'hex')
    known.set(id, digest)
    mix(digest)
  }

  /** Of what is no issue: an issue's are part of its state. */
  function directoryConflicts(): readonly unknown[] {
    return ofDirectory
      .all()
      .map(({ stream, by, ...row }) => ({
        ...row,
        of: streamIds.stream(stream).uuid,
        by: by === null ? null : streamIds.stream(by).uuid,
      }))
      .sort((a, b) => (a.of + a.key < b.of + b.key ? -1 : 1))
  }

  function directory(): string {
    const uuid = <Row extends { id: number }>(row: Row) => ({ ...row, id: streamIds.stream(row.id).uuid })
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
    const setting = new Map(
      orm
        .select()
        .from(settings)
        .all()
        .map((row) => [row.name, row.value]),
    )
    const conflicts = directoryConflicts()
    const eventTypes = setting.get(eventTypesSetting)
    return canonicalize({
      // Where there are none it comes to the same as with a Docket that does not look for any.
      ...(conflicts.length > 0 ? { conflicts } : {}),
      ...(eventTypes === undefined ? {} : { eventTypes }),
      ...Object.fromEntries(
        tablesOfEntities.map(({ entity, table }) => [
          entity.plural,
          orm
            .select()
            .from(table as typeof labels)
            .all()
            .map(uuid)
            .sort(byId),
        ]),
      ),
      rules: orm.select().from(rules).all().map(uuid).sort(byId),
      workspace: [
        ...Object.values(directorySettings).map((name) => setting.get(name) ?? null),
        ...unitSettings.flatMap((name) => setting.get(name) ?? []),
      ],
    }) as string
  }

  /** Streams that changed and were not folded again yet. */
  const waiting: number[] = []
  let begun = false
  let revision: string | undefined

  function step(limit: number): StateDigest | undefined {
    // One snapshot of the file, so that what is folded is what is counted.
    return client.transaction(() => {
      const last = Number(end.get())
      times.refresh()
      const now = revised.get()?.value
      if (times.version !== seenTimes || now !== revision) {
        // Any issue may be of another time now, or events that were here before count otherwise.
        seenTimes = times.version
        revision = now
        known.clear()
        combined.fill(0)
        waiting.length = 0
        begun = false
        position = 0
      }
      if (last !== position) {
        const fresh = begun ? touched.all({ after: position }) : allIssues.all()
        const known = new Set(waiting)
        for (const { stream } of fresh) if (!known.has(stream)) waiting.push(stream)
        position = last
        begun = true
      }
      for (const stream of waiting.splice(0, limit)) take(stream)
      if (waiting.length > 0) return undefined
      const digest = createHash('sha256').update(combined).update(directory()).digest('hex')
      return { digest, events: last, position: last, fold }
    })()
  }

  return {
    step,
    now: () => step(Number.POSITIVE_INFINITY) as StateDigest,
  }
}

/** One step of a trail: an event, and the first 8 bytes (hexadecimal) of the digest of its issue's state after it. */
export type TrailStep = { readonly eventId: string; readonly state: string }

/**
 * Every event of every issue in total order, each with its issue's state after it: two replicas that disagree find the first event that they fold
 * differently by comparing theirs. Folds everything; only asked for after a disagreement.
 */
export function digestTrail(database: ReadDatabase): readonly TrailStep[] {
  const { orm } = database
  const streamIds = streamIdsOf(database)
  correctedTimesOf(database).refresh()
  const { toEvent } = eventRows(database, streamIds, eventRegistry())
  const ofStream = orm
    .select()
    .from(events)
    .where(eq(events.streamId, sql.placeholder('stream')))
    .prepare()
  const steps: (EventOrder & { readonly state: string })[] = []
  for (const { stream } of orm.select({ stream: issues.id }).from(issues).all()) {
    let state = initialIssue(streamIds.stream(stream).uuid)
    for (const event of inTotalOrder(ofStream.all({ stream }).map(toEvent))) {
      state = foldRecorded(state, [event])
      const text = hash('sha256', canonicalize(state) as string, 'hex').slice(0, 16)
      steps.push({ ...orderOf(event), state: text })
    }
  }
  return steps.sort(totalOrder).map(({ id, state }) => ({ eventId: id, state }))
}
