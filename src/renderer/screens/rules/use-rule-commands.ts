import { useMemo } from 'react'
import type { RuleView } from '#contract/answers/rule-answers.ts'
import { type CommandOutcome, useCommands } from '../../lib/queries/use-commands.ts'
import { draftOf, type RuleDraft } from './rule-draft.ts'

export type RuleCommands = {
  readonly enable: (view: RuleView, on: boolean) => Promise<CommandOutcome>
  /** Says whether a rule that waits may act on what it waits with. There is no way back: what it did can be undone, issue by issue. */
  readonly answer: (view: RuleView, acts: boolean) => Promise<CommandOutcome>
  readonly remove: (view: RuleView) => Promise<CommandOutcome>
  /** A refusal is left to the caller. */
  readonly add: (ruleId: string, rule: RuleDraft) => Promise<CommandOutcome>
  readonly change: (view: RuleView, rule: RuleDraft) => Promise<CommandOutcome>
}

/** What is done with rules, each with its way back. */
export function useRuleCommands(): RuleCommands {
  const run = useCommands()
  return useMemo(
    () => ({
      enable: ({ id: ruleId, rule: { name } }, on) =>
        run(
          { type: on ? 'enable_rule' : 'disable_rule', ruleId },
          {
            done: `${name} is ${on ? 'on' : 'off'}`,
            undo: () => [{ type: on ? 'disable_rule' : 'enable_rule', ruleId }],
          },
        ),
      answer: ({ id: ruleId, rule: { name }, held }, acts) =>
        run(
          { type: 'answer_rule_hold', ruleId, acts, issues: held?.issues ?? 0 },
          { done: acts ? `${name} acts on them` : `${name} leaves them alone` },
        ),
      remove: (view) =>
        run(
          { type: 'remove_rule', ruleId: view.id },
          {
            done: `Removed ${view.rule.name}`,
            // Under its own id, so that its history goes on.
            undo: () => [
              { type: 'add_rule', ruleId: view.id, rule: draftOf(view) },
              ...(view.enabled ? [] : [{ type: 'disable_rule' as const, ruleId: view.id }]),
            ],
          },
        ),
      add: (ruleId, rule) =>
        run(
          { type: 'add_rule', ruleId, rule },
          { done: `Added ${rule.name.trim()}`, undo: () => [{ type: 'remove_rule', ruleId }], quiet: true },
        ),
      change: (view, rule) =>
        run(
          { type: 'change_rule', ruleId: view.id, rule },
          {
            done: `Changed ${rule.name.trim()}`,
            undo: () => [{ type: 'change_rule', ruleId: view.id, rule: draftOf(view) }],
            quiet: true,
          },
        ),
    }),
    [run],
  )
}
