import { sql } from 'drizzle-orm'
import { chains, events } from '../schema.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'
import { CancelledError, type WorkOptions } from '../sqlite/progress.ts'
import { uuidOfHex, uuidText } from '../sqlite/uuid-bytes.ts'
import { placeProblem } from './rows/event-columns.ts'
import { genesis, hashEvent, hashPayload, plainMetadata } from './rows/hash-chain.ts'
import { rememberedOnce, streamIdsOf } from './rows/stream-ids.ts'

export type ChainProblem = {
  /** Where in the log; `null` where an event is missing altogether. */
  readonly position: number | null
  readonly eventId: string | null
  readonly streamId: string | null
  /** One sentence. */
  readonly reason: string
}

export type VerifyReport = {
  readonly events: number
  readonly chains: number
  /** The first in each chain: what follows a break can not be trusted anyway. */
  readonly problems: readonly ChainProblem[]
}

/** As the statement selects it; bytes come as hexadecimal text, which SQLite makes quicker than the binding hands over buffers. */
type Row = [
  position: number,
  id: string,
  streamId: number,
  typeId: number,
  schemaVersion: number,
  actorId: number,
  chainId: number,
  replicaSeq: number,
  hlc: number,
  occurredAt: number,
  hash: string,
  data: string | null,
  metadata: string | null,
  payloadHash: string | null,
  streamVersion: number,
  origin: number,
  copy: number,
]

const columns =
  'position, lower(hex(id)), stream_id, type_id, schema_version, actor_id, chain_id, replica_seq, hlc, occurred_at, lower(hex(hash)), data, metadata, lower(hex(payload_hash)), stream_version, origin, copy'
const pageSize = 500

/**
 * Computes every hash again, in order of position, and compares each chain with its recorded head: any edit, deletion or
 * reordering on disk is found and named. What hashes do not cover, for it is this replica's own, is computed again too: places in streams, copies.
 * Reads only.
 */
