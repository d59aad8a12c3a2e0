import { and, asc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type {
  DigestReport,
  DigestReports,
  Invited,
  Joined,
  joinRequest,
  Keys,
  NewKey,
  Role,
  Team,
  TeamPage,
} from '#contract/sync-api/messages.ts'
import { startCursor } from '#contract/sync-api/messages.ts'
import { isDerivedId } from '#core/values/ids.ts'
import type { Orm, ServerDatabase } from '../database/open-database.ts'
import {
  aliases,
  devices,
  digests,
  events,
  invites,
  keyBoxes,
  keyLadder,
  members,
  workspaces,
} from '../database/schema.ts'
import { ServerRefusal } from '../http/refusal.ts'
import { type Caller, type LockedWorkspace, lockWorkspace, nudgeChannel } from '../log/push.ts'
import { hashed, newCode, newSecret, newToken } from './secrets.ts'
import { refuseMoreDevices, refuseMoreInvites, refuseMoreMembers, teamPage, wholeTeam } from './team.ts'

const unusable = (): ServerRefusal =>
  new ServerRefusal(
    'invite_unusable',
    'That invite is unknown, was used already, or is out of date. Ask for another.',
  )

const hourMillis = 3_600_000
const seenEvery = 60_000
/** How many keys a restored server may have lost: an older Docket begins the one after its own without bringing those back. */
const mostLostKeys = 100

export type NewInvite = {
  readonly role: Role
  readonly memberId?: string | undefined
  readonly hours: number
}

/** A key's boxes are for this workspace's devices, whatever else the list names: one that was revoked meanwhile gets none. */
const boxesOf = (workspaceId: string, key: number, boxes: NewKey['boxes']) => sql`
  INSERT INTO key_boxes (device_id, key, box)
  SELECT DISTINCT ON (d.id) d.id, ${key}::integer, r.box
  FROM json_to_recordset(${JSON.stringify(boxes)}::json) AS r("deviceId" uuid, "box" text)
  JOIN devices d ON d.id = r."deviceId" AND d.workspace_id = ${workspaceId}::uuid AND d.revoked_at IS NULL
  ON CONFLICT (device_id) DO UPDATE SET key = excluded.key, box = excluded.box`

/** A device without the key of an encrypted workspace could read nothing: it is not let in, and the invite stays as it was. */
function refuseKeyless({ key }: LockedWorkspace, { proof }: z.output<typeof joinRequest>['device']): void {
  if (key > 0 && proof === undefined)
    throw new ServerRefusal(
      'invite_unusable',
      'This workspace is encrypted, and that invite has no key. Ask an owner for one that was made in Docket.',
    )
}

/** Who may be here: workspaces, members, devices, invites. Times in milliseconds since 1970. */
export type Accounts = ReturnType<typeof accounts>

export function accounts(database: ServerDatabase, now: () => number) {
  async function memberOf(within: Orm, workspaceId: string, id: string) {
    const [row] = await within
      .select()
      .from(members)
      .where(and(eq(members.workspaceId, workspaceId), eq(members.id, id)))
    return row
  }

  /** @param createdBy the member who invites; absent where an administrator does. */
  async function invite(
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

  /** Whether anybody goes or went by that id here: an account, a copy before it joined, whoever acted. */
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
    within: Orm,
    invited: typeof invites.$inferSelect,
    wanted: z.output<typeof joinRequest>['member'],
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

  /** Drops what revoked devices last said of their copies, trails included. */
  async function forgetDigests(within: Orm, workspaceId: string): Promise<void> {
    await within.execute(sql`DELETE FROM digests USING devices
      WHERE digests.workspace_id = ${workspaceId}::uuid AND devices.id = digests.device_id AND devices.revoked_at IS NOT NULL`)
  }

  /** The answer to a join that was made already and is asked for again, by whoever made it; the token is another. */
  async function joinedBefore(
    within: Orm,
    { code, attempt, device }: z.output<typeof joinRequest>,
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

  /** Has open streams look whether they are still anybody's, and copies greet again. */
  async function tellGreet(within: Orm, workspaceId: string): Promise<void> {
    await within.execute(sql`SELECT pg_notify(${nudgeChannel}, ${`${workspaceId} 0`})`)
  }

  /** Somebody who has the newest key is gone: an owner's copy begins another as soon as one is there. */
  async function keyIsOut(within: Orm, workspaceId: string): Promise<void> {
    await within
      .update(workspaces)
      .set({ needsKey: true })
      .where(and(eq(workspaces.id, workspaceId), gt(workspaces.key, 0)))
    await tellGreet(within, workspaceId)
  }

  /** Takes back what a member could let somebody in with. */
  async function voidInvites(within: Orm, workspaceId: string, member: string): Promise<void> {
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

  return {
    async createWorkspace(name: string): Promise<{ readonly workspaceId: string } & Invited> {
      const workspaceId = uuidv7()
      await database.inWorkspace(workspaceId, 'write', async (within) => {
        await within.insert(workspaces).values({
          id: workspaceId,
          name,
          createdAt: now(),
          lastMark: startCursor.mark,
          secret: newSecret(),
        })
      })
      return { workspaceId, ...(await invite(workspaceId, { role: 'owner', hours: 24 * 7 })) }
    },
    async workspaces(): Promise<readonly { readonly id: string; readonly name: string }[]> {
      return database.across({ admin: 'on' }, (within) =>
        within
          .select({ id: workspaces.id, name: workspaces.name })
          .from(workspaces)
          .orderBy(asc(workspaces.createdAt)),
      )
    },
    invite,
    async join(request: z.output<typeof joinRequest>): Promise<Joined> {
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
          .where(
            and(eq(invites.codeHash, hashed(code)), isNull(invites.usedAt), gt(invites.expiresAt, now())),
          )
          .returning()
        if (!invited) {
          const again = await joinedBefore(within, request)
          if (again) return again
          throw unusable()
        }
        const workspace = await lockWorkspace(within, invited.workspaceId)
        refuseKeyless(workspace, device)
        const admitted = await admit(within, invited, member)
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
    },
    /** Whose token it is; `undefined` for one that is unknown or was revoked. */
    async callerOf(token: string): Promise<Caller | undefined> {
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
        // A full disk takes no note of it, and can still be read; nor does a device that somebody else holds: nobody waits for this.
        if (now() - (seenAt ?? 0) > seenEvery)
          await within
            .execute(sql`UPDATE devices SET seen_at = ${now()}::bigint
              WHERE id = (SELECT id FROM devices WHERE id = ${id}::uuid FOR UPDATE SKIP LOCKED)`)
            .catch(() => {})
        return { workspaceId, memberId, deviceId: id, role: member.role as Role }
      })
    },
    /** Who is here, as an older client takes it; see {@link wholeTeam}. */
    team: (workspaceId: string): Promise<Team> =>
      database.inWorkspace(workspaceId, 'read', (within) => wholeTeam(within, workspaceId, now())),
    teamPage: (workspaceId: string, query: Parameters<typeof teamPage>[2]): Promise<TeamPage> =>
      database.inWorkspace(workspaceId, 'read', (within) => teamPage(within, workspaceId, query, now())),
    async changeRole(workspaceId: string, member: string, role: Role): Promise<void> {
      await database.inWorkspace(workspaceId, 'write', async (within) => {
        await lockWorkspace(within, workspaceId)
        if (role !== 'owner') await keepAnOwner(within, workspaceId, member)
        const changed = await within
          .update(members)
          .set({ role })
          .where(and(eq(members.workspaceId, workspaceId), eq(members.id, member)))
          .returning()
        if (changed.length === 0) throw new ServerRefusal('unknown_place', 'There is no such member.')
        // Whoever is an owner no more gets nobody in, themselves least of all.
        if (role !== 'owner') await voidInvites(within, workspaceId, member)
        await tellGreet(within, workspaceId)
      })
    },
    /** Takes a member out: every token of theirs is refused from now on. What they did stays theirs. */
    async removeMember(workspaceId: string, member: string): Promise<void> {
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
        await keyIsOut(within, workspaceId)
      })
    },
    async revokeDevice(workspaceId: string, device: string): Promise<void> {
      await database.inWorkspace(workspaceId, 'write', async (within) => {
        await lockWorkspace(within, workspaceId)
        const revoked = await within
          .update(devices)
          .set({ revokedAt: now() })
          .where(and(eq(devices.workspaceId, workspaceId), eq(devices.id, device), isNull(devices.revokedAt)))
          .returning()
        if (revoked.length === 0) return
        await forgetDigests(within, workspaceId)
        await keyIsOut(within, workspaceId)
      })
    },
    async withdrawInvite(workspaceId: string, id: string): Promise<void> {
      await database.inWorkspace(workspaceId, 'write', async (within) => {
        await within.delete(invites).where(and(eq(invites.workspaceId, workspaceId), eq(invites.id, id)))
      })
    },
    /** The member whose device it is, of this workspace. */
    async ownerOf(workspaceId: string, device: string): Promise<string | undefined> {
      const [row] = await database.inWorkspace(workspaceId, 'read', (within) =>
        within
          .select({ memberId: devices.memberId })
          .from(devices)
          .where(and(eq(devices.workspaceId, workspaceId), eq(devices.id, device))),
      )
      return row?.memberId
    },
    async keys({ workspaceId, deviceId }: Caller): Promise<Keys> {
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
    },
    async newKey({ workspaceId }: Caller, { key, sealedBefore, boxes }: NewKey): Promise<void> {
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
            throw new ServerRefusal(
              'invalid_request',
              'Encryption begins before the first event, or not at all.',
            )
        } else if (sealedBefore === undefined)
          throw new ServerRefusal('invalid_request', 'A further key comes with the one before it, sealed.')
        else await within.insert(keyLadder).values({ workspaceId, key: key - 1, sealed: sealedBefore })
        await within.execute(boxesOf(workspaceId, key, boxes))
        // They have the key before this one, or none: whoever took one would be on the team's list and could read nothing.
        await within.delete(invites).where(and(eq(invites.workspaceId, workspaceId), isNull(invites.usedAt)))
        await within.update(workspaces).set({ key, needsKey: false }).where(eq(workspaces.id, workspaceId))
        await tellGreet(within, workspaceId)
      })
    },
    async reportDigest(
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
          .innerJoin(
            members,
            and(eq(members.workspaceId, digests.workspaceId), eq(members.id, devices.memberId)),
          )
          .where(eq(digests.workspaceId, workspaceId))
        return { reports: rows.map(({ fold, ...row }) => ({ ...row, ...(fold === null ? {} : { fold }) })) }
      })
    },
    async putEvidence({ workspaceId, deviceId }: Caller, chain: string, evidence: Uint8Array): Promise<void> {
      if (chain !== deviceId) throw new ServerRefusal('forbidden', 'That copy is not this device’s.')
      await database.inWorkspace(workspaceId, 'write', async (within) => {
        await within
          .update(digests)
          .set({ evidence })
          .where(and(eq(digests.workspaceId, workspaceId), eq(digests.deviceId, deviceId)))
      })
    },
    async evidence(workspaceId: string, chain: string): Promise<Uint8Array | undefined> {
      const [row] = await database.inWorkspace(workspaceId, 'read', (within) =>
        within
          .select({ evidence: digests.evidence })
          .from(digests)
          .where(and(eq(digests.workspaceId, workspaceId), eq(digests.deviceId, chain))),
      )
      return row?.evidence ?? undefined
    },
    /** How many events there are, for the metrics. */
    async storedEvents(): Promise<number> {
      const [row] = await database.across({ admin: 'on' }, (within) =>
        within.select({ sum: sql<string | null>`sum(${workspaces.lastSeq})` }).from(workspaces),
      )
      return Number(row?.sum ?? 0)
    },
  }
}
