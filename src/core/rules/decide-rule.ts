import type { ListedType } from '../entities/kinds/entities.ts'
import { shippedTypesWith } from '../events/shipped-facts.ts'
import type { Filter } from '../filter/filter.ts'
import { invalidQuery, parseFilter } from '../filter/parse-filter.ts'
import { type FilterContext, resolveFilter } from '../filter/resolve-filter.ts'
import { foldedName } from '../text/folded-name.ts'
import { done, type Refusal, type Result, refuse } from '../values/refusal.ts'
import { unreachable } from '../values/unreachable.ts'
import type { Workflow } from '../workflow/workflow.ts'
import { type KnownRule, type Rule, type RuleAction, rule as ruleSchema } from './rule.ts'
import type { RuleCommand } from './rule-commands.ts'
import type { RuleChange } from './rule-events.ts'

/** What a decision about rules may ask. Reads only. */
export type RuleContext = {
  readonly rules: ReadonlyMap<string, KnownRule>
  readonly entityExists: (type: ListedType, id: string) => boolean
  readonly workflow: Workflow
  readonly filter: FilterContext
  /** Types of events of the workspace's own that may still be recorded, by name. */
  readonly ownTypes?: () => readonly string[]
  /** Where webhooks of this replica go; absent where that is not asked. */
  readonly endpoints?: () => readonly RuleEndpoint[]
}

/** An endpoint of the webhooks inbox, as a rule names it. */
export type RuleEndpoint = {
  readonly id: string
  readonly name: string
  /** Why nothing is sent there now, as a sentence; `null` where it is. */
  readonly off: string | null
}

/** The types of event that a rule can wait for: what changes an issue, and not that somebody looked at it. */
export const occasionTypes: readonly string[] = shippedTypesWith(({ ruleTrigger }) => ruleTrigger !== null)

/** Rules that a workspace may have. */
export const mostRules = 200

function meansMe(filter: Filter): Filter['terms'][number] | undefined {
  return filter.terms.find(
    ({ condition }) =>
      (condition.kind === 'assignee' || condition.kind === 'author') &&
      condition.values.some((value) => /^@?me$/i.test(value)),
  )
}

/** What is wrong with a rule's query, pointing at the place; `undefined` where nothing is. */
export function queryMistake(query: string, context: FilterContext): Refusal | undefined {
  const parsed = parseFilter(query)
  if (!parsed.ok) return parsed.error
  const me = meansMe(parsed.value)
  if (me)
    return invalidQuery('A rule runs for everybody, so it can not ask for @me; name the person.', me.at).error
  const resolved = resolveFilter(parsed.value, context)
  return resolved.ok ? undefined : resolved.error
}

function actionMistake(action: RuleAction, context: RuleContext): Refusal | undefined {
  const members =
    action.type === 'assign' || action.type === 'unassign'
      ? [action.memberId]
      : action.type === 'notify' && typeof action.to !== 'string'
        ? action.to
        : []
  const stranger = members.find((id) => !context.entityExists('member', id))
  if (stranger)
    return refuse('unknown_member', 'That person is not a member of this workspace.', { memberId: stranger })
      .error
  if (
    (action.type === 'label' || action.type === 'unlabel') &&
    !context.entityExists('label', action.labelId)
  )
    return refuse('unknown_label', 'That label does not exist in this workspace.', {
      labelId: action.labelId,
    }).error
  if (action.type === 'webhook') {
    const endpoints = context.endpoints?.()
    if (endpoints && !endpoints.some(({ id }) => id === action.endpoint)) {
      const there = endpoints.map(({ id }) => id).join(', ')
      return refuse(
        'unknown_endpoint',
        `There is no webhook endpoint "${action.endpoint}" on this computer. ${there ? `There are ${there}.` : 'There are none yet; they are set up with the inbox "webhooks".'}`,
        { endpoint: action.endpoint },
      ).error
    }
  }
  if (action.type === 'transition') {
    const names = [...new Set(context.workflow.transitions.map((transition) => transition.name))]
    if (!names.includes(action.transition))
      return refuse(
        'transition_not_allowed',
        `The workflow has no transition "${action.transition}". It has ${names.join(', ')}.`,
        { allowed: names },
      ).error
  }
  return undefined
}

