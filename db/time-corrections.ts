import { and, asc, eq, sql } from 'drizzle-orm'
import { inTotalOrder } from '#core/clock.ts'
import type { RecordedEvent } from '#core/event.ts'
import { type TimesCorrected, timesCorrected } from '#core/time-events.ts'
import { addToActivity } from './activity-counts.ts'
import { activityKind, hourMillis } from './activity-kinds.ts'
import type { Chain, ChainBook } from './chain-book.ts'
import type { ChainReader } from './chain-reader.ts'
import { type CorrectedTimes, correctedSetting, correctedTimes } from './corrected-times.ts'
import { historySetting } from './directory-projection.ts'
import { held, origins } from './event-places.ts'
import type { EventRow } from './event-rows.ts'
import type { WriteDatabase } from './open-database.ts'
import {
  activity,
  checkpoints,
  correctedTimes as correctedTable,
  timeCorrections as correctionsTable,
  events,
  settings,
} from './schema.ts'
import type { Surrogates } from './surrogates.ts'

/** Keeps what `times_corrected` events are good for. Inside the append's transaction. */
export type TimeCorrections = {
  /** The actor of the first event of a chain that was recorded by hand there; `undefined` where there is none. */
  memberOf(chain: string): string | undefined
  /** Who made the workspace, as far as the log says. */
  founder(): string | undefined
  /** Takes in an event that was just written: its own correction where it is one, and its own time where that is corrected already. */
  noted(
    row: Pick<EventRow, 'position' | 'chainId' | 'replicaSeq' | 'occurredAt' | 'streamId' | 'actorId'>,
    type: string,
  ): undefined
  /** Whether there are corrections, with an effect or without. */
  any(): boolean
  /** Works out anew what every correction is good for. @returns the streams of which an event's time moved. */
  workOut(): ReadonlySet<number>
  /** The same from nothing, for a rebuild. @param positions of all `times_corrected` events. @returns all streams that hold corrected events. */
  again(positions: readonly number[]): ReadonlySet<number>
}

type Piece = {
  readonly chainId: number
  readonly fromSeq: number
  readonly toSeq: number
  readonly byMillis: number
}

const p = sql.placeholder

