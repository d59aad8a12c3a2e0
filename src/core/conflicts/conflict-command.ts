import { z } from 'zod'
import { eventTypeId, issueId, labelId, memberId, projectId, ruleId } from '../values/ids.ts'

/** What a command about a conflict says, whatever the conflict is of. */
export const settlingShape = {
  /** Makes the change again that lost, or says that it is fine as it is. */
  type: z.enum(['flip_conflict', 'dismiss_conflict']),
  /** `FIELD LOST-EVENT WON-EVENT`: the same on every replica. */
  conflictId: z.string().min(1).max(300),
}

/** What the conflict is of: of these at most one, and none where it is of the workspace itself. */
const conflictOf = { issueId, labelId, projectId, memberId, ruleId, eventTypeId }
/** What somebody wants of a conflict. */
export const conflictCommand = z
  .strictObject({ ...settlingShape, ...z.object(conflictOf).partial().shape })
  .refine(
    ({ issueId, labelId, projectId, memberId, ruleId, eventTypeId }) =>
      [issueId, labelId, projectId, memberId, ruleId, eventTypeId].filter((id) => id !== undefined).length <=
      1,
    'a conflict is of one thing',
  )
export type ConflictCommand = z.infer<typeof conflictCommand>
