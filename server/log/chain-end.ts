import { and, count, eq, sql } from 'drizzle-orm'
import type { PushRequest } from '#contract/sync-api/push.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { genesis } from '#db/log/rows/hash-chain.ts'
import type { Caller } from '../accounts/caller.ts'
import { mostOf } from '../accounts/team.ts'
import { chains, events } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { ServerRefusal } from '../http/refusal.ts'

/** An event with its place in the server's order. */
export type PlacedEvent = WireEvent & {
  readonly chain: string
  readonly seq: number
  readonly mark: string
  readonly aheadMillis?: number
}

/** The member that a chain belongs to (`null` for the server's own) and how far it reaches. */
export type StoredChainEnd = Pick<typeof chains.$inferSelect, 'memberId' | 'lastSeq' | 'lastHash'>

/** The end of a chain, or the place where it begins. @throws ServerRefusal `invalid_request` or `chain_gap` */
export async function chainEnd(
  orm: Orm,
  workspaceId: string,
  known: typeof chains.$inferSelect | null,
  { replicaId, fork }: PushRequest,
): Promise<StoredChainEnd & { readonly isNew: boolean }> {
  if (known) {
    if (known.replicaId !== replicaId)
      throw new ServerRefusal('invalid_request', 'That chain belongs to another replica.')
    return { ...known, isNew: false }
  }
  if (!fork) return { memberId: null, lastSeq: 0, lastHash: genesis, isNew: true }
  const [base] = await orm
    .select()
    .from(chains)
    .where(and(eq(chains.workspaceId, workspaceId), eq(chains.chain, fork.chain)))
  if (base && base.replicaId !== replicaId)
    throw new ServerRefusal(
      'invalid_request',
      'A fork goes on under the name of the replica that it forks off.',
    )
  // Whoever pulls needs the chain itself, even where the fork begins at its beginning.
  const hash = base && (await hashAt(orm, workspaceId, fork.chain, fork.seq))
  if (hash === undefined)
    throw new ServerRefusal('chain_gap', 'The place that this chain goes on from is not here.', {
      seq: 0,
      hash: genesis,
    })
  return { memberId: null, lastSeq: fork.seq, lastHash: hash, isNew: true }
}

/** The furthest that the database counts in a chain. */
const mostPlace = 2_147_483_647

/** The hash at a place of a chain, or of the chain that it goes on from; `undefined` where there is none. */
export async function hashAt(
  orm: Orm,
  workspaceId: string,
  chain: string,
  seq: number,
): Promise<string | undefined> {
  if (seq === 0) return genesis
  if (seq > mostPlace) return undefined
  const [event] = await orm
    .select({ hash: events.hash })
    .from(events)
    .where(and(eq(events.workspaceId, workspaceId), eq(events.chain, chain), eq(events.replicaSeq, seq)))
  if (event) return event.hash
  const [known] = await orm
    .select()
    .from(chains)
    .where(and(eq(chains.workspaceId, workspaceId), eq(chains.chain, chain)))
  if (!known?.forkChain || known.forkSeq === null || seq > known.forkSeq) return undefined
  return hashAt(orm, workspaceId, known.forkChain, seq)
}

/** A fork that somebody else brings back has to be one: of the derived id, and from a place where the chain went on otherwise. */
export async function checkBroughtBack(orm: Orm, workspaceId: string, request: PushRequest): Promise<void> {
  const { chain, replicaId, fork, events: list } = request
  if (!fork) return
  const [first] = list
  const taken = await hashAt(orm, workspaceId, fork.chain, fork.seq + 1)
  const called = deriveId('fork', replicaId, String(fork.seq), first?.hash ?? '')
  if (taken === undefined || taken === first?.hash || called !== chain)
    throw new ServerRefusal('forbidden', 'That is no fork of this chain.')
}

/** The number of a member's chains is bounded, as every greeting lists every chain. @throws ServerRefusal `limit_reached` */
export async function refuseMoreChains(orm: Orm, { workspaceId, memberId }: Caller): Promise<void> {
  const [row] = await orm
    .select({ there: count() })
    .from(chains)
    .where(and(eq(chains.workspaceId, workspaceId), eq(chains.memberId, memberId)))
  if (Number(row?.there) >= mostOf.chains)
    throw new ServerRefusal('limit_reached', `A member has at most ${mostOf.chains} copies and forks here.`, {
      limit: mostOf.chains,
    })
}

/** New ends of the chains that rows were added to are stored: the pushed one, and the server's own. */
export async function keepEnds(
  orm: Orm,
  workspaceId: string,
  rows: readonly PlacedEvent[],
  { chain, replicaId, fork }: PushRequest,
  memberId: string | null,
): Promise<void> {
  const ends = new Map(rows.map((row) => [row.chain, row]))
  const values = [...ends].map(([key, { replicaSeq, hash }]) => {
    const pushed = key === chain
    return {
      workspaceId,
      chain: key,
      replicaId: pushed ? replicaId : key,
      forkChain: (pushed ? fork?.chain : undefined) ?? null,
      forkSeq: (pushed ? fork?.seq : undefined) ?? null,
      memberId: pushed ? memberId : null,
      lastSeq: replicaSeq,
      lastHash: hash,
    }
  })
  await orm
    .insert(chains)
    .values(values)
    .onConflictDoUpdate({
      target: [chains.workspaceId, chains.chain],
      set: { lastSeq: sql`excluded.last_seq`, lastHash: sql`excluded.last_hash` },
    })
}
