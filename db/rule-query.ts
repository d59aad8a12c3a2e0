import { sql } from 'drizzle-orm'
import type { KnownRule, Rule } from '#core/rules/rule.ts'
import type { ReadDatabase } from './open-database.ts'
import { rules } from './schema.ts'
import type { Surrogates } from './surrogates.ts'

/** The workspace's automation rules, by name. */
export function ruleQuery(database: ReadDatabase, names: Surrogates): () => readonly KnownRule[] {
  const all = database.orm
    .select()
    .from(rules)
    .orderBy(sql`lower(json_extract(${rules.definition}, '$.name'))`, rules.id)
    .prepare()
  return () =>
    all.all().map((row) => ({
      id: names.stream(row.id).uuid,
      enabled: row.enabled,
      since: row.since,
      rule: JSON.parse(row.definition) as Rule,
    }))
}
