import { and, eq, sql } from 'drizzle-orm'
import type { EventRegistry } from '#core/event-registry.ts'
import { activityKinds } from '#core/events/facts/event-facts.ts'
import { bucketAt, type Stretch, type StripGrain, stripAxis } from '#core/filter/strip-axis.ts'
import { shownInstant } from '#core/time/instant.ts'
import { type CountedColumns, countedEvents, markOf, typeRange } from '../log/read/counted-events.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { activityKind, hourMillis } from '../projections/activity/activity-kinds.ts'
import { activity } from '../schema.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'
import type { FeedQueryScope } from './feed-query.ts'
import { countBits, hasBit, placesOf } from './issue-list/bitmap.ts'

export type CountedBucket = Stretch & Readonly<Record<(typeof activityKinds)[number], number>>
export type Strip = {
  readonly buckets: readonly CountedBucket[]
  /** What lies too far off to be on one axis with the rest, on either side. */
  readonly earlier: CountedBucket | null
  readonly later: CountedBucket | null
}

/** How much of a strip lies in a time: events, and issues that have one. */
export type StripPart = { readonly events: number; readonly issues: number }

/** So few issues are looked up one by one; of more, all that happened anywhere is looked through. */
const few = 300

const p = sql.placeholder

/** What happened, in no order, a column each. */
type Counted = { readonly at: number[]; readonly kind: number[]; readonly count: number[] }

function stripOf({ at, kind, count }: Counted, grain: StripGrain): Strip {
  let ordered = true
  for (let place = 1; place < at.length && ordered; place++)
    ordered = (at[place - 1] as number) <= (at[place] as number)
  const order = ordered
    ? undefined
    : Array.from(at.keys()).sort((a, b) => (at[a] as number) - (at[b] as number))
  const axis = stripAxis(
    order
      ? { at: order.map((place) => at[place] as number), count: order.map((place) => count[place] as number) }
      : { at, count },
    grain,
  )
  const sums = Array.from({ length: axis.buckets.length + 2 }, () => [0, 0, 0, 0, 0])
  let bucket = -1
  for (let place = 0; place < at.length; place++) {
    const when = at[place] as number
    const last = axis.buckets[bucket]
    // Nearly all come in order, many to a bucket.
    if (!last || when < last.from || when >= last.to) bucket = bucketAt(axis.buckets, when)
    const sum = sums[bucket + 1] as number[]
    sum[kind[place] as number] = (sum[kind[place] as number] as number) + (count[place] as number)
  }
  const filled = (stretch: Stretch, place: number): CountedBucket => ({
    ...stretch,
    ...(Object.fromEntries(activityKinds.map((name, index) => [name, sums[place]?.[index] ?? 0])) as Record<
      (typeof activityKinds)[number],
      number
    >),
  })
  return {
    buckets: axis.buckets.map((bucket, place) => filled(bucket, place + 1)),
    earlier: axis.earlier && filled(axis.earlier, 0),
    later: axis.later && filled(axis.later, sums.length - 1),
  }
}

/** Counts of events over time: from the `activity` projection for the workspace and for people, from the events for issues. */
export function historyStripQuery(database: ReadDatabase, streamIds: StreamIds, registry?: EventRegistry) {
  const { orm } = database
  const counted = countedEvents(database, streamIds, registry)
  const hours = orm
    .select({ hour: activity.hour, kind: activity.kind, count: activity.count })
    .from(activity)
    .where(and(eq(activity.actorId, p('actor')), sql`${activity.count} > 0`))
    .orderBy(activity.hour)
    .prepare()

  function fromActivity(actor: number): Strip {
    const found: Counted = { at: [], kind: [], count: [] }
    for (const { hour, kind, count } of hours.all({ actor })) {
      found.at.push(shownInstant(hour * hourMillis))
      found.kind.push(kind)
      found.count.push(count)
    }
    return stripOf(found, 'hour')
  }

  /** The kinds of marks, as far as they were met. */
  const kinds = new Map<number, number | undefined>()
  function kindOf(mark: number): number | undefined {
    const key = mark % typeRange
    if (!kinds.has(key)) {
      const { type, automated } = markOf(mark)
      kinds.set(key, activityKind(streamIds.typeName(type), automated ? 'automation' : 'manual'))
    }
    return kinds.get(key)
  }

  /** Adds those of a piece that are wanted. */
  function take(
    into: Counted,
    { at, mark }: CountedColumns,
    wanted: (stream: number, at: number) => boolean,
  ): void {
    for (let place = 0; place < at.length; place++) {
      const what = mark[place] as number
      const when = at[place] as number
      const kind = kindOf(what)
      if (kind === undefined || !wanted(Math.floor(what / typeRange), when)) continue
      into.at.push(shownInstant(when))
      into.kind.push(kind)
      into.count.push(1)
    }
  }

  return {
    ofScope(scope: FeedQueryScope): Strip {
      if (scope.kind === 'workspace') return fromActivity(0)
      const stream =
        scope.kind === 'issue'
          ? streamIds.find(scope.issueId, 'issue')
          : streamIds.find(scope.memberId, 'member')
      if (!stream) return { buckets: [], earlier: null, later: null }
      if (scope.kind === 'actor') return fromActivity(stream.id)
      const found: Counted = { at: [], kind: [], count: [] }
      take(found, counted.ofStreams([stream.id]), () => true)
      return stripOf(found, 'minute')
    },
    /**
     * Of a set of issues, by surrogate, a bit each: in steps, between which others may go first.
     * @param time of which part the figures are wanted, too. @returns at the end the strip of all, and the part.
     */
    *ofIssues(
      issues: Uint32Array,
      time: { readonly from: number; readonly to: number } | null,
    ): Generator<undefined, { readonly strip: Strip; readonly part: StripPart | null }> {
      const found: Counted = { at: [], kind: [], count: [] }
      const within = new Set<number>()
      let events = 0
      const room = issues.length * 32
      const wanted = (stream: number, at: number): boolean => {
        if (stream >= room || !hasBit(issues, stream)) return false
        if (time && at >= time.from && at < time.to) {
          within.add(stream)
          events += 1
        }
        return true
      }
      const count = countBits(issues)
      if (count <= few) take(found, counted.ofStreams([...placesOf(issues, count)]), wanted)
      else
        for (const piece of counted.pieces()) {
          take(found, piece, wanted)
          yield undefined
        }
      return { strip: stripOf(found, 'day'), part: time && { events, issues: within.size } }
    },
  }
}
