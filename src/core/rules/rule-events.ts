import { z } from 'zod'
import { type EventType, event } from '../events/event-type.ts'
import { rule } from './rule.ts'

/** What is said of a rule carries its name as it was, so that a history reads well after it is gone. */
const named = z.object({ name: z.string() })

export const ruleAdded = event('rule_added', 1, z.object({ rule }))
export const ruleChanged = event('rule_changed', 1, z.object({ from: rule, to: rule }))
export const ruleEnabled = event('rule_enabled', 1, named)
export const ruleDisabled = event('rule_disabled', 1, named)
/** `was` is how whoever removed it knew it, for somebody else may change it meanwhile. Nobody asked before. */
export const ruleRemoved = event(
  'rule_removed',
  2,
  named.extend({ was: z.object({ rule, enabled: z.boolean() }).optional() }),
  [({ was: _, ...rest }) => rest],
)

/**
 * What a person says of a rule that would have acted on many issues at once: `acts` on those, or leaves them alone. It counts for what had come up to
 * `upTo` (milliseconds) on any replica, and for nothing later. `issues` is how many there were where it was asked.
 */
export const ruleHoldAnswered = event(
  'rule_hold_answered',
  1,
  named.extend({ acts: z.boolean(), upTo: z.int(), issues: z.int().min(0) }),
)

export const ruleEventTypes = [
  ruleAdded,
  ruleChanged,
  ruleEnabled,
  ruleDisabled,
  ruleRemoved,
  ruleHoldAnswered,
] as const

type Of<T> =
  T extends EventType<infer Name, infer Data> ? { readonly type: Name; readonly data: Data } : never
/** What can happen to an automation rule. */
export type RuleChange = Of<(typeof ruleEventTypes)[number]>
