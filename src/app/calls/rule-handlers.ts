import type { RuleView } from '#contract/answers/rule-answers.ts'
import type { CallName, CallOutput, CallRequest } from '#contract/calls.ts'
import { factsOf } from '#core/events/shipped-facts.ts'
import { type RuleEndpoint, ruleMistake } from '#core/rules/decide-rule.ts'
import type { Rule } from '#core/rules/rule.ts'
import { holdAnswers } from '#core/rules/rule-hold.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { heldRules, ruleEndpoints } from '#inboxes/store/rule-facts.ts'
import { actionWords, whenWords } from '../rules/describe-rule.ts'
import { dryRun, ruleNames } from '../rules/rule-dry-run.ts'
import type { Workspace } from '../workspace/workspace.ts'

type RuleCall = Extract<CallName, `rules.${string}`>
type RuleHandlers = {
  readonly [Name in RuleCall]: (input: CallRequest<Name>) => Promise<Result<CallOutput<Name>>>
}

/** What of a rule does not work on this computer, as sentences. */
function warningsOf({ then }: Rule, endpoints: readonly RuleEndpoint[]): readonly string[] {
  const sentences = then.flatMap((action): readonly string[] => {
    if (action.type !== 'webhook') return []
    const endpoint = endpoints.find(({ id }) => id === action.endpoint)
    if (!endpoint) return [`This computer has no webhook endpoint "${action.endpoint}".`]
    return endpoint.off === null ? [] : [endpoint.off]
  })
  return [...new Set(sentences)].map((sentence) => `${sentence} Nothing is sent there.`)
}

/** Every rule of the workspace, by name, in words and with what is wrong with it. */
export function listRules(workspace: Workspace): readonly RuleView[] {
  // An endpoint may be another computer's: that is no problem of the rule.
  const { endpoints: _, ...context } = workspace.commands.ruleContext()
  const endpoints = ruleEndpoints(workspace.folder)
  const held = new Map(heldRules(workspace.folder).map((rule) => [rule.ruleId, rule]))
  const names = ruleNames(workspace)
  return [...context.rules.values()].map(({ id, enabled, rule }) => {
    const said = workspace.log.readStream({ type: 'rule', id })
    const last = said.findLast(({ type }) => factsOf(type).touches !== 'nothing')
    // The worker looks again a moment after an answer.
    const answered = (holdAnswers(said).at(-1)?.upTo ?? 0) >= (held.get(id)?.at ?? 0)
    const waits = enabled && !answered ? held.get(id) : undefined
    return {
      id,
      enabled,
      rule,
      words: { when: whenWords(rule.when), then: rule.then.map((action) => actionWords(action, names)) },
      problem: ruleMistake(rule, context)?.message ?? null,
      warnings: enabled ? warningsOf(rule, endpoints) : [],
      held: waits ? { issues: waits.issues, at: waits.at } : null,
      changedAt: last?.occurredAt ?? 0,
      changedBy: last?.actorId ?? workspace.me.memberId,
    }
  })
}

/** The calls about automation rules; they are changed by commands. */
export function ruleHandlers(workspace: Workspace): RuleHandlers {
  return {
    async 'rules.list'() {
      workspace.log.refreshIfChangedElsewhere()
      return done(listRules(workspace))
    },
    async 'rules.dryRun'(input) {
      workspace.log.refreshIfChangedElsewhere()
      const { rules } = workspace.commands.ruleContext()
      const rule = input.rule ?? rules.get(input.ruleId ?? '')?.rule
      if (!rule) return refuse('unknown_rule', 'There is no such rule in this workspace.')
      return dryRun(workspace, rule, input.since, Date.now())
    },
  }
}
