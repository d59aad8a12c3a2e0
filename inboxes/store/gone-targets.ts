import { and, eq, isNotNull } from 'drizzle-orm'
import type { InboxDatabase } from './open-store.ts'
import { inboxes, targets } from './schema.ts'

const areGone = (inbox: string) => and(eq(targets.inbox, inbox), isNotNull(targets.goneAt))

/** Targets that their receivers said are gone, and that nobody has switched on again. */
export const goneTargets = ({ orm }: InboxDatabase, inbox: string): readonly string[] =>
  orm
    .select({ target: targets.target })
    .from(targets)
    .where(areGone(inbox))
    .all()
    .map(({ target }) => target)

/**
 * A receiver's word that a target is gone, forgotten for every target that a person has on again; with the last of them the inbox's note goes.
 * @param off the targets that are switched off.
 */
export function forgetGoneTargets(database: InboxDatabase, inbox: string, off: ReadonlySet<string>): void {
  const gone = goneTargets(database, inbox)
  const forgotten = gone.filter((target) => !off.has(target))
  for (const target of forgotten)
    database.orm
      .update(targets)
      .set({ goneAt: null })
      .where(and(eq(targets.inbox, inbox), eq(targets.target, target)))
      .run()
  if (forgotten.length > 0 && forgotten.length === gone.length)
    database.orm.update(inboxes).set({ note: null, noteAt: null }).where(eq(inboxes.name, inbox)).run()
}
