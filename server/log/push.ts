import { and, asc, count, eq, gt, isNull, lte, sql } from 'drizzle-orm'
import type { Pushed, PushRequest, Role, WireEvent } from '#contract/sync-api/messages.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { genesis, nextMark } from '#db/log/rows/hash-chain.ts'
import { chainSeal, isSame, numberSeal } from '../accounts/secrets.ts'
import { mostOf } from '../accounts/team.ts'
import type { Orm, ServerDatabase } from '../database/open-database.ts'
import { aliases, chains, devices, events, members, workspaces } from '../database/schema.ts'
import { ServerRefusal } from '../http/refusal.ts'
import { checkEvents } from './check-events.ts'
import { type Numbering, numberIssue, withUsableNumber } from './issue-numbering.ts'
import { agreeOnOwnChain, keepNumbers, wishes } from './number-requests.ts'
import { refuseReplacing } from './repeated-events.ts'

/** Whose token it is. */
export type Caller = {
  readonly workspaceId: string
  readonly memberId: string
  readonly deviceId: string
  readonly role: Role
}

/** A workspace's row, locked for the length of a transaction. */
export type LockedWorkspace = typeof workspaces.$inferSelect

/** An event with its place in the server's order. */
export type PlacedEvent = WireEvent & {
  readonly chain: string
  readonly seq: number
  readonly mark: string
  readonly aheadMillis?: number
}

export const nudgeChannel = 'docket'

export async function lockWorkspace(orm: Orm, workspaceId: string): Promise<LockedWorkspace> {
  const [row] = await orm.select().from(workspaces).where(eq(workspaces.id, workspaceId)).for('update')
  if (!row) throw new ServerRefusal('unknown_workspace', 'There is no such workspace on this server.')
  return row
}

type ChainEnd = Pick<typeof chains.$inferSelect, 'memberId' | 'lastSeq' | 'lastHash'>

/** Looks once more, now that the workspace waits for nobody, whether the caller may push. @returns the chain, where the server has it. */
async function mayPush(
  orm: Orm,
  { workspaceId, deviceId }: Caller,
  chain: string,
): Promise<typeof chains.$inferSelect | null> {
  const [row] = await orm
    .select({ role: members.role, chain: chains })
    .from(devices)
    .innerJoin(members, and(eq(members.workspaceId, workspaceId), eq(members.id, devices.memberId)))
    .leftJoin(chains, and(eq(chains.workspaceId, workspaceId), eq(chains.chain, chain)))
    .where(and(eq(devices.id, deviceId), isNull(devices.revokedAt), isNull(members.removedAt)))
  if (!row) throw new ServerRefusal('unauthorized', 'That token is not known here, or was revoked.')
  refuseReaders(row.role)
  return row.chain
}

function refuseReaders(role: string): void {
  if (role === 'reader')
    throw new ServerRefusal('forbidden', 'A reader’s changes are not taken. Ask an owner for another role.')
}

