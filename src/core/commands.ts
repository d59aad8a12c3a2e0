import { z } from 'zod'
import { handle, hexColour } from './entities/entity-events.ts'
import { fieldCommands, newIssueShape } from './issue/field-schemas.ts'
import { isUnitOf } from './issue/fields/units.ts'
import { linkKind } from './issue/issue-events.ts'
import { rule } from './rules/rule.ts'
import { mailAddress } from './text/mail-address.ts'
import { body, line, visibleLine } from './text/text.ts'
import { correctedRange } from './time/time-events.ts'
import { commentId, issueId, labelId, memberId, projectId, ruleId } from './values/ids.ts'
import { transitionName } from './workflow/workflow.ts'

const issue = { issueId }
/** `FIELD LOST-EVENT WON-EVENT`: the same on every replica. */
const conflictId = z.string().min(1).max(300)
/** The text that an edit began from: where another stands there by now, the command is refused and says which. */
const base = body.optional()
const notEmpty = body.refine((text) => text.trim() !== '', 'is empty')

const issueWishes = [
  z.strictObject({
    type: z.literal('create'),
    issueId,
    ...newIssueShape,
    description: body.optional(),
    assignees: z.array(memberId).max(50).optional(),
    labels: z.array(labelId).max(100).optional(),
    links: z
      .array(z.strictObject({ kind: linkKind, target: issueId }))
      .max(100)
      .optional(),
  }),
  ...fieldCommands,
  z.strictObject({ type: z.literal('change_description'), ...issue, description: body, base }),
  z.strictObject({ type: z.literal('assign'), ...issue, memberId }),
  z.strictObject({ type: z.literal('unassign'), ...issue, memberId }),
  z.strictObject({ type: z.literal('label'), ...issue, labelId }),
  z.strictObject({ type: z.literal('unlabel'), ...issue, labelId }),
  z.strictObject({ type: z.literal('comment'), ...issue, commentId, body: notEmpty }),
  z.strictObject({ type: z.literal('edit_comment'), ...issue, commentId, body: notEmpty, base }),
  z.strictObject({ type: z.literal('delete_comment'), ...issue, commentId }),
  z.strictObject({
    type: z.literal('transition'),
    ...issue,
    transition: transitionName,
    reason: body.optional(),
  }),
  z.strictObject({ type: z.literal('link'), ...issue, kind: linkKind, target: issueId }),
  z.strictObject({ type: z.literal('unlink'), ...issue, kind: linkKind, target: issueId }),
  z.strictObject({ type: z.literal('subscribe'), ...issue, memberId: memberId.optional() }),
  z.strictObject({ type: z.literal('unsubscribe'), ...issue, memberId: memberId.optional() }),
  z.strictObject({ type: z.literal('mute'), ...issue, memberId: memberId.optional() }),
  z.strictObject({ type: z.literal('unmute'), ...issue, memberId: memberId.optional() }),
  /** Tells people something about it; what rules do. */
  z.strictObject({
    type: z.literal('notify'),
    ...issue,
    memberIds: z.array(memberId).min(1).max(200),
    text: line,
  }),
  z.strictObject({ type: z.literal('mark_viewed'), ...issue }),
  z.strictObject({ type: z.literal('archive'), ...issue }),
  z.strictObject({ type: z.literal('restore'), ...issue }),
] as const
const settling = {
  /** Makes the change again that lost, or says that it is fine as it is. */
  type: z.enum(['flip_conflict', 'dismiss_conflict']),
  conflictId,
}
/** What somebody wants of an issue. Parsed where it enters; may be refused. */
export const issueCommand = z.discriminatedUnion('type', [
  ...issueWishes,
  z.strictObject({ ...settling, ...issue }),
])
export type IssueCommand = z.infer<typeof issueCommand>

/** What somebody wants of the workspace, its members, its labels and its projects. */
export const directoryCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('create_label'),
    labelId,
    name: visibleLine,
    colour: hexColour.optional(),
  }),
  z.strictObject({ type: z.literal('rename_label'), labelId, name: visibleLine }),
  z.strictObject({ type: z.literal('recolour_label'), labelId, colour: hexColour }),
  z.strictObject({ type: z.literal('create_project'), projectId, name: visibleLine }),
  z.strictObject({ type: z.literal('rename_project'), projectId, name: visibleLine }),
  z.strictObject({
    type: z.literal('add_member'),
    memberId,
    name: visibleLine,
    handle: handle.optional(),
    email: mailAddress.optional(),
  }),
  /** Says where a person gets mail; `null` for nowhere. */
  z.strictObject({ type: z.literal('change_member_email'), memberId, email: mailAddress.nullable() }),
  z.strictObject({ type: z.literal('rename_member'), memberId, name: visibleLine }),
  z.strictObject({ type: z.literal('rename_workspace'), name: visibleLine }),
  /** Says what the workspace counts a field of issues in. */
  z
    .strictObject({ type: z.literal('choose_unit'), field: z.string(), unit: z.string() })
    .refine(({ field, unit }) => isUnitOf(field, unit), {
      path: ['unit'],
      error: 'is not one that the field is counted in',
    }),
])
export type DirectoryCommand = z.infer<typeof directoryCommand>

/** What somebody says of a clock that was wrong; may be refused. */
export const timesCommand = correctedRange.safeExtend({ type: z.literal('correct_times') }).strict()
export type TimesCommand = z.infer<typeof timesCommand>

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

/** What the conflict is of: of these at most one, and none where it is of the workspace itself. */
const conflictOf = { issueId, labelId, projectId, memberId, ruleId }
/** What somebody wants of a conflict. */
export const conflictCommand = z
  .strictObject({ ...settling, ...z.object(conflictOf).partial().shape })
  .refine(
    ({ issueId, labelId, projectId, memberId, ruleId }) =>
      [issueId, labelId, projectId, memberId, ruleId].filter((id) => id !== undefined).length <= 1,
    'a conflict is of one thing',
  )
export type ConflictCommand = z.infer<typeof conflictCommand>

/** Every command there is, told apart by `type`. */
export const command = z.discriminatedUnion('type', [
  ...issueWishes,
  directoryCommand,
  timesCommand,
  ruleCommand,
  conflictCommand,
])
export type Command = z.infer<typeof command>

/** Whether a command is about an issue. */
export const isOfIssue = (wish: Command): wish is IssueCommand =>
  'issueId' in wish && wish.issueId !== undefined
