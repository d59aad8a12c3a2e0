import { and, eq, gt, isNull } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { Joined, joinRequest, Role } from '#contract/sync-api/team.ts'
import { isDerivedId } from '#core/values/ids.ts'
import { type LockedWorkspace, lockWorkspace } from '../database/locked-workspace.ts'
import { aliases, devices, events, invites, members, workspaces } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { ServerRefusal } from '../http/refusal.ts'
import type { AccountsContext } from './accounts-context.ts'
import { memberOf } from './member-of.ts'
import { hashed, newToken } from './secrets.ts'
import { refuseMoreDevices, refuseMoreMembers } from './team.ts'

type Join = z.output<typeof joinRequest>

const unusable = (): ServerRefusal =>
  new ServerRefusal(
    'invite_unusable',
    'That invite is unknown, was used already, or is out of date. Ask for another.',
  )

/** A device without the key of an encrypted workspace could read nothing: it is not let in, and the invite stays as it was. */
function refuseKeyless({ key }: LockedWorkspace, { proof }: Join['device']): void {
  if (key > 0 && proof === undefined)
    throw new ServerRefusal(
      'invite_unusable',
      'This workspace is encrypted, and that invite has no key. Ask an owner for one that was made in Docket.',
    )
}

/** Whether the id is taken here: by an account, a copy before it joined, or whoever acted. */
async function isKnown(within: Orm, workspaceId: string, id: string): Promise<boolean> {
  if (await memberOf(within, workspaceId, id)) return true
  const [alias] = await within
    .select({ id: aliases.id })
    .from(aliases)
    .where(and(eq(aliases.workspaceId, workspaceId), eq(aliases.id, id)))
  if (alias) return true
  const [acted] = await within
    .select({ seq: events.seq })
    .from(events)
    .where(and(eq(events.workspaceId, workspaceId), eq(events.actorId, id)))
    .limit(1)
  return acted !== undefined
}

/** Who joins: a member who was there already, or a new one under the id that the copy has used so far, where that is free. */
async function admit(
  { now }: AccountsContext,
  within: Orm,
  invited: typeof invites.$inferSelect,
  wanted: Join['member'],
): Promise<{ readonly id: string; readonly name: string; readonly role: Role }> {
  const { workspaceId, memberId } = invited
  const isFree = !isDerivedId(wanted.id) && !(await isKnown(within, workspaceId, wanted.id))
  const alias = async (id: string): Promise<void> => {
    if (!isFree) return
    await within.insert(aliases).values({ workspaceId, id: wanted.id, memberId: id }).onConflictDoNothing()
  }
  if (memberId !== null) {
    const member = await memberOf(within, workspaceId, memberId)
    if (!member || member.removedAt !== null)
      throw new ServerRefusal('invite_unusable', 'Whom that invite was for is no member any more.')
    await refuseMoreDevices(within, workspaceId, memberId)
    await alias(memberId)
    return { id: memberId, name: member.name, role: member.role as Role }
  }
  await refuseMoreMembers(within, workspaceId)
  const id = isFree ? wanted.id : uuidv7()
  const role = invited.role as Role
  await within.insert(members).values({ workspaceId, id, name: wanted.name, role, joinedAt: now() })
  return { id, name: wanted.name, role }
}

/** The answer to a join that was made already and is asked for again, by whoever made it; the token is another. */
async function joinedBefore(
  { now }: AccountsContext,
  within: Orm,
  { code, attempt, device }: Join,
): Promise<Joined | undefined> {
  if (attempt === undefined) return undefined
  const token = newToken()
  const [invited] = await within
    .select()
    .from(invites)
    .where(
      and(
        eq(invites.codeHash, hashed(code)),
        eq(invites.attemptHash, hashed(attempt)),
        gt(invites.expiresAt, now()),
      ),
    )
  if (!invited?.usedBy) return undefined
  const [known] = await within
    .update(devices)
    .set({
      tokenHash: hashed(token),
      publicKey: device.publicKey ?? null,
      proof: device.proof ?? null,
    })
    .where(and(eq(devices.id, invited.usedBy), isNull(devices.revokedAt)))
    .returning()
  const workspace = known && (await lockWorkspace(within, known.workspaceId))
  const member = known && (await memberOf(within, known.workspaceId, known.memberId))
  if (!workspace || !member || member.removedAt !== null) return undefined
  refuseKeyless(workspace, device)
  return {
    token,
    deviceId: known.id,
    workspaceId: workspace.id,
    historyId: workspace.historyId ?? workspace.id,
    name: workspace.name,
    encrypted: workspace.key > 0,
    member: { id: member.id, name: member.name, role: member.role as Role },
  }
}

/** An invite is taken: the caller's copy becomes a device of a member. @throws ServerRefusal `invite_unusable` or `limit_reached` */
export async function join(context: AccountsContext, request: Join): Promise<Joined> {
  const { database, now } = context
  const { code, attempt, device, member, historyId } = request
  const [known] = await database.across({ code: hashed(code) }, (within) =>
    within
      .select({ workspaceId: invites.workspaceId })
      .from(invites)
      .where(eq(invites.codeHash, hashed(code))),
  )
  if (!known) throw unusable()
  return database.inWorkspace(known.workspaceId, 'write', async (within) => {
    const deviceId = uuidv7()
    const [invited] = await within
      .update(invites)
      .set({
        usedAt: now(),
        usedBy: deviceId,
        attemptHash: attempt === undefined ? null : hashed(attempt),
      })
      .where(and(eq(invites.codeHash, hashed(code)), isNull(invites.usedAt), gt(invites.expiresAt, now())))
      .returning()
    if (!invited) {
      const again = await joinedBefore(context, within, request)
      if (again) return again
      throw unusable()
    }
    const workspace = await lockWorkspace(within, invited.workspaceId)
    refuseKeyless(workspace, device)
    const admitted = await admit(context, within, invited, member)
    const token = newToken()
    await within.insert(devices).values({
      id: deviceId,
      workspaceId: workspace.id,
      memberId: admitted.id,
      name: device.name,
      tokenHash: hashed(token),
      publicKey: device.publicKey ?? null,
      proof: device.proof ?? null,
      createdAt: now(),
    })
    const history = workspace.historyId ?? historyId
    if (workspace.historyId === null)
      await within.update(workspaces).set({ historyId }).where(eq(workspaces.id, workspace.id))
    return {
      token,
      deviceId,
      workspaceId: workspace.id,
      historyId: history,
      name: workspace.name,
      encrypted: workspace.key > 0,
      member: admitted,
    }
  })
}
