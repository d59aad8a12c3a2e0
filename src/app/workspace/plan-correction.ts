import { and, asc, between, eq, ne } from 'drizzle-orm'
import { shiftedTime } from '#core/time/corrected-time.ts'
import { isInstant } from '#core/time/instant.ts'
import { correctedAtOnce } from '#core/time/time-events.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { correctedTimesOf } from '#db/log/rows/corrected-times.ts'
import { origins } from '#db/log/rows/event-columns.ts'
import { chains, events } from '#db/schema.ts'
import { uuidText } from '#db/sqlite/uuid-bytes.ts'
import type { Workspace } from './workspace.ts'

/** So many events a command. */
const atOnce = correctedAtOnce

export type PlannedEvent = { readonly position: number; readonly from: number; readonly to: number }
export type PlannedCorrection = {
  readonly chain: string
  readonly byMillis: number
  readonly events: number
  /** Places in the chain, in order. Imported events in between are left out: their times are another tracker's. */
  readonly ranges: readonly { readonly fromSeq: number; readonly toSeq: number }[]
  readonly first: PlannedEvent
  readonly last: PlannedEvent
}

/**
 * Works out which events a correction would be of: those from one position to another that were recorded by the same device as the first, imports left out.
 * Changes nothing. @param byMillis what to add; below zero where the clock was ahead.
 */
export function planCorrection(
  { database }: Workspace,
  { from, to, byMillis }: { readonly from: number; readonly to: number; readonly byMillis: number },
): Result<PlannedCorrection> {
  const { orm } = database
  const times = correctedTimesOf(database)
  times.refresh()
  const begin = orm.select({ chain: events.chainId }).from(events).where(eq(events.position, from)).get()
  const key =
    begin && orm.select({ key: chains.key }).from(chains).where(eq(chains.id, begin.chain)).get()?.key
  if (!begin || !key) return refuse('invalid_input', `There is no event at position ${from}.`)
  const found = orm
    .select({ position: events.position, seq: events.replicaSeq, at: events.occurredAt })
    .from(events)
    .where(
      and(
        between(events.position, from, to),
        eq(events.chainId, begin.chain),
        ne(events.origin, origins.imported),
      ),
    )
    .orderBy(asc(events.position))
    .all()
  const planned = found.map(({ position, seq, at }): PlannedEvent => {
    const now = times.of(begin.chain, seq, at)
    return { position, from: now, to: shiftedTime(now, byMillis) }
  })
  const [first, last] = [planned[0], planned.at(-1)]
  if (!first || !last)
    return refuse(
      'invalid_input',
      'There are only imported events: their times are those of where they came from.',
    )
  if (planned.some((event) => event.from + byMillis !== event.to || !isInstant(event.to)))
    return refuse('invalid_input', 'That would put events outside of the years 1 to 9999.')
  const ranges: { fromSeq: number; toSeq: number }[] = []
  for (const { seq } of found) {
    const range = ranges.at(-1)
    if (range && range.toSeq === seq - 1 && seq - range.fromSeq < atOnce) range.toSeq = seq
    else ranges.push({ fromSeq: seq, toSeq: seq })
  }
  return done({ chain: uuidText(key), byMillis, events: found.length, ranges, first, last })
}
