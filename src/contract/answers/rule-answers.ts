import type { Rule } from '#core/rules/rule.ts'

/** An automation rule as it is listed. */
export type RuleView = {
  readonly id: string
  readonly enabled: boolean
  readonly rule: Rule
  /** The rule in words: "commented", "due in 3 days"; "add the label bug". */
  readonly words: { readonly when: string; readonly then: readonly string[] }
  /** What does not fit the workspace any more, as a sentence: a label of its query that is gone. `null` where all does. */
  readonly problem: string | null
  /** What does not work on this computer just now though the rule is sound, as sentences: an endpoint that is switched off. */
  readonly warnings: readonly string[]
  /** How many issues it waits with, to be told whether it may act on them, and since when; `null` where it does not wait. */
  readonly held: { readonly issues: number; readonly at: number } | null
  readonly changedAt: number
  readonly changedBy: string
}

/** One time that a rule would have acted. */
export type DryRunLine = {
  readonly issue: { readonly id: string; readonly key: string; readonly title: string }
  readonly at: number
  /** The event that it would have acted on; `null` where it was the clock, or another change of the rule. */
  readonly eventId: string | null
  /** "Ada: commented", "it is due on 2026-11-30". */
  readonly because: string
  /** What it would have done; empty where it would have been stopped. */
  readonly does: readonly string[]
  /** Why it would have been stopped, as a sentence. */
  readonly stopped: string | null
}

/** What a rule would have done, had it been there. Times are milliseconds since 1970. */
export type DryRunView = {
  readonly name: string
  readonly since: number | null
  /** Issues that it would have acted on, and how often in all. */
  readonly issues: number
  readonly runs: number
  /** How often it would have been stopped. */
  readonly stopped: number
  /** Occasions in imported history, on which no rule acts. */
  readonly imported: number
  /** Issues looked through. */
  readonly looked: number
  /** The first 500, by issue. */
  readonly lines: readonly DryRunLine[]
}
