import { sql } from 'drizzle-orm'
import { shippedTypesWith } from '#core/events/shipped-facts.ts'

const hidden = shippedTypesWith(({ feed }) => feed === 'hidden')
  .map((name) => `'${name}'`)
  .join(', ')

const uncounted = shippedTypesWith(({ feed, activity }) => feed === 'hidden' || activity === null)
  .map((name) => `'${name}'`)
  .join(', ')

/** True of an event, in a query of drizzle's, that the history strip counts. */
export const ofCountedType = sql.raw(
  `type_id NOT IN (SELECT id FROM event_types WHERE name IN (${uncounted}))`,
)
/** True of an event, in SQL, whose type feeds show. Asked whenever a feed is read, never stored. */
export const isOfShownType = `type_id NOT IN (SELECT id FROM event_types WHERE name IN (${hidden}))`
/** The same for a query of drizzle's. */
export const ofShownType = sql.raw(isOfShownType)