export function timeCorrections(
  database: WriteDatabase,
  parts: {
    readonly names: Surrogates
    readonly book: ChainBook
    readonly chains: ChainReader
    readonly toEvent: (row: EventRow) => RecordedEvent
    readonly newId: () => string
  },
): TimeCorrections {
  const { names, book, chains, toEvent } = parts
  const { orm } = database
  const times: CorrectedTimes = correctedTimes(database)
  const anyRow = orm.select({ position: correctionsTable.position }).from(correctionsTable).limit(1).prepare()
  const recorded = orm
    .selectDistinct({ position: correctionsTable.position })
    .from(correctionsTable)
    .prepare()
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
  // By hand, for a workspace's first import may be all that its chain has, and whoever that names was not here.
  const firstByHand = orm
    .select({ actor: events.actorId })
    .from(events)
    .where(
      and(
        eq(events.chainId, p('chain')),
        sql`${events.origin} % ${held} <> ${origins.imported}`,
        sql`(metadata IS NULL OR json_extract(metadata, '$.triggeredBy') = 'manual')`,
      ),
    )
    .orderBy(asc(events.position))
    .limit(1)
    .prepare()
  const setting = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, p('name')))
    .prepare()
  const madeWorkspace = orm
    .select()
    .from(events)
    .where(and(eq(events.streamId, p('stream')), eq(events.typeId, p('type'))))
    .prepare()
  const addActivity = addToActivity(database)
  const dropEmpty = orm.delete(activity).where(eq(activity.count, 0)).prepare()

  /** Chains that go on from this one; a copy that was put back has the shared beginning under the fork's name. */
  const forksOf = (chain: Chain, all: readonly Chain[]) => all.filter(({ forkOf }) => forkOf?.id === chain.id)

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

  const members = new Map<string, string>()
  function memberOf(key: string): string | undefined {
    const known = members.get(key)
    if (known) return known
    const all = book.all()
    let chain = all.find((each) => each.key === key)
    for (let trunk = chain; trunk?.forkOf; ) {
      trunk = all.find((each) => each.id === trunk?.forkOf?.id)
      chain = trunk ?? chain
    }
    if (!chain) return undefined
    const found =
      firstByHand.get({ chain: chain.id }) ??
      forksOf(chain, all)
        .map((fork) => firstByHand.get({ chain: fork.id }))
        .find((row) => row !== undefined)
    if (!found) return undefined
    const member = names.stream(found.actor).uuid
    members.set(key, member)
    return member
  }

  function founder(): string | undefined {
    const id =
      setting.get({ name: historySetting })?.value ?? setting.get({ name: 'local.workspace_id' })?.value
    const stream = id === undefined ? undefined : names.find(id, 'workspace')
    if (!stream) return undefined
    const rows = madeWorkspace.all({ stream: stream.id, type: names.typeId('workspace_created') })
    return inTotalOrder(rows.map(toEvent))[0]?.actorId
  }

  function piecesOf(position: number, all: readonly Chain[], maker: string | undefined): Piece[] {
    const row = rowAt.get({ position })
    if (!row || row.data === null || row.copy > 0) return []
    const event = toEvent(row)
    const parsed = timesCorrected.schema.safeParse(event.data)
    if (!parsed.success) return []
    const { chain, byMillis } = parsed.data
    const may = event.actorId === maker || event.actorId === memberOf(chain)
    if (!may) return []
    const by = all.find(({ id }) => id === row.chainId)
    return rangesOf({ data: parsed.data }, by, all).map((range) => ({ ...range, byMillis }))
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

  function announce(): void {
    const value = parts.newId()
    orm
      .insert(settings)
      .values({ name: correctedSetting, value })
      .onConflictDoUpdate({ target: settings.name, set: { value } })
      .run()
    times.refresh()
  }

  const corrections: TimeCorrections = {
    memberOf,
    founder,
    any: () => anyRow.get() !== undefined,
    noted({ position, chainId, replicaSeq, occurredAt, streamId, actorId }, type) {
      if (type === timesCorrected.name)
        insertPiece.run({ position, chainId: 0, fromSeq: 0, toSeq: 0, byMillis: 0 })
      const at = times.of(chainId, replicaSeq, occurredAt)
      if (at !== occurredAt) putTime.run({ position, at, streamId, actorId })
      return undefined
    },
    workOut() {
      const all = book.all()
      const maker = founder()
      const before = new Map(all.map(({ id }) => [id, times.offsets(id)]))
      const positions = recorded.all().map((row) => row.position)
      orm.delete(correctionsTable).run()
      for (const position of positions) {
        const pieces = piecesOf(position, all, maker)
        if (pieces.length === 0) insertPiece.run({ position, chainId: 0, fromSeq: 0, toSeq: 0, byMillis: 0 })
        for (const piece of pieces) insertPiece.run({ position, ...piece })
      }
      announce()
      const checkpoint =
        orm.select().from(checkpoints).where(eq(checkpoints.name, 'search')).get()?.position ?? 0
      const touched = new Set<number>()
      for (const { id } of all) {
        const [old, now] = [before.get(id), times.offsets(id)]
        const steps = [...new Set([...(old?.steps ?? []), ...(now?.steps ?? [])])].sort((a, b) => a - b)
        steps.forEach((from, index) => {
          if ((old?.at(from) ?? 0) === (now?.at(from) ?? 0)) return
          for (const row of chains.rows(id, from, (steps[index + 1] ?? from + 1) - 1))
            if (move(row, checkpoint)) touched.add(row.streamId)
        })
      }
      dropEmpty.run()
      return touched
    },
    again(positions) {
      if (positions.length === 0 && !corrections.any()) return new Set()
      orm.delete(correctionsTable).run()
      orm.delete(correctedTable).run()
      for (const position of positions)
        insertPiece.run({ position, chainId: 0, fromSeq: 0, toSeq: 0, byMillis: 0 })
      announce()
      return corrections.workOut()
    },
  }
  return corrections
}
