import type { KnownRule } from '#core/rules/rule.ts'
import type { InboxDatabase } from './open-store.ts'

/** A rule that waits for somebody to say whether it may act on that many issues. */
export type HeldRule = { readonly ruleId: string; readonly issues: number; readonly at: number }

/** What this replica remembers of evaluating time-based rules. */
export type RuleEvaluations = {
  /** Whether the rule as it is now was never evaluated without being held. */
  isFirst(rule: Pick<KnownRule, 'id' | 'since'>): boolean
  /** The evaluation was not held. */
  passed(rule: Pick<KnownRule, 'id' | 'since'>): void
  /** The evaluation is held, with so many issues. @param answeredAt when somebody answered last. @returns whether it was not held since. */
  held(rule: Pick<KnownRule, 'id'>, issues: number, answeredAt: number | undefined): boolean
  /** Those that wait for an answer. */
  waiting(): readonly HeldRule[]
  /** Forgets rules that are gone or off. */
  keep(ruleIds: ReadonlySet<string>): void
  /** Notes how far the log had arrived by now. */
  arrived(position: number): void
  /** When an event that was synced had arrived at the latest, in milliseconds; `undefined` where that was not noted. */
  arrivedAt(position: number): number | undefined
}

/** How far apart notes of arrivals are at least, in milliseconds: rules count days. */
const apartMillis = 3_600_000
/** No rule waits longer than a year. */
const keptMillis = 400 * 86_400_000

/** The evaluations of time-based rules in `inboxes.db`. */
export function ruleEvaluations({ client }: InboxDatabase, now: () => number): RuleEvaluations {
  const passedAt = client.prepare('SELECT passed FROM rule_looks WHERE rule = ?').pluck()
  const heldSince = client.prepare('SELECT held_at FROM rule_looks WHERE rule = ? AND held > 0').pluck()
  const pass = client.prepare(
    `INSERT INTO rule_looks (rule, passed) VALUES (@rule, @passed)
     ON CONFLICT (rule) DO UPDATE SET passed = @passed, held = 0, held_at = NULL WHERE passed IS NOT @passed OR held <> 0`,
  )
  const hold = client.prepare(
    `INSERT INTO rule_looks (rule, held, held_at) VALUES (@rule, @held, @at)
     ON CONFLICT (rule) DO UPDATE SET held = @held, held_at = @at WHERE held <> @held OR held_at IS NOT @at`,
  )
  const all = client.prepare('SELECT rule, held, held_at FROM rule_looks WHERE held > 0')
  const every = client.prepare('SELECT rule FROM rule_looks').pluck()
  const forget = client.prepare('DELETE FROM rule_looks WHERE rule = ?')
  const lastNote = client.prepare('SELECT position, at FROM arrivals ORDER BY position DESC LIMIT 1')
  const note = client.prepare('INSERT INTO arrivals (position, at) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const forgetNotes = client.prepare('DELETE FROM arrivals WHERE at < ?')
  const firstNote = client
    .prepare('SELECT at FROM arrivals WHERE position >= ? ORDER BY position LIMIT 1')
    .pluck()
  const oldest = client.prepare('SELECT min(position) FROM arrivals').pluck()

  return {
    isFirst: ({ id, since }) => passedAt.get(id) !== since,
    passed: ({ id, since }) => void pass.run({ rule: id, passed: since }),
    held({ id }, issues, answeredAt = 0) {
      const since = heldSince.get(id) as number | undefined
      const isNew = since === undefined || since <= answeredAt
      hold.run({ rule: id, held: issues, at: isNew ? now() : since })
      return isNew
    },
    waiting: () =>
      (all.all() as { rule: string; held: number; held_at: number }[]).map((row) => ({
        ruleId: row.rule,
        issues: row.held,
        at: row.held_at,
      })),
    keep(ruleIds) {
      for (const rule of every.all() as string[]) if (!ruleIds.has(rule)) forget.run(rule)
    },
    arrived(position) {
      const last = lastNote.get() as { position: number; at: number } | undefined
      const at = now()
      if (last && (position <= last.position || Math.abs(at - last.at) < apartMillis)) return
      note.run(position, at)
      forgetNotes.run(at - keptMillis)
    },
    arrivedAt(position) {
      // What was here before anything was noted came at a time that nobody knows.
      const first = oldest.get() as number | null
      if (first === null || position <= first) return undefined
      return (firstNote.get(position) as number | undefined) ?? now()
    },
  }
}
