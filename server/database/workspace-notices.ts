import { sql } from 'drizzle-orm'
import type { Orm } from './server-database.ts'

/** The channel on which every process that shares the database hears that a workspace changed: `WORKSPACE SEQ`, with 0 for anything but events. */
export const nudgeChannel = 'docket'

/** The notice that a workspace grew up to a place of its order, as an expression that sends it when the transaction commits. */
export const noticeOfGrowth = (workspaceId: string, seq: number) =>
  sql`pg_notify(${nudgeChannel}, ${`${workspaceId} ${seq}`})`

/** Membership, keys or payloads changed: open streams check that their token is still good, and copies greet again. */
export async function notifyMembershipChanged(orm: Orm, workspaceId: string): Promise<void> {
  await orm.execute(sql`SELECT pg_notify(${nudgeChannel}, ${`${workspaceId} 0`})`)
}
