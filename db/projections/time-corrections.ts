import { asc, eq, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { orderOf } from '#core/events/event-order.ts'
import { type TimeCorrection, type TimeOffsets, timeOffsets } from '#core/time/corrected-time.ts'
import { type TimesCorrected, timesCorrected } from '#core/time/time-events.ts'
import type { ChainReader } from '../log/read/chain-reader.ts'
import type { Chain, ChainStore } from '../log/rows/chain-store.ts'
import {
  type CorrectedTimes,
  type CorrectionProgress,
  correctedSetting,
  correctedTimesOf,
  correctionsPending,
  progressSetting,
} from '../log/rows/corrected-times.ts'
import type { OwnersThen, TimeCorrections } from '../log/rows/correction-effects.ts'
import type { EventRow } from '../log/rows/event-rows.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import {
  activity,
  checkpoints,
  correctedTimes as correctedTable,
  timeCorrections as correctionsTable,
  events,
  settings,
} from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { addToActivity } from './activity/activity-counts.ts'
import { activityKind, hourMillis } from './activity/activity-kinds.ts'
import { correctionAuthority, forksOf } from './correction-authority.ts'

type Piece = TimeCorrection & { readonly chainId: number }
/** A correction as its event says it. */
type Said = { readonly event: RecordedEvent; readonly chainId: number; readonly data: TimesCorrected['data'] }

const p = sql.placeholder

/** The places from which on a chain has other offsets than before, upwards, of two ways of counting. */
const stepsOf = (...ways: readonly (TimeOffsets | undefined)[]): number[] =>
  [...new Set(ways.flatMap((way) => way?.steps ?? []))].sort((a, b) => a - b)

/** What is added from a place on, as ranges. */
function rangesFrom(offsets: TimeOffsets | undefined, from: number): TimeCorrection[] {
  if (!offsets) return []
  const steps = [from, ...offsets.steps.filter((step) => step > from)]
  return steps.flatMap((fromSeq, index) => {
    const [toSeq, byMillis] = [(steps[index + 1] ?? fromSeq + 1) - 1, offsets.at(fromSeq)]
    return byMillis === 0 ? [] : [{ fromSeq, toSeq, byMillis }]
  })
}

