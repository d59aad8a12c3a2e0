import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Keys, NewKey } from '#contract/sync-api/keys.ts'
import { lockWorkspace } from '../database/locked-workspace.ts'
import { events, invites, keyBoxes, keyLadder, workspaces } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { notifyMembershipChanged } from '../database/workspace-notices.ts'
import { ServerRefusal } from '../http/refusal.ts'
import type { AccountsContext } from './accounts-context.ts'
import type { Caller } from './caller.ts'

/** How many keys a restored server may have lost: an older Docket begins the one after its own without bringing those back. */
const mostLostKeys = 100

/** A key's boxes are for this workspace's devices, whatever else the list names: one that was revoked meanwhile gets none. */
const boxesOf = (workspaceId: string, key: number, boxes: NewKey['boxes']) => sql`
  INSERT INTO key_boxes (device_id, key, box)
  SELECT DISTINCT ON (d.id) d.id, ${key}::integer, r.box
  FROM json_to_recordset(${JSON.stringify(boxes)}::json) AS r("deviceId" uuid, "box" text)
  JOIN devices d ON d.id = r."deviceId" AND d.workspace_id = ${workspaceId}::uuid AND d.revoked_at IS NULL
  ON CONFLICT (device_id) DO UPDATE SET key = excluded.key, box = excluded.box`

/** The workspace keys, sealed so that this device can open them. */
export async function readKeys(
  { database }: AccountsContext,
  { workspaceId, deviceId }: Caller,
): Promise<Keys> {
  return database.inWorkspace(workspaceId, 'read', async (within) => {
    const [workspace] = await within.select().from(workspaces).where(eq(workspaces.id, workspaceId))
    const [box] = await within.select().from(keyBoxes).where(eq(keyBoxes.deviceId, deviceId))
    const ladder = await within.select().from(keyLadder).where(eq(keyLadder.workspaceId, workspaceId))
    const newest = workspace?.key ?? 0
    return {
      key: newest,
      box: box?.key === newest ? box.box : null,
      ladder: ladder.map(({ key, sealed }) => ({ key, sealed })),
    }
  })
}

/** The next workspace key begins. @throws ServerRefusal `key_taken` or `invalid_request` */
export async function beginKey(
  { database }: AccountsContext,
  { workspaceId }: Caller,
  { key, sealedBefore, boxes }: NewKey,
): Promise<void> {
  await database.inWorkspace(workspaceId, 'write', async (within) => {
    const workspace = await lockWorkspace(within, workspaceId)
    const furthest = workspace.key === 0 ? 1 : workspace.key + 1 + mostLostKeys
    if (key <= workspace.key || key > furthest)
      throw new ServerRefusal('key_taken', 'Somebody else began a key at the same time; try again.', {
        key: workspace.key,
      })
    if (key === 1) {
      const [first] = await within
        .select({ seq: events.seq })
        .from(events)
        .where(eq(events.workspaceId, workspaceId))
        .limit(1)
      if (first)
        throw new ServerRefusal('invalid_request', 'Encryption begins before the first event, or not at all.')
    } else if (sealedBefore === undefined)
      throw new ServerRefusal('invalid_request', 'A further key comes with the one before it, sealed.')
    else await within.insert(keyLadder).values({ workspaceId, key: key - 1, sealed: sealedBefore })
    await within.execute(boxesOf(workspaceId, key, boxes))
    // An open invite holds an older key or none: whoever took it would be a member who can read nothing.
    await within.delete(invites).where(and(eq(invites.workspaceId, workspaceId), isNull(invites.usedAt)))
    await within.update(workspaces).set({ key, needsKey: false }).where(eq(workspaces.id, workspaceId))
    await notifyMembershipChanged(within, workspaceId)
  })
}

/** A new key is due, as somebody who has the newest is gone: the next copy of an owner begins it. */
export async function requireNewKey(within: Orm, workspaceId: string): Promise<void> {
  await within
    .update(workspaces)
    .set({ needsKey: true })
    .where(and(eq(workspaces.id, workspaceId), gt(workspaces.key, 0)))
  await notifyMembershipChanged(within, workspaceId)
}
