import { and, desc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { ofShownType } from '../log/rows/shown-types.ts'
import { correctedTimes as corrected, events } from '../schema.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

const p = sql.placeholder
const keyset = sql`(${events.occurredAt}, ${events.position}) < (${p('occurredAt')}, ${p('position')})`
/** What a feed shows: what has no payload is no act of anybody's. */
const shown = sql`data IS NOT NULL AND ${ofShownType}
  AND NOT EXISTS (SELECT 1 FROM repeated_events WHERE repeated_events.position = events.position)`

/** The statements of a feed's page, newest first, by what the feed is of: `plain`, and `merged` of the events whose time was not corrected and those whose was. */
export function feedPages({ orm }: ReadDatabase) {
  const pageOf = (of: SQL | undefined) =>
    orm
      .select()
      .from(events)
      .where(and(shown, of, keyset))
      .orderBy(desc(events.occurredAt), desc(events.position))
      .limit(p('limit'))
      .prepare()
  const unmovedOf = (of: SQL | undefined) =>
    orm
      .select()
      .from(events)
      .where(
        and(
          shown,
          of,
          keyset,
          sql`NOT EXISTS (SELECT 1 FROM corrected_times WHERE corrected_times.position = events.position)`,
        ),
      )
      .orderBy(desc(events.occurredAt), desc(events.position))
      .limit(p('limit'))
      .prepare()
  const movedOf = (of: SQL | undefined) =>
    orm
      .select(getTableColumns(events))
      .from(corrected)
      .innerJoin(events, eq(events.position, corrected.position))
      .where(
        and(
          shown,
          of,
          sql`(${corrected.at}, ${corrected.position}) < (${p('occurredAt')}, ${p('position')})`,
        ),
      )
      .orderBy(desc(corrected.at), desc(corrected.position))
      .limit(p('limit'))
      .prepare()
  const plain = {
    workspace: pageOf(undefined),
    issue: pageOf(eq(events.streamId, p('of'))),
    actor: pageOf(eq(events.actorId, p('of'))),
  }
  /** Where times were corrected, a page is merged of the events that were not moved and of those that were. */
  const merged = {
    workspace: [unmovedOf(undefined), movedOf(undefined)],
    issue: [unmovedOf(eq(events.streamId, p('of'))), movedOf(eq(corrected.streamId, p('of')))],
    actor: [unmovedOf(eq(events.actorId, p('of'))), movedOf(eq(corrected.actorId, p('of')))],
  } as const
  return { plain, merged }
}
