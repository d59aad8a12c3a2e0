import { sql } from 'drizzle-orm'
import { workspaces } from './schema.ts'
import type { Orm, ServerDatabase } from './server-database.ts'

/** How many rows a sweep took away. */
export type Swept = { readonly invites: number; readonly devices: number; readonly evidence: number }

const dayMillis = 86_400_000
/** For how long it can be looked up who was let in and what was laid open, in days, where nobody says otherwise. */
export const usualKeepDays = 90

const countOf = (result: unknown): number => (result as { rows: unknown[] }).rows.length

/**
 * Takes away what nobody can use any more, so long after its end: invites that were taken or are out of date, revoked devices with the keys that were
 * sealed for them, and evidence of disagreements. Events, members (also those who left) and the names that they went by are the workspace's history
 * and stay.
 * @param before milliseconds since 1970.
 */
async function sweep(orm: Orm, before: number): Promise<Swept> {
  const invites = await orm.execute(sql`DELETE FROM invites WHERE expires_at < ${before} RETURNING id`)
  const devices = await orm.execute(sql`
    WITH gone AS (DELETE FROM devices WHERE revoked_at < ${before} RETURNING id),
      boxes AS (DELETE FROM key_boxes USING gone WHERE key_boxes.device_id = gone.id),
      words AS (DELETE FROM digests USING gone WHERE digests.device_id = gone.id)
    SELECT id FROM gone`)
  const evidence = await orm.execute(
    sql`UPDATE digests SET evidence = NULL WHERE evidence IS NOT NULL AND at < ${before} RETURNING device_id`,
  )
  return { invites: countOf(invites), devices: countOf(devices), evidence: countOf(evidence) }
}

export type RetentionOptions = {
  readonly database: ServerDatabase
  readonly keepDays: number
  readonly now: () => number
  readonly onSwept: (swept: Swept) => void
  readonly onTrouble: (error: unknown) => void
}

/** Sweeps one workspace after the other: each sees its own rows alone. */
async function sweepAll(database: ServerDatabase, before: number): Promise<Swept> {
  const list = await database.across({ admin: 'on' }, (orm) =>
    orm.select({ id: workspaces.id }).from(workspaces),
  )
  const all = { invites: 0, devices: 0, evidence: 0 }
  for (const { id } of list) {
    const swept = await database.inWorkspace(id, 'write', (orm) => sweep(orm, before))
    all.invites += swept.invites
    all.devices += swept.devices
    all.evidence += swept.evidence
  }
  return all
}

/** Sweeps now and once a day. @returns a function that ends it, once the sweep under way is done. */
export function keepSwept(options: RetentionOptions): () => Promise<void> {
  const { database, keepDays, now, onSwept, onTrouble } = options
  const once = (): Promise<void> => sweepAll(database, now() - keepDays * dayMillis).then(onSwept, onTrouble)
  let under = once()
  const timer = setInterval(() => {
    under = once()
  }, dayMillis)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await under
  }
}
