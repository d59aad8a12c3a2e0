import { eq } from 'drizzle-orm'
import { ServerRefusal } from '../http/refusal.ts'
import { workspaces } from './schema.ts'
import type { Orm } from './server-database.ts'

/** A workspace's row, locked for the length of a transaction. */
export type LockedWorkspace = typeof workspaces.$inferSelect

/** The row of a workspace, locked until the transaction ends. @throws ServerRefusal `unknown_workspace` */
export async function lockWorkspace(orm: Orm, workspaceId: string): Promise<LockedWorkspace> {
  const [row] = await orm.select().from(workspaces).where(eq(workspaces.id, workspaceId)).for('update')
  if (!row) throw new ServerRefusal('unknown_workspace', 'There is no such workspace on this server.')
  return row
}
