import { asc, sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { Invited } from '#contract/sync-api/team.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { workspaces } from '../database/schema.ts'
import type { AccountsContext } from './accounts-context.ts'
import { inviteMember } from './invites.ts'
import { newSecret } from './secrets.ts'

/** A new workspace without anybody in it, and the invite of its first owner. */
export async function createWorkspace(
  context: AccountsContext,
  name: string,
): Promise<{ readonly workspaceId: string } & Invited> {
  const { database, now } = context
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
  return { workspaceId, ...(await inviteMember(context, workspaceId, { role: 'owner', hours: 24 * 7 })) }
}

/** Every workspace of this server, the oldest first. */
export async function listWorkspaces({
  database,
}: AccountsContext): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return database.across({ admin: 'on' }, (within) =>
    within
      .select({ id: workspaces.id, name: workspaces.name })
      .from(workspaces)
      .orderBy(asc(workspaces.createdAt)),
  )
}

/** The number of events of all workspaces, for the metrics. */
export async function countStoredEvents({ database }: AccountsContext): Promise<number> {
  const [row] = await database.across({ admin: 'on' }, (within) =>
    within.select({ sum: sql<string | null>`sum(${workspaces.lastSeq})` }).from(workspaces),
  )
  return Number(row?.sum ?? 0)
}
