import { addConflict, isBelieved, resolveConflict, setField } from '../conflicts/conflict.ts'
import type { RecordedEvent } from '../events/event.ts'
import { issueFacts } from '../events/issue-facts.ts'
import { sameJson } from '../values/same-json.ts'
import { unreachable } from '../values/unreachable.ts'
import {
  createdFields,
  type FieldChange,
  fieldOfEvent,
  fieldValue,
  type IssueField,
  setFieldValue,
} from './fields/fields.ts'
import type { IssueChange, LinkKind } from './issue-events.ts'
import { provisionalPart } from './issue-key.ts'
import { type IssueState, initialIssue } from './issue-state.ts'

/** An issue's event as a fold sees it: its payload and the header fields that the state keeps. */
export type IssueEvent = IssueChange &
  Pick<RecordedEvent, 'id' | 'actorId' | 'occurredAt'> &
  Partial<Pick<RecordedEvent, 'metadata'>>

function withMember(set: string[], value: string): string[] {
  return set.includes(value) ? set : [...set, value].sort()
}

function withLink(links: IssueState['links'], kind: LinkKind, target: string): IssueState['links'] {
  if (links.some((link) => link.kind === kind && link.target === target)) return links
  return [...links, { kind, target }].sort((a, b) => (a.kind + a.target < b.kind + b.target ? -1 : 1))
}

function imply(state: IssueState, ...members: readonly string[]): void {
  for (const member of members) {
    const known = state.subscribers[member]
    if (!known) state.subscribers[member] = { on: true, said: false }
    else if (!known.said) known.on = true
  }
}

function evolveField(
  state: IssueState,
  event: Extract<IssueEvent, FieldChange>,
  field: IssueField,
): IssueState {
  const { from, to } = event.data
  setField(state, event, field.name, { saw: from, finds: fieldValue(state, field), sets: to })
  setFieldValue(state, field, to)
  return state
}

/**
 * Folds one event into an issue. Total: every event leads to a state, whatever came before; nothing is judged again.
 * Consumes `state` (it may be changed and returned), so that folding a long history copies nothing.
 */
