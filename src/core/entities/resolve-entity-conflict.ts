import type { Conflict } from '../conflicts/conflict.ts'
import { decideSettling, notFlippable, type Settling } from '../conflicts/resolve-conflict.ts'
import type { RecordedEvent, StreamType } from '../events/event.ts'
import { decideRule, type RuleContext } from '../rules/decide-rule.ts'
import type { Rule } from '../rules/rule.ts'
import type { RuleCommand } from '../rules/rule-commands.ts'
import type { LabelId, MemberId, ProjectId } from '../values/ids.ts'
import { done, type Result } from '../values/refusal.ts'
import { unreachable } from '../values/unreachable.ts'
import { decideEntity, type Entities } from './decide-entity.ts'
import type { EntityState, EntryChange } from './entity-state.ts'

/** What a conflict is of, where that is no issue. */
export type EntryRef = { readonly type: Exclude<StreamType, 'issue' | 'view'>; readonly id: string }

/** What a decision about such a conflict may ask. Reads only. */
export type EntryContext = {
  readonly directory: () => Entities
  readonly rules: () => RuleContext
  /** An event of the log, by id. */
  readonly eventOf: (id: string) => Pick<RecordedEvent, 'type' | 'data' | 'waiting'> | undefined
}

type Again = Result<readonly EntryChange[]>

/** The rule as the lost change would have it; one that was removed is added anew, off where it was off. */
function ruleAgain(
  ruleId: RuleCommand['ruleId'],
  state: EntityState,
  wants: Partial<EntityState['values']>,
  context: EntryContext,
): Again {
  const rules = context.rules()
  if (!state.exists) {
    const { rule, enabled } = { ...state.values, ...wants } as { rule: Rule; enabled: boolean }
    const added = decideRule(rules, { type: 'add_rule', ruleId, rule })
    if (!added.ok || enabled) return added
    return done([...added.value, { type: 'rule_disabled', data: { name: rule.name } }])
  }
  if (wants.rule) return decideRule(rules, { type: 'change_rule', ruleId, rule: wants.rule })
  return decideRule(rules, { type: wants.enabled ? 'enable_rule' : 'disable_rule', ruleId })
}

function nameAgain({ type, id }: EntryRef, name: string, { directory }: EntryContext): Again {
  switch (type) {
    case 'label':
      return decideEntity(directory(), { type: 'rename_label', labelId: id as LabelId, name })
    case 'project':
      return decideEntity(directory(), { type: 'rename_project', projectId: id as ProjectId, name })
    case 'member':
      return decideEntity(directory(), { type: 'rename_member', memberId: id as MemberId, name })
    case 'workspace':
      return decideEntity(directory(), { type: 'rename_workspace', name })
    case 'rule':
      return notFlippable('a rule is named by what it says')
    case 'event_type':
      return notFlippable('the name of a type of event never changes')
    default:
      return unreachable(type)
  }
}

/** The change that lost, made again on what it is of as that is now. */
function entryAgain(ref: EntryRef, state: EntityState, found: Conflict, context: EntryContext): Again {
  const lost = context.eventOf(found.lost)
  if (!lost || lost.waiting) return notFlippable('what it said can’t be read')
  const data = lost.data as { to?: unknown; colour?: string; rule?: Rule }
  switch (found.field) {
    case 'name':
      return nameAgain(ref, String(data.to), context)
    case 'colour': {
      const colour = String(data.to ?? data.colour)
      return decideEntity(context.directory(), {
        type: 'recolour_label',
        labelId: ref.id as LabelId,
        colour,
      })
    }
    case 'email':
      return decideEntity(context.directory(), {
        type: 'change_member_email',
        memberId: ref.id as MemberId,
        email: (data.to as string | null | undefined) ?? null,
      })
    case 'rule':
      return ruleAgain(
        ref.id as RuleCommand['ruleId'],
        state,
        { rule: (data.to ?? data.rule) as Rule },
        context,
      )
    case 'enabled':
      return ruleAgain(
        ref.id as RuleCommand['ruleId'],
        state,
        { enabled: lost.type === 'rule_enabled' },
        context,
      )
    case 'event_type':
      return notFlippable(
        'events were recorded by the registration that stands; register it under another name',
      )
    default:
      return notFlippable('it is a change of an issue')
  }
}

/** What settling a conflict of a label, a project, a member, a rule or the workspace leads to. Pure. @param state folded from its events. */
export const decideOnEntry = (
  ref: EntryRef,
  state: EntityState,
  settling: Settling,
  context: EntryContext,
): Again => decideSettling<EntryChange>(state, settling, (found) => entryAgain(ref, state, found, context))
