import { and, asc, count, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import type { Role, Team, TeamPage, TeamQuery } from '#contract/sync-api/team.ts'
import { deviceKeyBytes } from '#contract/sync-api/wire-values.ts'
import { devices, invites, members } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'
import { ServerRefusal } from '../http/refusal.ts'

/** How many of each there may be; who is there already stays. */
export const mostOf = {
  /** Of one member that are not revoked. */
  devices: 20,
  /** Of a workspace that were not removed. */
  members: 1_000,
  /** Not taken and not out of date: of a workspace for new members, and of one member for further devices. */
  invites: 500,
  ownInvites: 20,
  /** Copies of one member, forks included, that anything was pushed of. */
  chains: 500,
} as const

/** What a client that does not ask for pages gets of each kind. */
const unpaged = { members: 2_000, devices: 5_000, invites: mostOf.invites } as const

/** Length of a public key and of a proof, base64. */
const keyCharacters = 4 * Math.ceil(deviceKeyBytes / 3)

const refuse = (what: string, limit: number): ServerRefusal =>
  new ServerRefusal('limit_reached', what, { limit })

/** @throws ServerRefusal `limit_reached` where a member has all the devices that they may have. */
export async function refuseMoreDevices(orm: Orm, workspaceId: string, memberId: string): Promise<void> {
  const [row] = await orm
    .select({ there: count() })
    .from(devices)
    .where(
      and(eq(devices.workspaceId, workspaceId), eq(devices.memberId, memberId), isNull(devices.revokedAt)),
    )
  if (Number(row?.there) >= mostOf.devices)
    throw refuse(
      `A member has at most ${mostOf.devices} devices: revoke one that is not used any more.`,
      mostOf.devices,
    )
}

/** @throws ServerRefusal `limit_reached` where a workspace has all the members that it may have. */
export async function refuseMoreMembers(orm: Orm, workspaceId: string): Promise<void> {
  const [row] = await orm
    .select({ there: count() })
    .from(members)
    .where(and(eq(members.workspaceId, workspaceId), isNull(members.removedAt)))
  if (Number(row?.there) >= mostOf.members)
    throw refuse(`A workspace has at most ${mostOf.members} members.`, mostOf.members)
}

/** Drops invites that are out of date. @throws ServerRefusal `limit_reached` where too many are open: of one member where named, else for new ones. */
export async function refuseMoreInvites(
  orm: Orm,
  workspaceId: string,
  memberId: string | undefined,
  now: number,
): Promise<void> {
  const open = and(eq(invites.workspaceId, workspaceId), isNull(invites.usedAt))
  await orm.delete(invites).where(and(open, lt(invites.expiresAt, now)))
  const [row] = await orm
    .select({ there: count() })
    .from(invites)
    .where(and(open, memberId === undefined ? isNull(invites.memberId) : eq(invites.memberId, memberId)))
  const most = memberId === undefined ? mostOf.invites : mostOf.ownInvites
  if (Number(row?.there) >= most)
    throw refuse(`There are ${most} invites that nobody took yet: take some back first.`, most)
}

const kinds = ['members', 'devices', 'invites'] as const
type Kind = (typeof kinds)[number]
type Lists = Pick<Team, Kind>

/** What comes after an id, in the order of ids; a key that is longer than any is none, whenever it came in. */
function reader(orm: Orm, workspaceId: string, now: number) {
  const key = (column: typeof devices.publicKey | typeof devices.proof) =>
    sql<string | null>`CASE WHEN length(${column}) <= ${keyCharacters} THEN ${column} END`
  return {
    members: async (after: string | undefined, limit: number): Promise<Lists['members']> => {
      const rows = await orm
        .select()
        .from(members)
        .where(and(eq(members.workspaceId, workspaceId), after ? gt(members.id, after) : undefined))
        .orderBy(asc(members.id))
        .limit(limit)
      return rows.map(({ workspaceId: _, role, ...row }) => ({ ...row, role: role as Role }))
    },
    devices: (after: string | undefined, limit: number): Promise<Lists['devices']> =>
      orm
        .select({
          id: devices.id,
          memberId: devices.memberId,
          name: devices.name,
          createdAt: devices.createdAt,
          seenAt: devices.seenAt,
          publicKey: key(devices.publicKey),
          proof: key(devices.proof),
        })
        .from(devices)
        .innerJoin(
          members,
          and(
            eq(members.workspaceId, devices.workspaceId),
            eq(members.id, devices.memberId),
            isNull(members.removedAt),
          ),
        )
        .where(
          and(
            eq(devices.workspaceId, workspaceId),
            isNull(devices.revokedAt),
            after ? gt(devices.id, after) : undefined,
          ),
        )
        .orderBy(asc(devices.id))
        .limit(limit),
    invites: async (after: string | undefined, limit: number): Promise<Lists['invites']> => {
      const rows = await orm
        .select({
          id: invites.id,
          role: invites.role,
          memberId: invites.memberId,
          createdAt: invites.createdAt,
          expiresAt: invites.expiresAt,
        })
        .from(invites)
        .where(
          and(
            eq(invites.workspaceId, workspaceId),
            isNull(invites.usedAt),
            gt(invites.expiresAt, now),
            after ? gt(invites.id, after) : undefined,
          ),
        )
        .orderBy(asc(invites.id))
        .limit(limit)
      return rows.map(({ role, ...row }) => ({ ...row, role: role as Role }))
    },
  }
}

/** A page of who is here: at most `limit` of all three kinds together, and what to ask with for the next one. */
export async function teamPage(
  orm: Orm,
  workspaceId: string,
  { limit, after }: Required<Pick<TeamQuery, 'limit'>> & Pick<TeamQuery, 'after'>,
  now: number,
): Promise<TeamPage> {
  const read = reader(orm, workspaceId, now)
  const [kindGiven = 'members', from] = after?.split(':') ?? []
  const page: Record<Kind, unknown[]> = { members: [], devices: [], invites: [] }
  let left = limit
  for (const kind of kinds.slice(kinds.indexOf(kindGiven as Kind))) {
    const rows = await read[kind](kind === kindGiven ? from : undefined, left + 1)
    page[kind] = rows.slice(0, left)
    const last = rows[left - 1]
    if (rows.length > left) {
      const next = left === 0 || !last ? `${kind}:` : `${kind}:${last.id}`
      return { ...(page as unknown as Lists), next }
    }
    left -= rows.length
  }
  return { ...(page as unknown as Lists), next: null }
}

/** All of a team that an older client takes at once; of a very large one the rest is left out. */
export async function wholeTeam(orm: Orm, workspaceId: string, now: number): Promise<Team> {
  const read = reader(orm, workspaceId, now)
  const [people, tokens, open] = [
    await read.members(undefined, unpaged.members),
    await read.devices(undefined, unpaged.devices),
    await read.invites(undefined, unpaged.invites),
  ]
  return {
    members: [...people].sort((a, b) => a.joinedAt - b.joinedAt),
    devices: [...tokens].sort((a, b) => a.createdAt - b.createdAt),
    invites: [...open].sort((a, b) => a.createdAt - b.createdAt),
  }
}
