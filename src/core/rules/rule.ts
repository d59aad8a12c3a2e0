import { z } from 'zod'
import { isPastTense } from '../events/past-tense.ts'
import { prioritySchema } from '../issue/priority-schema.ts'
import { body, line } from '../text/text.ts'
import { labelId, memberId } from '../values/ids.ts'
import { transitionName } from '../workflow/workflow.ts'
import { templateMistake } from './template.ts'

/** A text that may name what the rule acts on; see `placeholders`. */
const filledIn = (text: z.ZodType<string>) =>
  text.superRefine((value, context) => {
    const mistake = templateMistake(value)
    if (mistake) context.addIssue({ code: 'custom', message: mistake })
  })

const eventTypeName = z.string().refine(isPastTense, 'is not the type of an event, like "status_changed"')

/** When a rule is looked at. */
export const ruleWhen = z.discriminatedUnion('kind', [
  /** Something of these types happened to an issue. */
  z.strictObject({ kind: z.literal('event'), types: z.array(eventTypeName).min(1).max(30) }),
  /** An issue's due date is that many days ahead, or nearer; once for each due date. */
  z.strictObject({ kind: z.literal('due_in'), days: z.int().min(0).max(365) }),
  /** Nothing happened to an issue for that many days; once until something does. */
  z.strictObject({ kind: z.literal('idle'), days: z.int().min(1).max(365) }),
])
export type RuleWhen = z.infer<typeof ruleWhen>

/** What a rule does. */
export const ruleAction = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('transition'),
    transition: transitionName,
    reason: filledIn(line).optional(),
  }),
  z.strictObject({ type: z.literal('assign'), memberId }),
  z.strictObject({ type: z.literal('unassign'), memberId }),
  z.strictObject({ type: z.literal('label'), labelId }),
  z.strictObject({ type: z.literal('unlabel'), labelId }),
  z.strictObject({
    type: z.literal('comment'),
    body: filledIn(body.refine((text) => text.trim() !== '', 'is empty')),
  }),
  z.strictObject({ type: z.literal('priority'), priority: prioritySchema }),
  z.strictObject({
    type: z.literal('notify'),
    to: z.union([z.array(memberId).min(1).max(50), z.enum(['assignees', 'subscribers'])]),
    text: filledIn(line),
  }),
  /** Sends what happened to an endpoint of the webhooks inbox, by its id. */
  z.strictObject({ type: z.literal('webhook'), endpoint: line }),
])
export type RuleAction = z.infer<typeof ruleAction>

/** An automation rule: WHEN something is so, IF the issue is what the query asks for, THEN these actions, in order. */
export const rule = z.strictObject({
  name: line,
  when: ruleWhen,
  /** The filter language; empty for any issue that is not archived. */
  query: z.string().max(2_000),
  then: z.array(ruleAction).min(1).max(10),
})
export type Rule = z.infer<typeof rule>

/** A rule with its place in the workspace. */
export type KnownRule = {
  readonly id: string
  readonly enabled: boolean
  /** Since when it is as it is, in milliseconds: added, changed or enabled last. A time before that is no occasion for it. */
  readonly since: number
  readonly rule: Rule
}
