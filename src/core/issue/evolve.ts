import { issueFacts } from '../events/issue-facts.ts'
import { sameJson } from '../values/same-json.ts'
import { type FieldChange, fieldOfEvent, fieldValue } from './fields/fields.ts'
import { foldOf } from './folds.ts'
import type { IssueEvent } from './issue-event.ts'
import { type IssueState, initialIssue } from './issue-state.ts'

/**
 * Folds one event into an issue. Total: every event leads to a state, whatever came before; nothing is judged again.
 * Consumes `state` (it may be changed and returned), so that folding a long history copies nothing.
 */
export function evolve(state: IssueState, event: IssueEvent): IssueState {
  state.version += 1
  // An imported note that arrives with an older time sets nothing back.
  if (issueFacts[event.type].touches !== 'nothing' && event.occurredAt > state.updatedAt)
    state.updatedAt = event.occurredAt
  foldOf(event.type)(state, event)
  return state
}

/**
 * Whether folding an event after what is folded already comes to the same as folding it in its place. True of what only adds, and of a change that was
 * made from what it finds, where nothing later changed the same: nothing folded since can depend on it.
 * @param isBefore whether an event that is folded in stands before this one in the total order.
 */
export function commutes(
  state: IssueState,
  event: IssueEvent,
  isBefore: (eventId: string) => boolean,
): boolean {
  if (!state.exists) return false
  const follows = (key: string, saw: unknown, finds: unknown): boolean => {
    const setter = state.setBy[key] ?? state.statusEventId
    return sameJson(saw, finds) && setter !== null && isBefore(setter)
  }
  switch (event.type) {
    case 'viewed':
    case 'notified':
    case 'attached':
      return true
    case 'commented':
      // A change that found nothing to change may have been of this comment.
      return (
        !Object.hasOwn(state.comments, event.data.commentId) &&
        state.superseded.every(({ by }) => by !== null)
      )
    case 'field_changed':
      return follows(`field ${event.data.field}`, event.data.from, state.fields[event.data.field] ?? null)
    case 'status_changed':
      return (
        event.data.from === state.status &&
        state.statusEventId !== null &&
        isBefore(state.statusEventId) &&
        // What has no effect after the status that is there now might have one after this.
        state.superseded.every(({ by }) => by !== state.statusEventId)
      )
    default: {
      const field = fieldOfEvent(event.type)
      return (
        field !== undefined &&
        follows(field.name, (event as Extract<IssueEvent, FieldChange>).data.from, fieldValue(state, field))
      )
    }
  }
}

/** Folds events, given in total order, from nothing or from a snapshot (which it consumes). */
export function foldIssue(
  id: string,
  events: Iterable<IssueEvent>,
  from: IssueState = initialIssue(id),
): IssueState {
  let state = from
  for (const event of events) state = evolve(state, event)
  return state
}
