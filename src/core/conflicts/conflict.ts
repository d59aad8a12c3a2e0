import type { PropertyKey } from '../entities/kinds/entities.ts'
import type { RecordedEvent } from '../events/event.ts'
import type { FieldName } from '../issue/fields/fields.ts'
import { sameJson } from '../values/same-json.ts'

/** What two changes may be of. */
export type ConflictField =
  // Of an issue: a field of it, or the body of one of its comments.
  | FieldName
  | 'status'
  | 'description'
  | 'comment'
  | 'field'
  // Of an issue: a link that those of other issues leave without effect.
  | 'link'
  // Of a label, a project, a member or the workspace.
  | PropertyKey
  // Of an automation rule: what it says, and whether it is on.
  | 'rule'
  | 'enabled'
  // Of a type of event: which of two registrations of its name counts.
  | 'event_type'

/** Two changes of one thing, the later made without having seen the other. */
export type Conflict = {
  /** `FIELD LOST WON`: the same on every replica. */
  readonly id: string
  readonly field: ConflictField
  /** Of the field, where it is one that Docket has no word for; of the comment. */
  readonly of?: string
  /** The event that has no effect, or none any more. */
  readonly lost: string
  readonly won: string
}

/** What was decided about a conflict. */
export type ConflictResolution = {
  readonly how: 'flipped' | 'dismissed'
  readonly by: string
  readonly at: number
}

/** The part of a stream's state that its conflicts are found with and kept in. Plain JSON. */
export type ConflictState = {
  /** The event that set a field last, by the field's name; `field NAME` for one that Docket has no word for. */
  setBy: Record<string, string>
  conflicts: Conflict[]
  /** What was decided about conflicts, by their ids. */
  settled: Record<string, ConflictResolution>
}

type Changing = Pick<RecordedEvent, 'id'> & Partial<Pick<RecordedEvent, 'metadata'>>

/**
 * Other trackers' histories have gaps and are believed: what they change is never in conflict. What a later import brought to an issue that was
 * here says as of when (`asOf`), is made from what the source had said before, and is judged as anybody's change.
 */
export const isBelieved = ({ metadata }: Pick<Changing, 'metadata'>): boolean =>
  metadata?.triggeredBy === 'import' && metadata.asOf === undefined

/** Enters a change that has no effect, or none any more, and the one that stands. */
export function addConflict(
  state: ConflictState,
  field: ConflictField,
  { lost, won, of }: Pick<Conflict, 'lost' | 'won'> & { readonly of?: string | undefined },
): void {
  // Fresh arrays, so that whoever kept the state before can tell what is new.
  state.conflicts = [
    ...state.conflicts,
    { id: `${field} ${lost} ${won}`, field, ...(of === undefined ? {} : { of }), lost, won },
  ]
}

/**
 * A change of a field: where it was made from another value than the one it finds, its author had not seen the change that set that, and
 * overwrites it.
 */
export function setField(
  state: ConflictState,
  event: Changing,
  field: ConflictField,
  { saw, finds, sets }: { readonly saw: unknown; readonly finds: unknown; readonly sets: unknown },
  of?: string,
): void {
  const key = of === undefined ? field : `${field} ${of}`
  const setter = state.setBy[key]
  const unseen = !sameJson(saw, finds) && !sameJson(sets, finds) && !isBelieved(event)
  if (unseen && setter !== undefined) addConflict(state, field, { lost: setter, won: event.id, of })
  state.setBy[key] = event.id
}

/** Notes what somebody decided. */
export function resolveConflict(
  state: ConflictState,
  event: Pick<RecordedEvent, 'actorId' | 'occurredAt'> & {
    readonly data: { readonly conflict: string; readonly how: ConflictResolution['how'] }
  },
): void {
  state.settled[event.data.conflict] = {
    how: event.data.how,
    by: event.actorId,
    at: event.occurredAt,
  }
}
