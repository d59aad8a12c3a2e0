import { and, eq, isNull, or } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { Invited, Role } from '#contract/sync-api/team.ts'
import { lockWorkspace } from '../database/locked-workspace.ts'
import { invites } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { ServerRefusal } from '../http/refusal.ts'
import type { AccountsContext } from './accounts-context.ts'
import { memberOf } from './member-of.ts'
import { hashed, newCode } from './secrets.ts'
import { refuseMoreInvites } from './team.ts'

const hourMillis = 3_600_000

/** What an invite is for, and for how long. */
export type NewInvite = {
  readonly role: Role
  readonly memberId?: string | undefined
  readonly hours: number
}

/** An invite that can be taken once. @param createdBy the member who invites; absent where an administrator does. */
export async function inviteMember(
  { database, now }: AccountsContext,
  workspaceId: string,
  { role, memberId, hours }: NewInvite,
  createdBy?: string,
): Promise<Invited> {
  return database.inWorkspace(workspaceId, 'write', async (within) => {
    const workspace = await lockWorkspace(within, workspaceId)
    if (createdBy === undefined && workspace.key > 0)
      throw new ServerRefusal(
        'forbidden',
        'This workspace is encrypted, and the server does not have its key: an owner invites from Docket (Settings → Team → Invite…, or docket team invite).',
      )
    const member = memberId === undefined ? undefined : await memberOf(within, workspaceId, memberId)
    if (memberId !== undefined && (!member || member.removedAt !== null))
      throw new ServerRefusal('invalid_request', 'There is no such member to invite a device of.')
    await refuseMoreInvites(within, workspaceId, memberId, now())
    const code = newCode()
    const id = uuidv7()
    const expiresAt = now() + hours * hourMillis
    await within.insert(invites).values({
      id,
      workspaceId,
      codeHash: hashed(code),
      role: member?.role ?? role,
      memberId: memberId ?? null,
      createdBy: createdBy ?? null,
      createdAt: now(),
      expiresAt,
    })
    return { id, code, expiresAt }
  })
}

/** An invite is taken back. */
export async function withdrawInvite(
  { database }: AccountsContext,
  workspaceId: string,
  id: string,
): Promise<void> {
  await database.inWorkspace(workspaceId, 'write', async (within) => {
    await within.delete(invites).where(and(eq(invites.workspaceId, workspaceId), eq(invites.id, id)))
  })
}

/** Open invites of a member, and those for further devices of theirs, are taken back. */
export async function voidInvites(within: Orm, workspaceId: string, member: string): Promise<void> {
  await within
    .delete(invites)
    .where(
      and(
        eq(invites.workspaceId, workspaceId),
        isNull(invites.usedAt),
        or(eq(invites.createdBy, member), eq(invites.memberId, member)),
      ),
    )
}
