import { and, asc, eq, gt, lte, sql } from 'drizzle-orm'
import type { PushRequest } from '#contract/sync-api/push.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { events } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { ServerRefusal } from '../http/refusal.ts'
import { hashAt, type StoredChainEnd } from './chain-end.ts'

/** Events of a piece that the server lacks: those that are new, and those of which it has the header alone. */
type Lacking = { readonly fresh: readonly WireEvent[]; readonly bare: readonly WireEvent[] }

/** The stored part of a piece is compared by hash. @returns what the server lacks. @throws ServerRefusal `chain_gap` or `chain_forked` */
export async function compareWithStored(
  orm: Orm,
  workspaceId: string,
  request: PushRequest,
  end: StoredChainEnd,
): Promise<Lacking> {
  const { chain, after, prevHash } = request
  if (after > end.lastSeq)
    throw new ServerRefusal(
      'chain_gap',
      `The server has ${end.lastSeq} events of this chain, not ${after}.`,
      {
        seq: end.lastSeq,
        hash: end.lastHash,
      },
    )
  const before = after === end.lastSeq ? end.lastHash : await hashAt(orm, workspaceId, chain, after)
  if (before !== prevHash)
    throw new ServerRefusal('chain_forked', `The server has another event at place ${after} of this chain.`, {
      seq: after,
    })
  if (after === end.lastSeq) return { fresh: request.events, bare: [] }
  const stored = await orm
    .select({
      seq: events.replicaSeq,
      hash: events.hash,
      bare: sql<boolean>`${events.data} IS NULL AND ${events.sealed} IS NULL`,
    })
    .from(events)
    .where(
      and(
        eq(events.workspaceId, workspaceId),
        eq(events.chain, chain),
        gt(events.replicaSeq, after),
        lte(events.replicaSeq, after + request.events.length),
      ),
    )
    .orderBy(asc(events.replicaSeq))
  for (const { seq, hash } of stored)
    if (request.events[seq - after - 1]?.hash !== hash)
      throw new ServerRefusal('chain_forked', `The server has another event at place ${seq} of this chain.`, {
        seq,
      })
  const bare = new Set(stored.flatMap(({ seq, bare }) => (bare ? seq : [])))
  return {
    fresh: request.events.filter(({ replicaSeq }) => replicaSeq > end.lastSeq),
    bare: request.events.filter(({ replicaSeq }) => bare.has(replicaSeq)),
  }
}

/**
 * Missing payloads are stored beside their headers: the event's hash covers a readable one. Whether a sealed one opens to its hash only members
 * can tell, so that it is taken from the chain's own member alone. @returns whether any was.
 */
export async function fillPayloads(
  orm: Orm,
  workspaceId: string,
  { chain }: PushRequest,
  bare: readonly WireEvent[],
  vouched: boolean,
): Promise<boolean> {
  const brought = bare.filter(({ data, sealed }) => data !== undefined || (sealed !== undefined && !vouched))
  for (const { replicaSeq, data, metadata, sealed, key } of brought)
    await orm
      .update(events)
      .set(data === undefined ? { sealed, key } : { data, metadata: metadata ?? null, payloadHash: null })
      .where(
        and(eq(events.workspaceId, workspaceId), eq(events.chain, chain), eq(events.replicaSeq, replicaSeq)),
      )
  return brought.length > 0
}