export function timeCorrectionProjection(
  database: WriteDatabase,
  parts: {
    readonly streamIds: StreamIds
    readonly book: ChainStore
    readonly chains: ChainReader
    readonly toEvent: (row: EventRow) => RecordedEvent
    readonly newId: () => string
  },
): TimeCorrections {
  const { book, chains, toEvent } = parts
  const { orm } = database
  const times: CorrectedTimes = correctedTimesOf(database)
  const authority = correctionAuthority(database, parts)
  const anyRow = orm.select({ position: correctionsTable.position }).from(correctionsTable).limit(1).prepare()
  const recorded = orm
    .selectDistinct({ position: correctionsTable.position })
    .from(correctionsTable)
    .orderBy(asc(correctionsTable.position))
    .prepare()
  const everyRow = orm.select().from(correctionsTable).prepare()
  const rowAt = orm
    .select()
    .from(events)
    .where(eq(events.position, p('position')))
    .prepare()
  const insertPiece = orm
    .insert(correctionsTable)
    .values({
      position: p('position'),
      chainId: p('chainId'),
      fromSeq: p('fromSeq'),
      toSeq: p('toSeq'),
      byMillis: p('byMillis'),
    })
    .onConflictDoNothing()
    .prepare()
  const putTime = orm
    .insert(correctedTable)
    .values({ position: p('position'), at: p('at'), streamId: p('streamId'), actorId: p('actorId') })
    .onConflictDoUpdate({ target: correctedTable.position, set: { at: sql`excluded.at` } })
    .prepare()
  const dropTime = orm
    .delete(correctedTable)
    .where(eq(correctedTable.position, p('position')))
    .prepare()
  const timeAt = orm
    .select({ at: correctedTable.at })
    .from(correctedTable)
    .where(eq(correctedTable.position, p('position')))
    .prepare()
  const addActivity = addToActivity(database)
  const dropEmpty = orm.delete(activity).where(eq(activity.count, 0)).prepare()

  /** The rows that hold a range of a chain's places on this copy. */
  function rowsOf(chain: Chain, from: number, to: number, all: readonly Chain[]): Omit<Piece, 'byMillis'>[] {
    if (to < from) return []
    return [
      { chainId: chain.id, fromSeq: from, toSeq: to },
      ...forksOf(chain, all).flatMap((fork) => rowsOf(fork, from, Math.min(to, fork.forkOf?.seq ?? 0), all)),
    ]
  }

  /** A fork's member recorded before anybody knew that it is one: what it called by the trunk's name is its own from the fork on. */
  function rangesOf(
    { data }: { readonly data: TimesCorrected['data'] },
    by: Chain | undefined,
    all: readonly Chain[],
  ) {
    const named = all.find(({ key }) => key === data.chain)
    const own: Omit<Piece, 'byMillis'>[] = []
    let to = data.toSeq
    for (let chain = by; chain?.forkOf && chain.key !== data.chain; ) {
      const { id, seq } = chain.forkOf
      own.push(...rowsOf(chain, Math.max(data.fromSeq, seq + 1), to, all))
      to = Math.min(to, seq)
      chain = all.find((other) => other.id === id)
      if (chain?.key === data.chain) return [...own, ...rowsOf(chain, data.fromSeq, to, all)]
    }
    return named ? rowsOf(named, data.fromSeq, data.toSeq, all) : []
  }

  const said = new Map<number, Said>()
  /** What the event at a position says; its payload never changes, so it is read once. */
  function saidAt(position: number): Said | undefined {
    const known = said.get(position)
    if (known) return known
    const row = rowAt.get({ position })
    if (!row || row.data === null || row.copy > 0) return undefined
    const event = toEvent(row)
    const parsed = timesCorrected.schema.safeParse(event.data)
    if (!parsed.success) return undefined
    const found = { event, chainId: row.chainId, data: parsed.data }
    said.set(position, found)
    return found
  }

  function piecesOf(position: number, all: readonly Chain[], wasOwner: OwnersThen): Piece[] {
    const found = saidAt(position)
    if (!found) return []
    const { event, chainId, data } = found
    const may = event.actorId === authority.memberOf(data.chain) || wasOwner(event.actorId, orderOf(event))
    if (!may) return []
    const by = all.find(({ id }) => id === chainId)
    return rangesOf({ data }, by, all).map((range) => ({ ...range, byMillis: data.byMillis }))
  }

  function isCounted(row: EventRow, checkpoint: number): number | undefined {
    if (row.copy > 0 || row.position > checkpoint) return undefined
    const { type, metadata, waiting } = toEvent(row)
    return waiting ? undefined : activityKind(type, metadata.triggeredBy)
  }

  /** Brings one event's time to what it is now. @returns whether it moved. */
  function move(row: EventRow, checkpoint: number): boolean {
    const before = timeAt.get({ position: row.position })?.at ?? row.occurredAt
    const at = times.of(row.chainId, row.replicaSeq, row.occurredAt)
    if (at === before) return false
    if (at === row.occurredAt) dropTime.run({ position: row.position })
    else putTime.run({ position: row.position, at, streamId: row.streamId, actorId: row.actorId })
    const kind = isCounted(row, checkpoint)
    const [from, to] = [Math.floor(before / hourMillis), Math.floor(at / hourMillis)]
    if (kind !== undefined && from !== to)
      for (const actor of [0, row.actorId]) {
        addActivity.run({ actor, hour: from, kind, count: -1 })
        addActivity.run({ actor, hour: to, kind, count: 1 })
      }
    return true
  }

  function keep(name: string, value: string): void {
    orm
      .insert(settings)
      .values({ name, value })
      .onConflictDoUpdate({ target: settings.name, set: { value } })
      .run()
  }

  /** Keeps how far the corrections have their effect, and has everybody look at the times again. */
  function announce(progress: CorrectionProgress): void {
    if (progress.size === 0) orm.delete(settings).where(eq(settings.name, progressSetting)).run()
    else keep(progressSetting, JSON.stringify([...progress]))
    keep(correctedSetting, parts.newId())
    times.refresh()
  }

  type Row = Piece & { readonly position: number }

  /** What every correction is good for, all of it; an event that is good for nothing has a row of its own. */
  function rowsFor(positions: readonly number[]): Row[] {
    const all = book.all()
    const wasOwner = authority.ownersThen()
    return positions.flatMap((position) => {
      const pieces = piecesOf(position, all, wasOwner)
      if (pieces.length === 0) return { position, chainId: 0, fromSeq: 0, toSeq: 0, byMillis: 0 }
      return pieces.map((piece) => ({ position, ...piece }))
    })
  }

  function write(rows: readonly Row[]): void {
    orm.delete(correctionsTable).run()
    for (const row of rows) insertPiece.run(row)
  }

  /** As of this transaction, in the order of {@link rowsFor}. */
  function isAsWritten(rows: readonly Row[]): boolean {
    const there = new Map(
      everyRow.all().map((row) => [`${row.position} ${row.chainId} ${row.fromSeq}`, row] as const),
    )
    return (
      rows.length === there.size &&
      rows.every((row) => {
        const known = there.get(`${row.position} ${row.chainId} ${row.fromSeq}`)
        return known?.toSeq === row.toSeq && known.byMillis === row.byMillis
      })
    )
  }

  /** The next places of a chain, from one on, whose times are not yet what they are to be; both included. */
  function nextRange(from: number, now: TimeOffsets | undefined, wanted: TimeOffsets | undefined) {
    const steps = stepsOf(now, wanted)
    const places = [from, ...steps.filter((step) => step > from)]
    for (const [index, place] of places.entries())
      if ((now?.at(place) ?? 0) !== (wanted?.at(place) ?? 0))
        return { fromSeq: place, toSeq: (places[index + 1] ?? place + 1) - 1 }
    return undefined
  }

  const searched = (): number =>
    orm.select().from(checkpoints).where(eq(checkpoints.name, 'search')).get()?.position ?? 0

  return {
    ...authority,
    any: () => anyRow.get() !== undefined,
    pending: correctionsPending(database),
    noted({ position, chainId, replicaSeq, occurredAt, streamId, actorId }, type) {
      if (type === timesCorrected.name)
        insertPiece.run({ position, chainId: 0, fromSeq: 0, toSeq: 0, byMillis: 0 })
      const at = times.of(chainId, replicaSeq, occurredAt)
      if (at !== occurredAt) putTime.run({ position, at, streamId, actorId })
      return undefined
    },
    workOut() {
      const rows = rowsFor(recorded.all().map((row) => row.position))
      // What arrived changes nothing for them, as nearly always.
      if (isAsWritten(rows)) return undefined
      const now = new Map(book.all().map(({ id }) => [id, times.offsets(id)]))
      write(rows)
      const wanted = new Map(
        [...Map.groupBy(rows, ({ chainId }) => chainId)].map(([id, pieces]) => [id, timeOffsets(pieces)]),
      )
      const progress: CorrectionProgress = new Map()
      for (const [id, offsets] of now) {
        const next = nextRange(1, offsets, wanted.get(id))
        if (next) progress.set(id, { upTo: next.fromSeq, before: rangesFrom(offsets, next.fromSeq) })
      }
      announce(progress)
      return undefined
    },
    step(limit) {
      const progress = new Map(times.progress)
      const rows: EventRow[] = []
      for (const [id, { upTo, before }] of times.progress) {
        const now = timeOffsets(before)
        const wanted = times.wanted(id)
        let from = upTo
        for (;;) {
          const next = nextRange(from, now, wanted)
          if (!next) {
            progress.delete(id)
            break
          }
          from = next.toSeq + 1
          for (const row of chains.rows(id, next.fromSeq, next.toSeq)) {
            if (rows.length === limit) {
              from = row.replicaSeq
              break
            }
            rows.push(row)
          }
          if (from <= next.toSeq) {
            progress.set(id, { upTo: from, before: rangesFrom(now, from) })
            break
          }
        }
        if (rows.length === limit && progress.has(id)) break
      }
      announce(progress)
      const upTo = searched()
      const touched = new Set<number>()
      for (const row of rows) if (move(row, upTo)) touched.add(row.streamId)
      dropEmpty.run()
      return touched
    },
    again(positions, all) {
      const progress: CorrectionProgress = all ? new Map() : new Map(times.progress)
      if (positions.length === 0 && anyRow.get() === undefined && progress.size === 0) return new Set()
      orm.delete(correctedTable).run()
      write(rowsFor(positions))
      announce(progress)
      const touched = new Set<number>()
      for (const { id } of book.all())
        for (const { fromSeq, toSeq } of rangesFrom(times.offsets(id), 1))
          for (const row of chains.rows(id, fromSeq, toSeq)) {
            const at = times.of(id, row.replicaSeq, row.occurredAt)
            if (at === row.occurredAt) continue
            putTime.run({ position: row.position, at, streamId: row.streamId, actorId: row.actorId })
            touched.add(row.streamId)
          }
      return touched
    },
  }
}
