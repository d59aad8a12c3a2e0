import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Pushed, PushRequest } from '#contract/sync-api/push.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { nextMark } from '#db/log/rows/hash-chain.ts'
import type { Caller } from '../accounts/caller.ts'
import { type LockedWorkspace, lockWorkspace } from '../database/locked-workspace.ts'
import { chains, devices, members, workspaces } from '../database/schema.ts'
import type { Orm, ServerDatabase } from '../database/server-database.ts'
import { noticeOfGrowth, notifyMembershipChanged } from '../database/workspace-notices.ts'
import { ServerRefusal } from '../http/refusal.ts'
import {
  chainEnd,
  checkBroughtBack,
  hashAt,
  keepEnds,
  type PlacedEvent,
  refuseMoreChains,
} from './chain-end.ts'
import { checkActors, isServers, isVouchedFor } from './check-actors.ts'
import { checkEvents } from './check-events.ts'
import { type Numbering, numberIssue, withUsableNumber } from './issue-numbering.ts'
import { agreeOnOwnChain, keepNumbers, wishes } from './number-requests.ts'
import { refuseReplacing } from './repeated-events.ts'
import { compareWithStored, fillPayloads } from './stored-piece.ts'

/** The right to push is checked again under the lock: it may have gone while the push waited. @returns the chain, where the server has it. */
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

/** Nothing new is sealed with a key that somebody who left may have. */
function checkKeys(fresh: readonly WireEvent[], { key: newest }: LockedWorkspace): void {
  if (fresh.every(({ key }) => key === undefined || key === newest)) return
  throw new ServerRefusal('key_outdated', `Key ${newest} is the newest of this workspace: seal with that.`, {
    key: newest,
  })
}

const isWorkspaces = ({ streamType }: WireEvent): boolean => streamType === 'workspace'

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
 * A piece of a chain is stored, whole or not at all. What is stored already is compared and passed over, so a push may be repeated. The workspace's row
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
  const lacking = await compareWithStored(orm, workspace.id, request, end)
  const fresh = lacking.fresh.map(withUsableNumber)
  checkKeys([...fresh, ...lacking.bare], workspace)
  // Copies that hold the header alone ask for it once more when they greet.
  if (await fillPayloads(orm, workspace.id, request, lacking.bare, vouched))
    await notifyMembershipChanged(orm, workspace.id)
  // Skip validation: a receipt proves that this server accepted these events before.
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
      .returning({ told: noticeOfGrowth(workspace.id, seq) })
  }
  const stored = fresh.at(-1)?.replicaSeq ?? end.lastSeq
  const furthest = Math.max(0, ...ahead.values())
  return { stored, cursor: { seq, mark }, ...(furthest > 0 ? { aheadMillis: furthest } : {}) }
}