/** What is wrong with a rule as this workspace is now; `undefined` where nothing is. */
export function ruleMistake(rule: Rule, context: RuleContext): Refusal | undefined {
  if (rule.when.kind === 'event') {
    const occasions = [...occasionTypes, ...(context.ownTypes?.() ?? [])]
    const unknown = rule.when.types.find((type) => !occasions.includes(type))
    if (unknown)
      return refuse(
        'invalid_input',
        `No rule can wait for "${unknown}". It can wait for ${occasions.join(', ')}.`,
        { path: 'when.types' },
      ).error
  }
  const query = queryMistake(rule.query, context.filter)
  if (query) return query
  for (const action of rule.then) {
    const mistake = actionMistake(action, context)
    if (mistake) return mistake
  }
  return undefined
}

// Parsed again, for the log keeps fields in another order.
const same = (a: Rule, b: Rule): boolean =>
  JSON.stringify(ruleSchema.parse(a)) === JSON.stringify(ruleSchema.parse(b))
const nothing = done<readonly RuleChange[]>([])
const one = (change: RuleChange): Result<readonly RuleChange[]> => done([change])

/** What a command about rules leads to. Pure. */
export function decideRule(context: RuleContext, command: RuleCommand): Result<readonly RuleChange[]> {
  const known = context.rules.get(command.ruleId)
  const taken = (rule: Rule): boolean =>
    [...context.rules.values()].some(
      (other) => other.id !== command.ruleId && foldedName(other.rule.name) === foldedName(rule.name),
    )
  if (command.type === 'add_rule') {
    if (known && same(known.rule, command.rule)) return nothing
    if (known || taken(command.rule))
      return refuse('name_taken', `There is a rule "${command.rule.name}" already.`)
    if (context.rules.size >= mostRules)
      return refuse(
        'invalid_input',
        `There are ${mostRules} rules already, which is the most. Remove one first.`,
      )
    const mistake = ruleMistake(command.rule, context)
    return mistake ? { ok: false, error: mistake } : one({ type: 'rule_added', data: { rule: command.rule } })
  }
  if (!known) return refuse('unknown_rule', 'There is no such rule in this workspace.')
  const { name } = known.rule
  switch (command.type) {
    case 'change_rule': {
      if (same(known.rule, command.rule)) return nothing
      if (taken(command.rule)) return refuse('name_taken', `There is a rule "${command.rule.name}" already.`)
      // An endpoint that it names already may be another computer's.
      const named = new Set(
        known.rule.then.flatMap((action) => (action.type === 'webhook' ? action.endpoint : [])),
      )
      const endpoints = (): readonly RuleEndpoint[] => [
        ...(context.endpoints?.() ?? []),
        ...[...named].map((id) => ({ id, name: id, off: null })),
      ]
      const mistake = ruleMistake(command.rule, context.endpoints ? { ...context, endpoints } : context)
      return mistake
        ? { ok: false, error: mistake }
        : one({ type: 'rule_changed', data: { from: known.rule, to: command.rule } })
    }
    case 'enable_rule':
      return known.enabled ? nothing : one({ type: 'rule_enabled', data: { name } })
    case 'disable_rule':
      return known.enabled ? one({ type: 'rule_disabled', data: { name } }) : nothing
    case 'answer_rule_hold': {
      if (known.rule.when.kind === 'event')
        return refuse('invalid_input', 'A rule that waits for events is never held.')
      const { acts, issues } = command
      return one({ type: 'rule_hold_answered', data: { name, acts, issues, upTo: context.filter.now } })
    }
    case 'remove_rule':
      return one({
        type: 'rule_removed',
        data: { name, was: { rule: known.rule, enabled: known.enabled } },
      })
    default:
      return unreachable(command)
  }
}
