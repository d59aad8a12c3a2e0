import { and, desc, eq, gt, lt, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { ClockStanding } from '#core/time/corrected-time.ts'
import { clockJumps, events } from '../schema.ts'
import { inList, listParameter } from '../sqlite/json-each.ts'
import type { ReadDatabase, WriteDatabase } from '../sqlite/open-database.ts'
import { correctedTimesOf } from './rows/corrected-times.ts'
import { held, origins } from './rows/event-columns.ts'
import { ofShownType } from './rows/shown-types.ts'

/** A clock that differs by more than this from the event before it has jumped, in milliseconds. */
export const jumpMillis = 86_400_000
/** Events of a run with a wrong clock that are looked through for where it began. */
const pageSize = 200
const pagesAtMost = 10

const p = sql.placeholder

/** An event that was not imported, with when it happened as recorded. */
type ClockReading = { readonly chainId: number; readonly position: number; readonly at: number }
/** One before which its chain's clock had been more than a day further on. */
export type JumpCandidate = ClockReading & { readonly before: number }

/** Notes where a chain's clock jumped. Inside the append's transaction. */
export type JumpNotes = {
  /**
   * Holds a new event that was not imported against the one before it on its chain. That time passed is no jump: that a clock was ahead shows
   * once an event of the chain comes from before.
   * @param before when the last such event happened, as recorded; `null` where there is none.
   */
  note(event: ClockReading, before: number | null): undefined
}

export function jumpNotes(database: WriteDatabase): JumpNotes {
  const { orm } = database
  const insert = orm
    .insert(clockJumps)
    .values({ position: p('position'), against: p('against') })
    .onConflictDoNothing()
    .prepare()
  const earlier = orm
    .select({ position: events.position, at: events.occurredAt, marked: clockJumps.position })
    .from(events)
    .leftJoin(clockJumps, eq(clockJumps.position, events.position))
    .where(
      and(
        eq(events.chainId, p('chain')),
        lt(events.position, p('before')),
        sql`${events.origin} % ${held} <> ${origins.imported}`,
      ),
    )
    .orderBy(desc(events.position))
    .limit(pageSize)
    .prepare()

  /**
   * Where a clock jumped ahead: the first of the events in a row, right before one, that are more than a day after it, if it is as far from the event before
   * it. Where time went by from one to the next as ever, it is the later clock that was wrong.
   */
  function startOfRun(chain: number, position: number, at: number): number | undefined {
    let start: { position: number; at: number } | undefined
    for (let before = position, pages = 0; pages < pagesAtMost; pages++) {
      const rows = earlier.all({ chain, before })
      for (const row of rows) {
        if (row.at - at <= jumpMillis)
          return start && start.at - row.at > jumpMillis ? start.position : undefined
        // A clock that goes back again and again is not looked through again and again.
        if (start && row.marked !== null && row.at > start.at) return undefined
        start = row
      }
      const last = rows.at(-1)
      if (!last || rows.length < pageSize) return undefined
      before = last.position
    }
    return undefined
  }

  return {
    note({ chainId, position, at }, before) {
      if (before === null || before - at <= jumpMillis) return undefined
      const [previous] = earlier.all({ chain: chainId, before: position })
      if (!previous) return undefined
      const start = startOfRun(chainId, position, at)
      insert.run({ position, against: previous.position })
      if (start !== undefined) insert.run({ position: start, against: position })
      return undefined
    },
  }
}

/** A jump that still shows, with the times as they were corrected since. */
export type ClockJump = {
  readonly position: number
  /** Above zero: its clock was so far ahead of what came after it. Below: it had gone back so far from the event before it. In milliseconds. */
  readonly millis: number
  /** Position of the event that it is held against. */
  readonly against: number
}

export type JumpQuery = {
  /** Of these events, those at which a clock jumped. */
  of(positions: readonly number[]): readonly ClockJump[]
  /** Newest first. */
  latest(limit: number): readonly ClockJump[]
}

export function jumpQuery(database: ReadDatabase): JumpQuery {
  const { orm } = database
  const times = correctedTimesOf(database)
  const other = alias(events, 'other')
  const found = (where: ReturnType<typeof sql> | undefined) =>
    orm
      .select({
        position: clockJumps.position,
        against: clockJumps.against,
        chain: events.chainId,
        seq: events.replicaSeq,
        at: events.occurredAt,
        otherChain: other.chainId,
        otherSeq: other.replicaSeq,
        otherAt: other.occurredAt,
      })
      .from(clockJumps)
      .innerJoin(events, eq(events.position, clockJumps.position))
      .innerJoin(other, eq(other.position, clockJumps.against))
      .where(where)
      .orderBy(desc(clockJumps.position))
      .limit(p('limit'))
      .prepare()
  const some = found(inList(clockJumps.position, 'positions'))
  const all = found(undefined)
  type Found = ReturnType<typeof all.all>[number]

  const jumps = (rows: readonly Found[]): ClockJump[] =>
    rows.flatMap(({ position, against, chain, seq, at, otherChain, otherSeq, otherAt }) => {
      const millis = times.of(chain, seq, at) - times.of(otherChain, otherSeq, otherAt)
      return Math.abs(millis) > jumpMillis ? [{ position, against, millis }] : []
    })

  return {
    of: (positions) => jumps(some.all({ positions: listParameter(positions), limit: positions.length })),
    latest: (limit) => jumps(all.all({ limit })),
  }
}

/** What is known of wrong clocks. @param now wall clock in milliseconds. */
export function clockStanding(database: ReadDatabase, now: number): ClockStanding {
  const times = correctedTimesOf(database)
  times.refresh()
  const late = database.orm
    .select({ chain: events.chainId, seq: events.replicaSeq, at: events.occurredAt })
    .from(events)
    .where(
      and(
        ofShownType,
        gt(events.occurredAt, now + jumpMillis),
        sql`${events.origin} % ${held} <> ${origins.imported}`,
      ),
    )
    .orderBy(desc(events.occurredAt))
    .limit(1_000)
    .all()
  const jumps = jumpQuery(database).latest(1_000)
  const newest = jumps.find(({ millis }) => millis > 0)
  const furthest = late.reduce((most, { chain, seq, at }) => Math.max(most, times.of(chain, seq, at)), 0)
  return {
    events: jumps.length,
    ahead: furthest > now + jumpMillis ? furthest - now : null,
    // What shows that it was ahead is the first event after it that its clock had right.
    newest: newest ? { from: newest.position, to: newest.against - 1, millis: newest.millis } : null,
  }
}
