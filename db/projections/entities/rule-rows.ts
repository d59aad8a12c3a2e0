import canonicalize from 'canonicalize'
import { eq, sql } from 'drizzle-orm'
import type { RuleChange } from '#core/rules/rule-events.ts'
import { rules } from '../../schema.ts'
import type { WriteDatabase } from '../../sqlite/open-database.ts'

const p = sql.placeholder
/** The same text whether the payload was just made or read back. */
const canonical = (value: unknown): string => canonicalize(value) as string

/** Keeps a row of each rule. @param since when it was added, changed or enabled: a rule keeps the time that it was recorded with, so that correcting one sets none off. */
export function ruleRows({
  orm,
}: WriteDatabase): (change: RuleChange, id: number, since: number) => undefined {
  const put = orm
    .insert(rules)
    .values({ id: p('id'), enabled: true, since: p('since'), definition: p('definition') })
    .onConflictDoNothing()
    .prepare()
  const change = orm
    .update(rules)
    .set({ definition: sql`${p('definition')}`, since: sql`${p('since')}` })
    .where(eq(rules.id, p('id')))
    .prepare()
  const enable = orm
    .update(rules)
    .set({ enabled: true, since: sql`${p('since')}` })
    .where(eq(rules.id, p('id')))
    .prepare()
  const disable = orm
    .update(rules)
    .set({ enabled: false })
    .where(eq(rules.id, p('id')))
    .prepare()
  const remove = orm
    .delete(rules)
    .where(eq(rules.id, p('id')))
    .prepare()
  return ({ type, data }, id, since) => {
    switch (type) {
      case 'rule_added':
        put.run({ id, since, definition: canonical(data.rule) })
        break
      case 'rule_changed':
        change.run({ id, since, definition: canonical(data.to) })
        break
      case 'rule_enabled':
        enable.run({ id, since })
        break
      case 'rule_disabled':
        disable.run({ id })
        break
      case 'rule_removed':
        remove.run({ id })
        break
      // An answer to what a rule was held with is read from its event.
      default:
        break
    }
  }
}
