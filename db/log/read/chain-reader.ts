import { and, asc, eq, gt, gte, sql } from 'drizzle-orm'
import { chains, events } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { uuidText } from '../../sqlite/uuid-bytes.ts'
import type { ArrivingEvent } from '../rows/arriving-event.ts'
import { originOf, origins } from '../rows/event-columns.ts'
import { genesis } from '../rows/hash-chain.ts'
import type { StreamIds } from '../rows/stream-ids.ts'

/** A chain's end, and where it forks off another. */
export type ChainEnd = {
  readonly chain: string
  readonly replicaId: string
  readonly fork?: { readonly chain: string; readonly seq: number }
  readonly seq: number
  readonly hash: string
  readonly own: boolean
  readonly ours: boolean
}

/** An event as it leaves: as it arrives, with the number of a `created`. */
export type LeavingEvent = ArrivingEvent & { readonly number?: number }

export type ChainReader = {
  ends(): readonly ChainEnd[]
  /** The hash at a place; `genesis` at 0, `undefined` past the end or for an unknown chain. */
  hashAt(chain: string, seq: number): string | undefined
  /** Events of a chain after a place, in order: at most `limit`, and at most `bytes` of payload but for the first. */
  page(chain: string, after: number, limit: number, bytes: number): readonly LeavingEvent[]
  /** The stored rows of a chain, by its own surrogate, at places from `from` to `to`, in order. */
  rows(chainId: number, from: number, to: number): Generator<typeof events.$inferSelect>
}

/** How far this copy has come in what it records itself. */
export const writtenHere = (chains: ChainReader): number =>
  chains.ends().reduce((sum, { ours, seq }) => sum + (ours ? seq : 0), 0)

/** The number that a `created` brings, whatever else it is. */
function numberIn(data: string): number | undefined {
  const { number } = JSON.parse(data) as { number?: unknown }
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined
}

const p = sql.placeholder
const rowsAtOnce = 500

/** The log by chains, as sync sends it. No index serves this: a chain's places are found by halving, for places and positions rise together. */
export function chainReader(database: ReadDatabase, streamIds: StreamIds): ChainReader {
  const { orm } = database
  const every = orm.select().from(chains).prepare()
  const lastPosition = database.client.prepare('SELECT coalesce(max(position), 0) FROM events').pluck()
  const nextOf = orm
    .select({ position: events.position, seq: events.replicaSeq })
    .from(events)
    .where(and(eq(events.chainId, p('chain')), gte(events.position, p('from'))))
    .orderBy(asc(events.position))
    .limit(1)
    .prepare()
  const rowsAfter = orm
    .select()
    .from(events)
    .where(and(eq(events.chainId, p('chain')), gt(events.position, p('after'))))
    .orderBy(asc(events.position))
    .limit(p('limit'))
    .prepare()
  /** Where a chain was read up to last: pushes go on from there. */
  const reached = new Map<number, { readonly seq: number; readonly position: number }>()

  const rows = () => every.all()
  const rowOf = (key: string) => rows().find((row) => uuidText(row.key) === key)

  /** The position of the last event of a chain at or before a place; 0 where there is none. */
  function positionAt(chain: number, seq: number): number {
    const known = reached.get(chain)
    if (known?.seq === seq) return known.position
    let low = known && known.seq < seq ? known.position : 0
    let high = Number(lastPosition.get()) + 1
    // Invariant: every event at or before `low` has a place ≤ seq, the next at or after `high` one above it.
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      const found = nextOf.get({ chain, from: middle })
      if (found && found.seq <= seq) low = found.position
      else high = middle
    }
    return low
  }

  function hashIn(row: typeof chains.$inferSelect, seq: number): string | undefined {
    if (seq === 0) return genesis
    if (seq > row.lastSeq) return undefined
    if (seq === row.lastSeq) return row.lastHash.toString('hex')
    const [found] = rowsAfter.all({ chain: row.id, after: positionAt(row.id, seq - 1), limit: 1 })
    if (found?.replicaSeq === seq) return found.hash.toString('hex')
    const parent = rows().find((other) => other.id === row.forkOf)
    return parent && row.forkSeq !== null && seq <= row.forkSeq ? hashIn(parent, seq) : undefined
  }

  return {
    *rows(chainId, from, to) {
      for (let after = positionAt(chainId, from - 1); ; ) {
        const page = rowsAfter.all({ chain: chainId, after, limit: rowsAtOnce })
        for (const row of page) {
          if (row.replicaSeq > to) return
          if (row.replicaSeq >= from) yield row
        }
        if (page.length < rowsAtOnce) return
        after = page.at(-1)?.position ?? after
      }
    },
    ends() {
      const all = rows()
      const keys = new Map(all.map((row) => [row.id, uuidText(row.key)]))
      return all.map((row) => ({
        chain: uuidText(row.key),
        replicaId: uuidText(row.replica),
        ...(row.forkOf === null
          ? {}
          : { fork: { chain: keys.get(row.forkOf) ?? '', seq: row.forkSeq ?? 0 } }),
        seq: row.lastSeq,
        hash: row.lastHash.toString('hex'),
        own: row.own,
        ours: row.ours,
      }))
    },
    hashAt(chain, seq) {
      const row = rowOf(chain)
      return row && hashIn(row, seq)
    },
    page(chain, after, limit, bytes) {
      const row = rowOf(chain)
      if (!row) return []
      const page: LeavingEvent[] = []
      let size = 0
      for (const event of rowsAfter.all({ chain: row.id, after: positionAt(row.id, after), limit })) {
        size += (event.data?.length ?? 0) + (event.metadata?.length ?? 0) + 500
        if (page.length > 0 && size > bytes) break
        const stream = streamIds.stream(event.streamId)
        const type = streamIds.typeName(event.typeId)
        const number = type === 'created' && event.data !== null ? numberIn(event.data) : undefined
        page.push({
          id: uuidText(event.id),
          streamType: stream.type,
          streamId: stream.uuid,
          type,
          schemaVersion: event.schemaVersion,
          actorId: streamIds.stream(event.actorId).uuid,
          replicaSeq: event.replicaSeq,
          hlc: event.hlc,
          occurredAt: event.occurredAt,
          hash: event.hash.toString('hex'),
          ...(event.data === null ? {} : { data: event.data }),
          ...(event.metadata === null ? {} : { metadata: event.metadata }),
          ...(event.payloadHash ? { payloadHash: event.payloadHash.toString('hex') } : {}),
          ...(originOf(event.origin) === origins.imported ? { imported: true } : {}),
          ...(number === undefined ? {} : { number }),
        })
        reached.set(row.id, { seq: event.replicaSeq, position: event.position })
      }
      return page
    },
  }
}
