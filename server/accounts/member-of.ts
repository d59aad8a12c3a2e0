import { and, eq } from 'drizzle-orm'
import { members } from '../database/schema.ts'
import type { Orm } from '../database/server-database.ts'

/** The row of a member, also of one who was removed; `undefined` for a stranger. */
export async function memberOf(
  within: Orm,
  workspaceId: string,
  id: string,
): Promise<typeof members.$inferSelect | undefined> {
  const [row] = await within
    .select()
    .from(members)
    .where(and(eq(members.workspaceId, workspaceId), eq(members.id, id)))
  return row
}
