import { z } from 'zod'
import { settlingShape } from '../conflicts/conflict-command.ts'
import { body, line } from '../text/text.ts'
import { commentId, issueId, labelId, memberId } from '../values/ids.ts'
import { transitionName } from '../workflow/workflow.ts'
import { fieldCommands, newIssueShape } from './field-schemas.ts'
import { linkKind } from './issue-events.ts'

const issue = { issueId }
/** The text that an edit began from: where another stands there by now, the command is refused and says which. */
const base = body.optional()
const notEmpty = body.refine((text) => text.trim() !== '', 'is empty')

/** The commands of an issue, but for those of its conflicts. */
export const issueCommands = [
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
/** What somebody wants of an issue. Parsed where it enters; may be refused. */
export const issueCommand = z.discriminatedUnion('type', [
  ...issueCommands,
  z.strictObject({ ...settlingShape, ...issue }),
])
export type IssueCommand = z.infer<typeof issueCommand>
