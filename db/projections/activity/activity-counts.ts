import { sql } from 'drizzle-orm'
import { activity } from '../../schema.ts'
import type { WriteDatabase } from '../../sqlite/open-database.ts'

const p = sql.placeholder

/** The statement that adds `count` (negative takes away) to what an actor did in an hour, by kind. */
export const addToActivity = ({ orm }: Pick<WriteDatabase, 'orm'>) =>
  orm
    .insert(activity)
    .values({ actorId: p('actor'), hour: p('hour'), kind: p('kind'), count: p('count') })
    .onConflictDoUpdate({
      target: [activity.actorId, activity.hour, activity.kind],
      set: { count: sql`${activity.count} + excluded.count` },
    })
    .prepare()