/** The chain as it is, or where it begins. */
async function chainEnd(
  orm: Orm,
  workspaceId: string,
  known: typeof chains.$inferSelect | null,
  { replicaId, fork }: PushRequest,
): Promise<ChainEnd & { readonly isNew: boolean }> {
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

/** What a piece holds that the server lacks: events that are new, and those of which it has the header alone. */
type Lacking = { readonly fresh: readonly WireEvent[]; readonly bare: readonly WireEvent[] }

/** Compares what the server has of a piece already. @returns what it lacks. */
async function ignoreUnreadable(
  orm: Orm,
  workspaceId: string,
  request: PushRequest,
  end: ChainEnd,
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
 * Puts payloads beside headers that are here without: the event's hash covers a readable one. Whether a sealed one opens to its hash only members
 * can tell, so that it is taken from the chain's own member alone. @returns whether there were any.
 */
async function makeWhole(
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

/** Who may be named as an event's actor. */
async function checkActors(
  orm: Orm,
  caller: Caller,
  workspace: LockedWorkspace,
  list: readonly WireEvent[],
  servers: boolean,
): Promise<void> {
  const serverActor = deriveId('server', workspace.id)
  // Nothing of anybody else's gets into the server's own chain.
  const strangers = list.filter(({ actorId }) => servers || actorId !== caller.memberId)
  if (strangers.length === 0) return
  const accounts = await orm
    .select({ id: members.id })
    .from(members)
    .where(eq(members.workspaceId, workspace.id))
  const also = await orm.select().from(aliases).where(eq(aliases.workspaceId, workspace.id))
  const mine = new Set(also.flatMap(({ id, memberId }) => (memberId === caller.memberId ? id : [])))
  const others = new Set([...accounts.map(({ id }) => id), ...also.map(({ id }) => id)])
  for (const event of strangers) {
    const { id, actorId, imported } = event
    if (!servers && mine.has(actorId)) continue
    if (servers && actorId === serverActor) checkSeal(event, workspace)
    else if (servers || !imported || (others.has(actorId) && !(caller.role === 'owner' && isTold(event))))
      throw new ServerRefusal('forged_actor', `Event ${id} is in the name of somebody else.`, { event: id })
  }
}

/** Whether everybody sees that an event was imported: it says so itself, or nobody but members can read it. */
function isTold({ data, metadata }: WireEvent): boolean {
  const { triggeredBy } = JSON.parse(metadata ?? '{}') as { triggeredBy?: unknown }
  return data === undefined || triggeredBy === 'import'
}

/** Whether this server gave that number: what it lost, clients bring back, and nobody makes up. */
function checkSeal({ id, streamId, type, data, metadata }: WireEvent, { secret }: LockedWorkspace): void {
  const number = type === 'numbered' ? (JSON.parse(data ?? '{}') as { number?: number }).number : undefined
  const { seal } = JSON.parse(metadata ?? '{}') as { seal?: unknown }
  if (number === undefined || !isSame(String(seal), numberSeal(secret, id, streamId, number)))
    throw new ServerRefusal('forged_actor', `Event ${id} is in the server’s name and not the server’s.`, {
      event: id,
    })
}

/** Whether a receipt shows that the server had this piece: its last event's hash covers all before it. */
function isVouchedFor({ chain, events: list, receipt }: PushRequest, { secret }: LockedWorkspace): boolean {
  const last = list.at(-1)
  if (!receipt || !last) return false
  const { memberId, seal, chain: givenFor = chain } = receipt
  const end = { chain: givenFor, seq: last.replicaSeq, hash: last.hash, memberId }
  if (isSame(seal, chainSeal(secret, end))) return true
  throw new ServerRefusal('forbidden', 'That receipt is not this server’s.')
}

/** A fork that somebody else brings back must be one: called as everybody calls it, and of a place where the chain went on otherwise. */
async function checkBroughtBack(orm: Orm, workspaceId: string, request: PushRequest): Promise<void> {
  const { chain, replicaId, fork, events: list } = request
  if (!fork) return
  const [first] = list
  const taken = await hashAt(orm, workspaceId, fork.chain, fork.seq + 1)
  const called = deriveId('fork', replicaId, String(fork.seq), first?.hash ?? '')
  if (taken === undefined || taken === first?.hash || called !== chain)
    throw new ServerRefusal('forbidden', 'That is no fork of this chain.')
}

/** Every greeting names every chain: nobody begins so many that a team can't be greeted any more. */
async function refuseMoreChains(orm: Orm, { workspaceId, memberId }: Caller): Promise<void> {
  const [row] = await orm
    .select({ there: count() })
    .from(chains)
    .where(and(eq(chains.workspaceId, workspaceId), eq(chains.memberId, memberId)))
  if (Number(row?.there) >= mostOf.chains)
    throw new ServerRefusal('limit_reached', `A member has at most ${mostOf.chains} copies and forks here.`, {
      limit: mostOf.chains,
    })
}

/** Nothing new is sealed with a key that somebody who left may have. */
function checkKeys(fresh: readonly WireEvent[], { key: newest }: LockedWorkspace): void {
  if (fresh.every(({ key }) => key === undefined || key === newest)) return
  throw new ServerRefusal('key_outdated', `Key ${newest} is the newest of this workspace: seal with that.`, {
    key: newest,
  })
}

const isWorkspaces = ({ streamType }: WireEvent): boolean => streamType === 'workspace'

/** Whether anything here is the server's own, which no member owns. */
const isServers = (list: readonly WireEvent[], workspaceId: string): boolean =>
  list[0]?.actorId === deriveId('server', workspaceId)

const insert = (workspaceId: string, rows: readonly PlacedEvent[]) => sql`
  INSERT INTO events (workspace_id, seq, chain, replica_seq, id, stream_type, stream_id, type, schema_version, actor_id, hlc,
    occurred_at, hash, mark, data, metadata, sealed, key, payload_hash, imported, number, ahead_millis)
  SELECT ${workspaceId}::uuid, r."seq", r."chain", r."replicaSeq", r."id", r."streamType", r."streamId", r."type", r."schemaVersion",
    r."actorId", r."hlc", r."occurredAt", r."hash", r."mark", r."data", r."metadata", r."sealed", r."key", r."payloadHash", r."imported",
    r."number", r."aheadMillis"
  FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r("seq" bigint, "chain" uuid, "replicaSeq" integer, "id" uuid,
    "streamType" text, "streamId" uuid, "type" text, "schemaVersion" integer, "actorId" uuid, "hlc" bigint, "occurredAt" bigint,
    "hash" text, "mark" text, "data" text, "metadata" text, "sealed" text, "key" integer, "payloadHash" text, "imported" boolean,
    "number" integer, "aheadMillis" bigint)`

/**
 * Takes a piece of a chain, whole or not at all. What is stored already is compared and passed over, so a push may be repeated. The workspace's row
 * stays locked until the end: places are given and committed in one order, and nobody pulls past one that is still to come.
 */
export async function push(
  database: ServerDatabase,
  caller: Caller,
  request: PushRequest,
  numbering: Numbering,
  now: () => number,
): Promise<Pushed> {
  refuseReaders(caller.role)
  const { chain, replicaId, fork } = request
  return database.inWorkspace(caller.workspaceId, 'write', async (orm) => {
    if (fork ? chain === replicaId : chain !== replicaId) {
      const known = await hashAt(orm, caller.workspaceId, chain, request.after)
      if (known === undefined)
        throw new ServerRefusal(
          'invalid_request',
          'A chain is called like its replica, and only a fork is not.',
        )
    }
    return pushInside(orm, caller, request, numbering, now)
  })
}

async function pushInside(
  orm: Orm,
  caller: Caller,
  request: PushRequest,
  numbering: Numbering,
  now: () => number,
): Promise<Pushed> {
  const { chain } = request
  const workspace = await lockWorkspace(orm, caller.workspaceId)
  const known = await mayPush(orm, caller, chain)
  const vouched = isVouchedFor(request, workspace)
  const ahead = checkEvents(request, { encrypted: workspace.key > 0, vouched, now: now() })
  const end = await chainEnd(orm, workspace.id, known, request)
  const servers = isServers(request.events, workspace.id)
  if (vouched && end.isNew) await checkBroughtBack(orm, workspace.id, request)
  const owner = vouched && request.receipt ? request.receipt.memberId : servers ? null : caller.memberId
  if (end.isNew && owner === caller.memberId && !vouched) await refuseMoreChains(orm, caller)
  if (!end.isNew && end.memberId !== owner)
    throw new ServerRefusal('forbidden', 'That chain is somebody else’s.')
  const lacking = await ignoreUnreadable(orm, workspace.id, request, end)
  const fresh = lacking.fresh.map(withUsableNumber)
  checkKeys([...fresh, ...lacking.bare], workspace)
  // Copies that hold the header alone ask for it once more when they greet.
  if (await makeWhole(orm, workspace.id, request, lacking.bare, vouched))
    await orm.execute(sql`SELECT pg_notify(${nudgeChannel}, ${`${workspace.id} 0`})`)
  // What the server had once it has checked once.
  if (!vouched) await checkActors(orm, caller, workspace, fresh, servers)
  await refuseReplacing(orm, workspace.id, fresh)

  let { lastSeq: seq, lastMark: mark, lastNumber } = workspace
  const rows: PlacedEvent[] = []
  const place = (event: WireEvent, of: string): void => {
    seq += 1
    mark = nextMark(mark, event.hash)
    const aheadMillis = ahead.get(event.id)
    rows.push({ ...event, chain: of, seq, mark, ...(aheadMillis ? { aheadMillis } : {}) })
  }
  const numbers = await wishes(orm, workspace.id, fresh, lastNumber)
  if (numbers.open.size > 0) await agreeOnOwnChain(orm, workspace.id, numbering)
  lastNumber = numbers.highest
  for (const event of fresh) {
    place(event, chain)
    if (!numbers.open.has(event)) continue
    lastNumber += 1
    numbers.taken.set(lastNumber, event.streamId)
    place(numberIssue(numbering, workspace, event, lastNumber, now()), numbering.chainOf(workspace.id))
  }
  if (rows.length > 0) {
    await orm.execute(insert(workspace.id, rows))
    await keepNumbers(orm, workspace.id, numbers.taken)
    await keepEnds(orm, workspace.id, rows, request, owner)
    const historyId = workspace.historyId ?? fresh.find(isWorkspaces)?.streamId ?? null
    await orm
      .update(workspaces)
      .set({ lastSeq: seq, lastMark: mark, lastNumber, historyId })
      .where(eq(workspaces.id, workspace.id))
      .returning({ told: sql`pg_notify(${nudgeChannel}, ${`${workspace.id} ${seq}`})` })
  }
  const stored = fresh.at(-1)?.replicaSeq ?? end.lastSeq
  const furthest = Math.max(0, ...ahead.values())
  return { stored, cursor: { seq, mark }, ...(furthest > 0 ? { aheadMillis: furthest } : {}) }
}

/** Writes the new ends of the chains that rows were added to: the pushed one, and the server's own. */
async function keepEnds(
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
