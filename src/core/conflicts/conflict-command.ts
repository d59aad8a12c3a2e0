import { z } from 'zod'
import { type ListedEntity, listedEntities } from '../entities/kinds/entities.ts'
import type { EntityId } from '../entities/kinds/entity.ts'
import { eventTypeId, issueId, ruleId, streamId } from '../values/ids.ts'

/** What a command about a conflict says, whatever the conflict is of. */
export const settlingShape = {
  /** Makes the change again that lost, or says that it is fine as it is. */
  type: z.enum(['flip_conflict', 'dismiss_conflict']),
  /** `FIELD LOST-EVENT WON-EVENT`: the same on every replica. */
  conflictId: z.string().min(1).max(300),
}

const entityIds = Object.fromEntries(
  listedEntities.map(({ idProperty }) => [idProperty, streamId]),
) as unknown as { readonly [E in ListedEntity as E['idProperty']]: z.ZodType<EntityId<E>, string> }
/** What the conflict is of: of these at most one, and none where it is of the workspace itself. */
const conflictOf = z.object({ issueId, ...entityIds, ruleId, eventTypeId }).partial()
/** What somebody wants of a conflict. */
export const conflictCommand = z
  .strictObject({ ...settlingShape, ...conflictOf.shape })
  .refine(
    ({ type: _, conflictId: __, ...of }) => Object.values(of).filter((id) => id !== undefined).length <= 1,
    'a conflict is of one thing',
  )
export type ConflictCommand = z.infer<typeof conflictCommand>
