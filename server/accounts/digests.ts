import { and, eq, isNull, sql } from 'drizzle-orm'
import type { DigestReport, DigestReports } from '#contract/sync-api/agreement.ts'
import { devices, digests, members } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { ServerRefusal } from '../http/refusal.ts'
import type { AccountsContext } from './accounts-context.ts'
import type { Caller } from './caller.ts'

/** The digest of the calling device is stored. @returns the last one of every copy. @throws ServerRefusal `forbidden` for another copy's */
export async function reportDigest(
  { database, now }: AccountsContext,
  { workspaceId, deviceId }: Caller,
  { chain, seq, digest, events: count, fold: named }: DigestReport,
): Promise<DigestReports> {
  // A device has one copy, and speaks for no other: nobody is outvoted by copies that do not exist.
  if (chain !== deviceId) throw new ServerRefusal('forbidden', 'That copy is not this device’s.')
  return database.inWorkspace(workspaceId, 'write', async (within) => {
    const at = now()
    const fold = named ?? null
    await within
      .insert(digests)
      .values({ workspaceId, deviceId, seq, digest, events: count, fold, at })
      .onConflictDoUpdate({
        target: [digests.workspaceId, digests.deviceId],
        set: {
          seq,
          digest,
          events: count,
          fold,
          at,
          evidence: sql`CASE WHEN ${digests.digest} = ${digest} AND ${digests.fold} IS NOT DISTINCT FROM ${fold}::text THEN ${digests.evidence} END`,
        },
      })
    const rows = await within
      .select({
        chain: digests.deviceId,
        seq: digests.seq,
        digest: digests.digest,
        events: digests.events,
        fold: digests.fold,
        at: digests.at,
        evidence: sql<boolean>`${digests.evidence} IS NOT NULL`,
        device: devices.name,
        member: members.name,
      })
      .from(digests)
      .innerJoin(devices, and(eq(devices.id, digests.deviceId), isNull(devices.revokedAt)))
      .innerJoin(members, and(eq(members.workspaceId, digests.workspaceId), eq(members.id, devices.memberId)))
      .where(eq(digests.workspaceId, workspaceId))
    return { reports: rows.map(({ fold, ...row }) => ({ ...row, ...(fold === null ? {} : { fold }) })) }
  })
}

/** The trail of the calling device's copy is stored. @throws ServerRefusal `forbidden` for another copy's */
export async function putEvidence(
  { database }: AccountsContext,
  { workspaceId, deviceId }: Caller,
  chain: string,
  evidence: Uint8Array,
): Promise<void> {
  if (chain !== deviceId) throw new ServerRefusal('forbidden', 'That copy is not this device’s.')
  await database.inWorkspace(workspaceId, 'write', async (within) => {
    await within
      .update(digests)
      .set({ evidence })
      .where(and(eq(digests.workspaceId, workspaceId), eq(digests.deviceId, deviceId)))
  })
}

/** The trail of a copy; `undefined` where it sent none. */
export async function readEvidence(
  { database }: AccountsContext,
  workspaceId: string,
  chain: string,
): Promise<Uint8Array | undefined> {
  const [row] = await database.inWorkspace(workspaceId, 'read', (within) =>
    within
      .select({ evidence: digests.evidence })
      .from(digests)
      .where(and(eq(digests.workspaceId, workspaceId), eq(digests.deviceId, chain))),
  )
  return row?.evidence ?? undefined
}

/** Digests and trails of revoked devices are deleted. */
export async function forgetDigests(within: Orm, workspaceId: string): Promise<void> {
  await within.execute(sql`DELETE FROM digests USING devices
    WHERE digests.workspace_id = ${workspaceId}::uuid AND devices.id = digests.device_id AND devices.revoked_at IS NOT NULL`)
}
