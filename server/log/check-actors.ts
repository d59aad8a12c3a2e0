import { eq } from 'drizzle-orm'
import type { PushRequest } from '#contract/sync-api/push.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { Caller } from '../accounts/caller.ts'
import { chainSeal, isSame, numberSeal } from '../accounts/secrets.ts'
import type { LockedWorkspace } from '../database/locked-workspace.ts'
import { aliases, members } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { ServerRefusal } from '../http/refusal.ts'

/** The actor of each event has to be one that the caller may record in the name of. @throws ServerRefusal `forged_actor` */
export async function checkActors(
  orm: Orm,
  caller: Caller,
  workspace: LockedWorkspace,
  list: readonly WireEvent[],
  servers: boolean,
): Promise<void> {
  const serverActor = deriveId('server', workspace.id)
  // The server's own chain holds the server's events alone.
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
export function isVouchedFor(
  { chain, events: list, receipt }: PushRequest,
  { secret }: LockedWorkspace,
): boolean {
  const last = list.at(-1)
  if (!receipt || !last) return false
  const { memberId, seal, chain: givenFor = chain } = receipt
  const end = { chain: givenFor, seq: last.replicaSeq, hash: last.hash, memberId }
  if (isSame(seal, chainSeal(secret, end))) return true
  throw new ServerRefusal('forbidden', 'That receipt is not this server’s.')
}

/** Whether anything here is the server's own, which no member owns. */
export const isServers = (list: readonly WireEvent[], workspaceId: string): boolean =>
  list[0]?.actorId === deriveId('server', workspaceId)
