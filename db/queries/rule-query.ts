import { sql } from 'drizzle-orm'
import type { KnownRule, Rule } from '#core/rules/rule.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { rules } from '../schema.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

/** The workspace's automation rules, by name. */
export function ruleQuery(database: ReadDatabase, streamIds: StreamIds): () => readonly KnownRule[] {
  const all = database.orm
    .select()
    .from(rules)
    .orderBy(sql`lower(json_extract(${rules.definition}, '$.name'))`, rules.id)
    .prepare()
  return () =>
    all.all().map((row) => ({
      id: streamIds.stream(row.id).uuid,
      enabled: row.enabled,
      since: row.since,
      rule: JSON.parse(row.definition) as Rule,
    }))
}