export function evolve(state: IssueState, event: IssueEvent): IssueState {
  state.version += 1
  // Nor does an imported note that arrives with an older time.
  if (issueFacts[event.type].touches !== 'nothing' && event.occurredAt > state.updatedAt)
    state.updatedAt = event.occurredAt
  switch (event.type) {
    case 'created': {
      if (state.exists) {
        state.superseded.push({ eventId: event.id, by: null })
        return state
      }
      const { number, description, status, externalKey, mentions } = event.data
      state.exists = true
      state.number = number ?? null
      state.externalKey = externalKey ?? null
      for (const field of createdFields) setFieldValue(state, field, fieldValue(event.data, field))
      state.description = description ?? ''
      state.descriptionEventId = description ? event.id : null
      state.status = status
      state.statusEventId = event.id
      state.authorId = event.actorId
      state.createdAt = event.occurredAt
      state.setBy = {}
      imply(state, event.actorId, ...(mentions ?? []))
      return state
    }
    case 'description_changed':
      if (
        state.descriptionEventId !== null &&
        (event.data.replaces ?? null) !== state.descriptionEventId &&
        event.data.to !== state.description &&
        !isBelieved(event)
      )
        addConflict(state, 'description', { lost: state.descriptionEventId, won: event.id })
      state.description = event.data.to
      state.descriptionEventId = event.id
      imply(state, ...(event.data.mentions ?? []))
      return state
    case 'assigned':
      state.assignees = withMember(state.assignees, event.data.memberId)
      imply(state, event.data.memberId)
      return state
    case 'unassigned':
      state.assignees = state.assignees.filter((id) => id !== event.data.memberId)
      return state
    case 'labeled':
      state.labels = withMember(state.labels, event.data.labelId)
      return state
    case 'unlabeled':
      state.labels = state.labels.filter((id) => id !== event.data.labelId)
      return state
    case 'commented': {
      const { mentions } = event.data
      if (!Object.hasOwn(state.comments, event.data.commentId)) {
        state.liveComments += 1
        state.comments[event.data.commentId] = {
          id: event.data.commentId,
          authorId: event.actorId,
          createdAt: event.occurredAt,
          eventId: event.id,
          bodyEventId: event.id,
          editedAt: null,
          deleted: false,
          ...(mentions ? { mentions: [...mentions] } : {}),
        }
      }
      imply(state, event.actorId, ...(mentions ?? []))
      return state
    }
    case 'comment_edited': {
      const { mentions, commentId, replaces } = event.data
      const comment = state.comments[commentId]
      if (comment?.deleted) {
        // Edited on one device, deleted on another.
        state.superseded.push({ eventId: event.id, by: comment.deletedBy ?? null })
        if (comment.deletedBy)
          addConflict(state, 'comment', { lost: event.id, won: comment.deletedBy, of: commentId })
        return state
      }
      if (comment) {
        if (replaces !== undefined && replaces !== comment.bodyEventId)
          addConflict(state, 'comment', { lost: comment.bodyEventId, won: event.id, of: commentId })
        comment.bodyEventId = event.id
        comment.editedAt = event.occurredAt
        if (mentions) comment.mentions = [...new Set([...(comment.mentions ?? []), ...mentions])]
      } else state.superseded.push({ eventId: event.id, by: null })
      imply(state, ...(mentions ?? []))
      return state
    }
    case 'comment_deleted': {
      const { commentId, replaces } = event.data
      const comment = state.comments[commentId]
      if (comment && !comment.deleted) {
        if (replaces !== undefined && replaces !== comment.bodyEventId)
          addConflict(state, 'comment', { lost: comment.bodyEventId, won: event.id, of: commentId })
        comment.deleted = true
        comment.deletedBy = event.id
        state.liveComments -= 1
      } else if (!comment) state.superseded.push({ eventId: event.id, by: null })
      return state
    }
    case 'status_changed':
      // Two people moved it while apart: the later one in the order stays in the history and has no effect.
      if (event.data.from !== state.status) {
        state.superseded.push({ eventId: event.id, by: state.statusEventId })
        // Both to the same status: nobody lost anything.
        if (state.statusEventId !== null && event.data.to !== state.status)
          addConflict(state, 'status', { lost: event.id, won: state.statusEventId })
        return state
      }
      state.status = event.data.to
      state.statusEventId = event.id
      return state
    case 'linked':
      state.links = withLink(state.links, event.data.kind, event.data.target)
      return state
    case 'unlinked':
      state.links = state.links.filter(
        (link) => link.kind !== event.data.kind || link.target !== event.data.target,
      )
      return state
    case 'subscribed':
      state.subscribers[event.data.memberId] = { on: true, said: true }
      return state
    case 'unsubscribed':
      state.subscribers[event.data.memberId] = {
        on: false,
        said: true,
        ...(state.subscribers[event.data.memberId]?.muted ? { muted: true } : {}),
      }
      return state
    case 'muted':
      state.subscribers[event.data.memberId] = {
        ...(state.subscribers[event.data.memberId] ?? { on: false, said: false }),
        muted: true,
      }
      return state
    case 'unmuted': {
      const { muted: _, ...left } = state.subscribers[event.data.memberId] ?? { on: false, said: false }
      if (left.on || left.said) state.subscribers[event.data.memberId] = left
      else delete state.subscribers[event.data.memberId]
      return state
    }
    case 'notified':
    case 'viewed':
      return state
    case 'archived':
      state.archived = true
      return state
    case 'restored':
      state.archived = false
      return state
    case 'field_changed':
      setField(
        state,
        event,
        'field',
        {
          saw: event.data.from,
          finds: state.fields[event.data.field] ?? null,
          sets: event.data.to,
        },
        event.data.field,
      )
      state.fields[event.data.field] = event.data.to
      if (event.data.field === 'Key' && event.metadata?.triggeredBy === 'import') keepKeys(state, event.data)
      return state
    case 'attached':
      return state
    case 'numbered':
      if (state.exists && state.number !== event.data.number) {
        const former =
          state.number === null ? `~${provisionalPart(state.id).toLowerCase()}` : `#${state.number}`
        state.formerKeys = withMember(state.formerKeys, former)
      }
      state.number = event.data.number
      return state
    case 'conflict_settled':
      resolveConflict(state, event)
      return state
    default:
      return evolveField(state, event, fieldOfEvent(event.type) ?? unreachable(event as never))
  }
}

/** A key of another tracker: `ABC-12`, `owner/name#9`. One that begins with a sign may be what an issue was called here. */
const otherKey = /^[A-Za-z0-9][!-~]{0,199}$/

/** Notes the keys that an issue had, or came to have, in the tracker that it was imported from. */
function keepKeys(state: IssueState, { from, to }: { readonly from?: unknown; readonly to?: unknown }): void {
  for (const key of [from, to])
    if (
      typeof key === 'string' &&
      otherKey.test(key) &&
      key.toLowerCase() !== state.externalKey?.toLowerCase()
    )
      state.formerKeys = withMember(state.formerKeys, key.toLowerCase())
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
