import type { Conflict } from '../conflicts/conflict.ts'
import { decideSettling, notFlippable, type Settling } from '../conflicts/resolve-conflict.ts'
import type { RecordedEvent, StreamType } from '../events/event.ts'
import { decideRule, type RuleContext } from '../rules/decide-rule.ts'
import type { Rule } from '../rules/rule.ts'
import type { RuleCommand } from '../rules/rule-commands.ts'
import { done, type Result } from '../values/refusal.ts'
import { decideEntity, type Entities } from './decide-entity.ts'
import type { EntityCommand } from './entity-commands.ts'
import type { EntityState, EntryChange } from './entity-state.ts'
import { entityOfType, type PropertyValue, propertyOf } from './kinds/entities.ts'

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

/** The property of an entity as the lost change would have it. */
function propertyAgain(
  { type, id }: EntryRef,
  key: string,
  to: PropertyValue,
  { directory }: EntryContext,
): Again {
  const entity = entityOfType(type)
  const change = entity && propertyOf(entity, key)?.change
  if (!change) return notFlippable(`a ${type} has no ${key}`)
  const of = entity.idProperty === null ? {} : { [entity.idProperty]: id }
  return decideEntity(directory(), { type: change.command, ...of, [key]: to } as unknown as EntityCommand)
}

/** The change that lost, made again on what it is of as that is now. */
function entryAgain(ref: EntryRef, state: EntityState, found: Conflict, context: EntryContext): Again {
  const lost = context.eventOf(found.lost)
  if (!lost || lost.waiting) return notFlippable('what it said can’t be read')
  const data = lost.data as { to?: unknown; rule?: Rule }
  switch (found.field) {
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
    default: {
      const made = lost.data as Readonly<Record<string, PropertyValue | undefined>>
      return propertyAgain(ref, found.field, made.to ?? made[found.field] ?? null, context)
    }
  }
}

/** What settling a conflict of a label, a project, a member, a rule or the workspace leads to. Pure. @param state folded from its events. */
export const decideOnEntry = (
  ref: EntryRef,
  state: EntityState,
  settling: Settling,
  context: EntryContext,
): Again => decideSettling<EntryChange>(state, settling, (found) => entryAgain(ref, state, found, context))
