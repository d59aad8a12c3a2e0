import { asc, eq, gt, sql } from 'drizzle-orm'
import { chains, events } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { uuidText } from '../../sqlite/uuid-bytes.ts'
import { correctedTimesOf } from '../rows/corrected-times.ts'
import { streamIdsOf } from '../rows/stream-ids.ts'

/** An event as it is stored: its payload as the canonical JSON text that the hash covers, not lifted, not parsed. */
export type EventText = {
  readonly position: number
  readonly id: string
  readonly streamType: string
  readonly streamId: string
  readonly type: string
  readonly schemaVersion: number
  readonly actorId: string
  /** As corrected since: a chain's places are others where it is imported, and corrections name those. */
  readonly occurredAt: number
  /** `null` where it is not here. */
  readonly dataText: string | null
  /** The replica whose chain it is in, its place there, and its hash. */
  readonly replica: string
  readonly seq: number
  readonly hash: string
  /** `null` for the commonest, `{"triggeredBy":"manual"}`. */
  readonly metadataText: string | null
}

const pageSize = 500

/** Every event in order of position, a page at a time. */
export function* eventTexts(database: ReadDatabase): Generator<EventText> {
  const streamIds = streamIdsOf(database)
  const times = correctedTimesOf(database)
  times.refresh()
  const page = database.orm
    .select()
    .from(events)
    .where(gt(events.position, sql.placeholder('after')))
    .orderBy(asc(events.position))
    .limit(pageSize)
    .prepare()
  const chainKeys = new Map<number, string>()
  const keyOf = (chain: number): string => {
    let key = chainKeys.get(chain)
    if (key === undefined) {
      const row = database.orm.select({ key: chains.key }).from(chains).where(eq(chains.id, chain)).get()
      key = row ? uuidText(row.key) : ''
      chainKeys.set(chain, key)
    }
    return key
  }
  for (let after = 0; ; ) {
    const rows = page.all({ after })
    for (const row of rows) {
      const stream = streamIds.stream(row.streamId)
      yield {
        position: row.position,
        id: uuidText(row.id),
        streamType: stream.type,
        streamId: stream.uuid,
        type: streamIds.typeName(row.typeId),
        schemaVersion: row.schemaVersion,
        actorId: streamIds.stream(row.actorId).uuid,
        occurredAt: times.of(row.chainId, row.replicaSeq, row.occurredAt),
        replica: keyOf(row.chainId),
        seq: row.replicaSeq,
        hash: row.hash.toString('hex'),
        dataText: row.data,
        metadataText: row.metadata,
      }
    }
    if (rows.length < pageSize) return
    after = rows.at(-1)?.position ?? after
  }
}
