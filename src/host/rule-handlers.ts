import type { CallName, CallOutput, CallRequest } from '#contract/calls.ts'
import type { RuleView } from '#contract/rule-views.ts'
import { done, type Result, refuse } from '#core/refusal.ts'
import { ruleMistake } from '#core/rules/decide-rule.ts'
import { dryRun, ruleNames } from './rule-dry-run.ts'
import { actionWords, whenWords } from './rule-words.ts'
import type { Workspace } from './workspace.ts'

type RuleCall = Extract<CallName, `rules.${string}`>
type RuleHandlers = {
  readonly [Name in RuleCall]: (input: CallRequest<Name>) => Promise<Result<CallOutput<Name>>>
}

/** Every rule of the workspace, by name, in words and with what is wrong with it. */
export function listRules(workspace: Workspace): readonly RuleView[] {
  const context = workspace.commands.ruleContext()
  const names = ruleNames(workspace)
  return [...context.rules.values()].map(({ id, enabled, rule }) => {
    const last = workspace.log
      .readStream({ type: 'rule', id })
      .findLast(({ type }) => type !== 'conflict_settled')
    return {
      id,
      enabled,
      rule,
      words: { when: whenWords(rule.when), then: rule.then.map((action) => actionWords(action, names)) },
      problem: ruleMistake(rule, context)?.message ?? null,
      changedAt: last?.occurredAt ?? 0,
      changedBy: last?.actorId ?? workspace.me.memberId,
    }
  })
}

/** The calls about automation rules; they are changed by commands. */
export function ruleHandlers(workspace: Workspace): RuleHandlers {
  return {
    async 'rules.list'() {
      workspace.log.noticeOthers()
      return done(listRules(workspace))
    },
    async 'rules.dryRun'(input) {
      workspace.log.noticeOthers()
      const { rules } = workspace.commands.ruleContext()
      const rule = input.rule ?? rules.get(input.ruleId ?? '')?.rule
      if (!rule) return refuse('unknown_rule', 'There is no such rule in this workspace.')
      return dryRun(workspace, rule, input.since, Date.now())
    },
  }
}
