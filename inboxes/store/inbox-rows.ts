import { eq, sql } from 'drizzle-orm'
import type { InboxDatabase } from './open-store.ts'
import { inboxes } from './schema.ts'

/** An inbox's whole row, its settings still as JSON. */
export type InboxRecord = typeof inboxes.$inferSelect

/** What a person changes of an inbox. */
export type InboxChange = {
  readonly settings: unknown
  /** As it was where absent. */
  readonly enabled?: boolean | undefined
  /** Where it goes on reading; where it stood if absent. */
  readonly position?: number | undefined
}

/** Every inbox's row, settings and health. */
export const inboxRecords = ({ orm }: InboxDatabase): readonly InboxRecord[] =>
  orm.select().from(inboxes).all()

/** Settings, switch and place of an inbox, written as a person set them. */
export function configureInbox({ orm }: InboxDatabase, name: string, change: InboxChange): void {
  const { settings, enabled, position } = change
  orm
    .update(inboxes)
    .set({
      settings: JSON.stringify(settings),
      ...(enabled === undefined ? {} : { enabled }),
      ...(position === undefined ? {} : { position, eventHash: null }),
    })
    .where(eq(inboxes.name, name))
    .run()
}

/** The pause of an inbox: while it is set, events wait. */
export function setPaused({ orm }: InboxDatabase, name: string, paused: boolean): void {
  orm.update(inboxes).set({ paused }).where(eq(inboxes.name, name)).run()
}

/** The place of an inbox, set back to an earlier one so that it reads on from there; one that is earlier already stays. */
export function rewindInbox({ orm }: InboxDatabase, name: string, position: number): void {
  orm
    .update(inboxes)
    .set({ position: sql`min(position, ${position})`, eventHash: null })
    .where(eq(inboxes.name, name))
    .run()
}

/** The worker's last word on why an inbox can not work, taken back until it checks again. */
export function clearTrouble({ orm }: InboxDatabase, name: string): void {
  orm.update(inboxes).set({ trouble: null }).where(eq(inboxes.name, name)).run()
}

/** Work on the store as one transaction that takes the write lock at once. */
export const inStoreTransaction = <T>({ client }: InboxDatabase, work: () => T): T =>
  client.transaction(work).immediate()
