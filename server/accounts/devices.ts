import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Role } from '#contract/sync-api/team.ts'
import { lockWorkspace } from '../database/locked-workspace.ts'
import { devices } from '../database/schema.ts'
import type { AccountsContext } from './accounts-context.ts'
import type { Caller } from './caller.ts'
import { forgetDigests } from './digests.ts'
import { requireNewKey } from './keys.ts'
import { memberOf } from './member-of.ts'
import { hashed } from './secrets.ts'

/** `seen_at` of a device is written no more often, in milliseconds. */
const seenEvery = 60_000

/** The caller whose token that is; `undefined` for one that is unknown or was revoked. */
export async function callerOf(
  { database, now }: AccountsContext,
  token: string,
): Promise<Caller | undefined> {
  return database.across({ token: hashed(token) }, async (within) => {
    const [device] = await within
      .select()
      .from(devices)
      .where(eq(devices.tokenHash, hashed(token)))
    if (!device || device.revokedAt !== null) return undefined
    const { id, workspaceId, memberId, seenAt } = device
    await within.execute(sql`SELECT set_config('docket.workspace', ${workspaceId}, true)`)
    const member = await memberOf(within, workspaceId, memberId)
    if (!member || member.removedAt !== null) return undefined
    // Failure is ignored and a locked row skipped: a full disk can still be read from, and no request waits for this.
    if (now() - (seenAt ?? 0) > seenEvery)
      await within
        .execute(sql`UPDATE devices SET seen_at = ${now()}::bigint
          WHERE id = (SELECT id FROM devices WHERE id = ${id}::uuid FOR UPDATE SKIP LOCKED)`)
        .catch(() => {})
    return { workspaceId, memberId, deviceId: id, role: member.role as Role }
  })
}

/** A device's token is refused from now on. */
export async function revokeDevice(
  { database, now }: AccountsContext,
  workspaceId: string,
  device: string,
): Promise<void> {
  await database.inWorkspace(workspaceId, 'write', async (within) => {
    await lockWorkspace(within, workspaceId)
    const revoked = await within
      .update(devices)
      .set({ revokedAt: now() })
      .where(and(eq(devices.workspaceId, workspaceId), eq(devices.id, device), isNull(devices.revokedAt)))
      .returning()
    if (revoked.length === 0) return
    await forgetDigests(within, workspaceId)
    await requireNewKey(within, workspaceId)
  })
}

/** The member whose device it is, of this workspace. */
export async function ownerOf(
  { database }: AccountsContext,
  workspaceId: string,
  device: string,
): Promise<string | undefined> {
  const [row] = await database.inWorkspace(workspaceId, 'read', (within) =>
    within
      .select({ memberId: devices.memberId })
      .from(devices)
      .where(and(eq(devices.workspaceId, workspaceId), eq(devices.id, device))),
  )
  return row?.memberId
}
