import { and, eq, sql } from 'drizzle-orm'
import type { InboxDatabase } from './open-store.ts'
import { secrets } from './schema.ts'

/** A secret as it is kept: sealed by what `sealer` names, under `INBOX/FIELD`. */
export type SecretRow = typeof secrets.$inferSelect

/** The sealed secrets of all inboxes; what opens them is their host's. */
export type SecretRows = {
  all(): readonly SecretRow[]
  put(row: SecretRow): void
  remove(name: string): void
  /** Another seal over the row that was read, unless another process has put another secret there meanwhile. */
  reseal(read: SecretRow, sealed: Buffer): void
}

/** The table of sealed secrets, its statements prepared once. */
export function secretRows({ orm }: InboxDatabase): SecretRows {
  const p = sql.placeholder
  const all = orm.select().from(secrets).prepare()
  const put = orm
    .insert(secrets)
    .values({ name: p('name'), sealer: p('sealer'), sealed: p('sealed') })
    .onConflictDoUpdate({
      target: secrets.name,
      set: { sealer: sql`excluded.sealer`, sealed: sql`excluded.sealed` },
    })
    .prepare()
  const remove = orm
    .delete(secrets)
    .where(eq(secrets.name, p('name')))
    .prepare()

  return {
    all: () => all.all(),
    put: (row) => void put.run(row),
    remove: (name) => void remove.run({ name }),
    reseal(read, sealed) {
      const { name, sealer } = read
      orm
        .update(secrets)
        .set({ sealed })
        .where(and(eq(secrets.name, name), eq(secrets.sealer, sealer), eq(secrets.sealed, read.sealed)))
        .run()
    },
  }
}