export function verifyLog(
  database: ReadDatabase,
  { onProgress, isCancelled }: WorkOptions = {},
): VerifyReport {
  const { client, orm } = database
  const streamIds = streamIdsOf(database, rememberedOnce)
  const total =
    orm
      .select({ count: sql<number | null>`max(${events.position})` })
      .from(events)
      .get()?.count ?? 0
  // Read before the events, so that what somebody writes meanwhile comes after these and never looks like a missing end.
  const everyChain = orm.select().from(chains).prepare()
  const heads = everyChain.all()
  const headOf = new Map(heads.map((chain) => [chain.id, chain]))
  /** As they are after what is being looked at was written: another process may begin a chain, or give one up, meanwhile. */
  let known = new Map<number, { replica: string; own: boolean; ours: boolean }>()
  const reached = new Map<
    number,
    { seq: number; hash: string; position: number; id: string; streamId: number }
  >()
  /** Of each stream, the last version. */
  const versions = new Map<number, number>()
  const broken = new Set<number>()
  const problems: ChainProblem[] = []
  // A page at a time, so that no read transaction stays open and the write-ahead log can be checkpointed meanwhile.
  const page = client
    .prepare(`SELECT ${columns} FROM events WHERE position > ? ORDER BY position LIMIT ${pageSize}`)
    .raw()

  const firstOf = client.prepare('SELECT min(replica_seq) FROM events WHERE chain_id = ?').pluck()
  const hashOf = client.prepare('SELECT hash FROM events WHERE chain_id = ? AND replica_seq = ?').pluck()
  const placeOfCopy = client.prepare('SELECT position FROM events WHERE id = ? AND copy = ?').pluck()

  /** What the first event of a chain that is here follows: nothing, or the place that the chain forks off. */
  function beginning(chainId: number): { seq: number; hash: string } {
    const { forkOf, forkSeq } = headOf.get(chainId) ?? {}
    const first = firstOf.get(chainId) as number | undefined
    if (forkOf == null || forkSeq == null || first === 1) return { seq: 0, hash: genesis }
    const base = hashOf.get(forkOf, forkSeq) as Buffer | undefined
    return { seq: forkSeq, hash: base?.toString('hex') ?? genesis }
  }

  function problemOf(row: Row, version: number): string | undefined {
    const [, id, streamId, typeId, schemaVersion, actorId, chainId, replicaSeq, hlc, occurredAt] = row
    const [, , , , , , , , , , hash, data, metadata, erased, , origin] = row
    const before = reached.get(chainId) ?? beginning(chainId)
    if (replicaSeq !== before.seq + 1)
      return replicaSeq > before.seq + 1
        ? `${replicaSeq - before.seq - 1} event(s) before it are missing (its place in the chain is ${replicaSeq}, after ${before.seq})`
        : `it is out of order (its place in the chain is ${replicaSeq}, after ${before.seq})`
    const chain = known.get(chainId)
    const stream = streamIds.stream(streamId)
    const header = {
      actorId: streamIds.stream(actorId).uuid,
      hlc,
      id: uuidOfHex(id),
      occurredAt,
      replicaId: chain?.replica ?? '',
      replicaSeq,
      schemaVersion,
      streamId: stream.uuid,
      streamType: stream.type,
      type: streamIds.typeName(typeId),
    }
    // A hash kept from an erasure speaks for a payload that is gone, never for one that is there.
    if (erased && (data !== null || metadata !== null))
      return 'it holds a payload although its payload was erased: it was changed after it was recorded'
    const payloadHash = erased || hashPayload(data ?? '', metadata ?? plainMetadata)
    if (hashEvent(header, payloadHash, before.hash) !== hash)
      return 'its hash does not match its content and the event before it: it was changed after it was recorded'
    const head = headOf.get(chainId)
    if (head?.lastSeq === replicaSeq && head.lastHash.toString('hex') !== hash)
      return 'it is not the event that its chain ended with: the end of the chain was replaced'
    const place = { origin, metadata }
    return placeProblem(place, chain ?? { own: false, ours: false }) ?? orderProblem(row, version)
  }

  /** @param version the one that it should have. */
  function orderProblem(row: Row, version: number): string | undefined {
    const { 0: position, 1: id, 14: streamVersion, 16: copy } = row
    if (streamVersion !== version)
      return `it is number ${streamVersion} of its stream, where number ${version} belongs`
    if (copy === 0) return undefined
    const copied = placeOfCopy.get(Buffer.from(id, 'hex'), copy - 1) as number | undefined
    return copied === undefined || copied > position
      ? 'it passes for a copy of an event that is not before it'
      : undefined
  }

  let seen = 0
  for (let after = 0; ; ) {
    if (isCancelled?.()) throw new CancelledError()
    let rows: Row[]
    try {
      rows = page.all(after) as Row[]
    } catch (error) {
      problems.push({
        position: after + 1,
        eventId: null,
        streamId: null,
        reason: `the file can not be read after position ${after}: ${String(error)}`,
      })
      return { events: seen, chains: heads.length, problems }
    }
    const last = rows.at(-1)
    if (!last) break
    known = new Map(
      everyChain
        .all()
        .map(({ id, replica, own, ours }) => [id, { replica: uuidText(replica), own, ours }] as const),
    )
    for (const row of rows) {
      const [position, id, streamId, , , , chainId, replicaSeq, , , hash] = row
      const version = (versions.get(streamId) ?? 0) + 1
      let reason: string | undefined
      try {
        reason = broken.has(chainId) ? undefined : problemOf(row, version)
      } catch (error) {
        reason = `its header names something that is not in the file (${error instanceof Error ? error.message : String(error)})`
      }
      if (reason) {
        broken.add(chainId)
        problems.push({ position, eventId: uuidOfHex(id), streamId: streamText(streamId), reason })
      }
      // Where one is missing or moved, the next is judged by where this one stands.
      versions.set(streamId, row[14])
      reached.set(chainId, { seq: replicaSeq, hash, position, id, streamId })
    }
    seen += rows.length
    after = last[0]
    onProgress?.({ done: seen, total, unit: 'events' })
  }

  function streamText(id: number): string | null {
    try {
      return streamIds.stream(id).uuid
    } catch {
      return null
    }
  }

  for (const head of heads) {
    const end = reached.get(head.id)?.seq ?? head.forkSeq ?? 0
    if (broken.has(head.id) || end >= head.lastSeq) continue
    problems.push({
      position: null,
      eventId: null,
      streamId: null,
      reason: `the last ${head.lastSeq - end} event(s) of replica ${uuidText(head.replica)} are missing`,
    })
  }
  // An event and its chain's new end are one transaction, so by now each end is at least what was read.
  const ends = new Map(
    orm
      .select({ id: chains.id, lastSeq: chains.lastSeq })
      .from(chains)
      .all()
      .map((chain) => [chain.id, chain.lastSeq]),
  )
  for (const [chainId, end] of reached) {
    if (broken.has(chainId) || end.seq <= (ends.get(chainId) ?? 0)) continue
    problems.push({
      position: end.position,
      eventId: uuidOfHex(end.id),
      streamId: streamText(end.streamId),
      reason: `its chain ended at ${ends.get(chainId) ?? 0} and it is number ${end.seq}: it was added past Docket`,
    })
  }
  return { events: seen, chains: heads.length, problems }
}
