import { type SQL, sql } from 'drizzle-orm'

/** `IN` over a list of integers that is one parameter, so that a statement is prepared once whatever the list's length. */
export const inList = (column: SQL | { getSQL(): SQL }, name: string): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${sql.placeholder(name)}))`

/** The parameter for `inList`. */
export const listParameter = (values: Iterable<number>): string => JSON.stringify([...values])
