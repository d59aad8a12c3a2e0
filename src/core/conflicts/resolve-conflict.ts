import { done, type Result, refuse } from '../values/refusal.ts'
import type { Conflict, ConflictState } from './conflict.ts'
import type { ConflictSettled } from './conflict-events.ts'

/** What somebody wants of a conflict, whatever it is of. */
export type Settling = {
  readonly type: 'flip_conflict' | 'dismiss_conflict'
  readonly conflictId: string
}

/** Why a change that lost can't be made again. */
export const notFlippable = (why: string) =>
  refuse('conflict_not_flippable', `This can not be made again: ${why}. Nothing was changed.`)

/**
 * What settling a conflict leads to. @param makeAgain what makes the lost change again, on what it is of as that is now.
 */
export function decideSettling<Change>(
  { conflicts, settled }: Pick<ConflictState, 'conflicts' | 'settled'>,
  { type, conflictId }: Settling,
  makeAgain: (found: Conflict) => Result<readonly Change[]>,
): Result<readonly (Change | ConflictSettled)[]> {
  const found = conflicts.find(({ id }) => id === conflictId)
  if (!found) return refuse('unknown_conflict', 'There is no such conflict here.', { conflictId })
  const how = type === 'flip_conflict' ? 'flipped' : 'dismissed'
  if (how === 'dismissed' && settled[found.id]?.how === how) return done([])
  const again = how === 'flipped' ? makeAgain(found) : done<readonly Change[]>([])
  if (!again.ok) return again
  return done([...again.value, { type: 'conflict_settled', data: { conflict: found.id, how } }])
}
