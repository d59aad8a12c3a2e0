import { z } from 'zod'
import { ruleId } from '../values/ids.ts'
import { rule } from './rule.ts'

/** What somebody wants of the automation rules. */
export const ruleCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('add_rule'), ruleId, rule }),
  z.strictObject({ type: z.literal('change_rule'), ruleId, rule }),
  z.strictObject({ type: z.literal('enable_rule'), ruleId }),
  z.strictObject({ type: z.literal('disable_rule'), ruleId }),
  z.strictObject({ type: z.literal('remove_rule'), ruleId }),
  /** Has a rule that was held act on the issues that it waits with, or leave them alone; `issues` is how many they are. */
  z.strictObject({
    type: z.literal('answer_rule_hold'),
    ruleId,
    acts: z.boolean(),
    issues: z.int().min(0).max(1_000_000),
  }),
])
export type RuleCommand = z.infer<typeof ruleCommand>
