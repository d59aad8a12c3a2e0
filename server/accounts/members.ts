import { and, eq, isNull, ne } from 'drizzle-orm'
import type { Role } from '#contract/sync-api/team.ts'
import { lockWorkspace } from '../database/locked-workspace.ts'
import { devices, members } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { notifyMembershipChanged } from '../database/workspace-notices.ts'
import { ServerRefusal } from '../http/refusal.ts'
import type { AccountsContext } from './accounts-context.ts'
import { forgetDigests } from './digests.ts'
import { voidInvites } from './invites.ts'
import { requireNewKey } from './keys.ts'
import { memberOf } from './member-of.ts'

/** The workspace keeps an owner: refuses a change that would take the last one away. @throws ServerRefusal `last_owner` */
async function keepAnOwner(within: Orm, workspaceId: string, member: string): Promise<void> {
  const others = await within
    .select({ id: members.id })
    .from(members)
    .where(
      and(
        eq(members.workspaceId, workspaceId),
        eq(members.role, 'owner'),
        isNull(members.removedAt),
        ne(members.id, member),
      ),
    )
  const known = await memberOf(within, workspaceId, member)
  if (known?.role === 'owner' && known.removedAt === null && others.length === 0)
    throw new ServerRefusal('last_owner', 'That is the last owner: make somebody else one first.')
}

/** Another role for a member. @throws ServerRefusal `unknown_place` or `last_owner` */
export async function changeRole(
  { database }: AccountsContext,
  workspaceId: string,
  member: string,
  role: Role,
): Promise<void> {
  await database.inWorkspace(workspaceId, 'write', async (within) => {
    await lockWorkspace(within, workspaceId)
    if (role !== 'owner') await keepAnOwner(within, workspaceId, member)
    const changed = await within
      .update(members)
      .set({ role })
      .where(and(eq(members.workspaceId, workspaceId), eq(members.id, member)))
      .returning()
    if (changed.length === 0) throw new ServerRefusal('unknown_place', 'There is no such member.')
    // An invite of somebody who is no longer an owner would let them back in as one.
    if (role !== 'owner') await voidInvites(within, workspaceId, member)
    await notifyMembershipChanged(within, workspaceId)
  })
}

/** A member leaves: every token of theirs is refused from now on. What they did stays theirs. @throws ServerRefusal `unknown_place` or `last_owner` */
export async function removeMember(
  { database, now }: AccountsContext,
  workspaceId: string,
  member: string,
): Promise<void> {
  await database.inWorkspace(workspaceId, 'write', async (within) => {
    await lockWorkspace(within, workspaceId)
    await keepAnOwner(within, workspaceId, member)
    const changed = await within
      .update(members)
      .set({ removedAt: now() })
      .where(and(eq(members.workspaceId, workspaceId), eq(members.id, member)))
      .returning()
    if (changed.length === 0) throw new ServerRefusal('unknown_place', 'There is no such member.')
    await within
      .update(devices)
      .set({ revokedAt: now() })
      .where(and(eq(devices.workspaceId, workspaceId), eq(devices.memberId, member)))
    await voidInvites(within, workspaceId, member)
    await forgetDigests(within, workspaceId)
    await requireNewKey(within, workspaceId)
  })
}
