import { z } from 'zod'
import { event } from '../events/event-type.ts'

/**
 * What somebody decided about a change that had no effect; happens to whatever the change is of. Version 1 happened to issues alone: a Docket that knows
 * no other says "please update" where it meets one of a label.
 */
export const conflictSettled = event(
  'conflict_settled',
  2,
  z.object({ conflict: z.string().min(1).max(300), how: z.enum(['flipped', 'dismissed']) }),
  [(data) => data],
)
export type ConflictSettled = {
  readonly type: 'conflict_settled'
  readonly data: z.infer<typeof conflictSettled.schema>
}
