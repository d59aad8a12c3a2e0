import { and, between, eq, sql } from 'drizzle-orm'
import { type EventRegistry, eventRegistry } from '#core/event-registry.ts'
import { activityKinds } from '#core/events/event-facts.ts'
import { activityKind, hourMillis } from './activity-kinds.ts'
import { correctedTimes } from './corrected-times.ts'
import { waitingOf } from './event-rows.ts'
import type { FeedQueryScope } from './feed-query.ts'
import { inList, listParameter } from './lookup.ts'
import type { ReadDatabase } from './open-database.ts'
import { activity, events } from './schema.ts'
import { ofShownType } from './shown-types.ts'
import type { Surrogates } from './surrogates.ts'

export type StripBucket = Readonly<Record<(typeof activityKinds)[number], number>>
export type Strip = {
  readonly from: number
  readonly to: number
  readonly bucketMillis: number
  readonly buckets: readonly StripBucket[]
}

const p = sql.placeholder
/** The most events of a set of issues that are counted, newest first: enough for a picture, bounded in time. */
const mostEvents = 20_000

type Counted = { readonly at: number; readonly kind: number; readonly count: number }

function bucketed(
  counted: readonly Counted[],
  first: number,
  last: number,
  buckets: number,
  step: number,
): Strip {
  const bucketMillis = Math.max(step, Math.ceil((last + 1 - first) / buckets / step) * step)
  const from = Math.floor(first / bucketMillis) * bucketMillis
  const length = Math.min(buckets, Math.floor((last - from) / bucketMillis) + 1)
  const sums = Array.from({ length: Math.max(length, 1) }, () => [0, 0, 0, 0, 0])
  for (const { at, kind, count } of counted) {
    const sum = sums[Math.min(Math.floor((at - from) / bucketMillis), sums.length - 1)]
    if (sum) sum[kind] = (sum[kind] ?? 0) + count
  }
  return {
    from,
    to: from + sums.length * bucketMillis,
    bucketMillis,
    buckets: sums.map(
      (sum) => Object.fromEntries(activityKinds.map((kind, index) => [kind, sum[index] ?? 0])) as StripBucket,
    ),
  }
}

const empty: Strip = { from: 0, to: 0, bucketMillis: hourMillis, buckets: [] }

/** Counts of events over time: from the `activity` projection for the workspace and for people, from the events for issues. */
export function historyStripQuery(
  database: ReadDatabase,
  names: Surrogates,
  registry: EventRegistry = eventRegistry(),
) {
  const { orm } = database
  const span = orm
    .select({
      first: sql<number | null>`min(${activity.hour})`,
      last: sql<number | null>`max(${activity.hour})`,
    })
    .from(activity)
    .where(eq(activity.actorId, p('actor')))
    .prepare()
  const sums = orm
    .select({
      bucket: sql<number>`(${activity.hour} - ${p('first')}) / ${p('hours')}`.as('bucket'),
      kind: activity.kind,
      count: sql<number>`sum(${activity.count})`,
    })
    .from(activity)
    .where(and(eq(activity.actorId, p('actor')), between(activity.hour, p('first'), p('last'))))
    .groupBy(sql`bucket`, activity.kind)
    .prepare()
  const times = correctedTimes(database)
  const columns = {
    at: events.occurredAt,
    streamId: events.streamId,
    typeId: events.typeId,
    schemaVersion: events.schemaVersion,
    origin: events.origin,
    // Only what was held is looked at whole.
    data: sql<string | null>`CASE WHEN ${events.origin} > 3 THEN ${events.data} ELSE '' END`,
    metadata: events.metadata,
    chain: events.chainId,
    seq: events.replicaSeq,
  }
  const ofIssues = orm
    .select(columns)
    .from(events)
    .where(and(sql`data IS NOT NULL AND ${ofShownType}`, inList(events.streamId, 'ids')))
    .limit(mostEvents)
    .prepare()

  function fromActivity(actor: number, buckets: number): Strip {
    const hours = span.get({ actor })
    if (hours?.first == null || hours.last == null) return empty
    const width = Math.max(1, Math.ceil((hours.last + 1 - hours.first) / buckets))
    const first = Math.floor(hours.first / width) * width
    const counted = sums.all({ actor, first, last: hours.last, hours: width }).map((row) => ({
      at: (first + Math.floor(row.bucket) * width) * hourMillis,
      kind: row.kind,
      count: row.count,
    }))
    return bucketed(
      counted,
      first * hourMillis,
      (hours.last + 1) * hourMillis - 1,
      buckets + 1,
      width * hourMillis,
    )
  }

  function fromEvents(ids: readonly number[], buckets: number): Strip {
    times.refresh()
    const counted = ofIssues.all({ ids: listParameter(ids) }).flatMap((row) => {
      const triggeredBy = row.metadata === null ? 'manual' : /"triggeredBy":"(\w+)"/.exec(row.metadata)?.[1]
      const type = names.typeName(row.typeId)
      const { type: streamType } = names.stream(row.streamId)
      if (waitingOf({ streamType, type, schemaVersion: row.schemaVersion }, row, registry)) return []
      const kind = activityKind(type, triggeredBy ?? 'manual')
      return kind === undefined ? [] : [{ at: times.of(row.chain, row.seq, row.at), kind, count: 1 }]
    })
    if (counted.length === 0) return empty
    const first = counted.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY)
    const last = counted.reduce((most, { at }) => Math.max(most, at), 0)
    return bucketed(counted, first, last, buckets, 60_000)
  }

  return {
    /** @param buckets how many at most. */
    ofScope(scope: FeedQueryScope, buckets: number): Strip {
      if (scope.kind === 'workspace') return fromActivity(0, buckets)
      const stream =
        scope.kind === 'issue' ? names.find(scope.issueId, 'issue') : names.find(scope.memberId, 'member')
      if (!stream) return empty
      return scope.kind === 'issue' ? fromEvents([stream.id], buckets) : fromActivity(stream.id, buckets)
    },
    ofIssues(issueIds: readonly string[], buckets: number): Strip {
      return fromEvents(
        issueIds.flatMap((uuid) => names.find(uuid, 'issue')?.id ?? []),
        buckets,
      )
    },
  }
}
