import { addConflict, isBelieved, resolveConflict, setField } from '../conflicts/conflict.ts'
import { unreachable } from '../values/unreachable.ts'
import {
  createdFields,
  type FieldChange,
  fields,
  fieldValue,
  type IssueField,
  setFieldValue,
} from './fields/fields.ts'
import type { IssueEvent, IssueEventOf } from './issue-event.ts'
import type { LinkKind } from './issue-events.ts'
import { provisionalPart } from './issue-key.ts'
import type { IssueState } from './issue-state.ts'

/** What an event of a type does to a state, which it changes. */
type Fold<Type extends IssueEvent['type']> = (state: IssueState, event: IssueEventOf<Type>) => void

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

function foldCreated(state: IssueState, event: IssueEventOf<'created'>): void {
  if (state.exists) {
    state.superseded.push({ eventId: event.id, by: null })
    return
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
}

function foldDescriptionChanged(state: IssueState, event: IssueEventOf<'description_changed'>): void {
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
}

function foldAssigned(state: IssueState, event: IssueEventOf<'assigned'>): void {
  state.assignees = withMember(state.assignees, event.data.memberId)
  imply(state, event.data.memberId)
}

function foldUnassigned(state: IssueState, event: IssueEventOf<'unassigned'>): void {
  state.assignees = state.assignees.filter((id) => id !== event.data.memberId)
}

function foldLabeled(state: IssueState, event: IssueEventOf<'labeled'>): void {
  state.labels = withMember(state.labels, event.data.labelId)
}

function foldUnlabeled(state: IssueState, event: IssueEventOf<'unlabeled'>): void {
  state.labels = state.labels.filter((id) => id !== event.data.labelId)
}

function foldCommented(state: IssueState, event: IssueEventOf<'commented'>): void {
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
}

function foldCommentEdited(state: IssueState, event: IssueEventOf<'comment_edited'>): void {
  const { mentions, commentId, replaces } = event.data
  const comment = state.comments[commentId]
  if (comment?.deleted) {
    // Edited on one device, deleted on another.
    state.superseded.push({ eventId: event.id, by: comment.deletedBy ?? null })
    if (comment.deletedBy)
      addConflict(state, 'comment', { lost: event.id, won: comment.deletedBy, of: commentId })
    return
  }
  if (comment) {
    if (replaces !== undefined && replaces !== comment.bodyEventId)
      addConflict(state, 'comment', { lost: comment.bodyEventId, won: event.id, of: commentId })
    comment.bodyEventId = event.id
    comment.editedAt = event.occurredAt
    if (mentions) comment.mentions = [...new Set([...(comment.mentions ?? []), ...mentions])]
  } else state.superseded.push({ eventId: event.id, by: null })
  imply(state, ...(mentions ?? []))
}

function foldCommentDeleted(state: IssueState, event: IssueEventOf<'comment_deleted'>): void {
  const { commentId, replaces } = event.data
  const comment = state.comments[commentId]
  if (comment && !comment.deleted) {
    if (replaces !== undefined && replaces !== comment.bodyEventId)
      addConflict(state, 'comment', { lost: comment.bodyEventId, won: event.id, of: commentId })
    comment.deleted = true
    comment.deletedBy = event.id
    state.liveComments -= 1
  } else if (!comment) state.superseded.push({ eventId: event.id, by: null })
}

function foldStatusChanged(state: IssueState, event: IssueEventOf<'status_changed'>): void {
  // Two people moved it while apart: the later one in the order stays in the history and has no effect.
  if (event.data.from !== state.status) {
    state.superseded.push({ eventId: event.id, by: state.statusEventId })
    // Both to the same status: nobody lost anything.
    if (state.statusEventId !== null && event.data.to !== state.status)
      addConflict(state, 'status', { lost: event.id, won: state.statusEventId })
    return
  }
  state.status = event.data.to
  state.statusEventId = event.id
}

function foldLinked(state: IssueState, event: IssueEventOf<'linked'>): void {
  state.links = withLink(state.links, event.data.kind, event.data.target)
}

function foldUnlinked(state: IssueState, event: IssueEventOf<'unlinked'>): void {
  state.links = state.links.filter(
    (link) => link.kind !== event.data.kind || link.target !== event.data.target,
  )
}

function foldSubscribed(state: IssueState, event: IssueEventOf<'subscribed'>): void {
  state.subscribers[event.data.memberId] = { on: true, said: true }
}

function foldUnsubscribed(state: IssueState, event: IssueEventOf<'unsubscribed'>): void {
  state.subscribers[event.data.memberId] = {
    on: false,
    said: true,
    ...(state.subscribers[event.data.memberId]?.muted ? { muted: true } : {}),
  }
}

function foldMuted(state: IssueState, event: IssueEventOf<'muted'>): void {
  state.subscribers[event.data.memberId] = {
    ...(state.subscribers[event.data.memberId] ?? { on: false, said: false }),
    muted: true,
  }
}

function foldUnmuted(state: IssueState, event: IssueEventOf<'unmuted'>): void {
  const { muted: _, ...left } = state.subscribers[event.data.memberId] ?? { on: false, said: false }
  if (left.on || left.said) state.subscribers[event.data.memberId] = left
  else delete state.subscribers[event.data.memberId]
}

function foldArchived(state: IssueState): void {
  state.archived = true
}

function foldRestored(state: IssueState): void {
  state.archived = false
}

function foldFieldChanged(state: IssueState, event: IssueEventOf<'field_changed'>): void {
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
}

function foldNumbered(state: IssueState, event: IssueEventOf<'numbered'>): void {
  if (state.exists && state.number !== event.data.number) {
    const former = state.number === null ? `~${provisionalPart(state.id).toLowerCase()}` : `#${state.number}`
    state.formerKeys = withMember(state.formerKeys, former)
  }
  state.number = event.data.number
}

const leavesAsItIs = (): void => undefined

/** What each type of event does; the types of fields have one fold among them. */
const folds: { readonly [Type in Exclude<IssueEvent['type'], FieldChange['type']>]: Fold<Type> } = {
  created: foldCreated,
  description_changed: foldDescriptionChanged,
  assigned: foldAssigned,
  unassigned: foldUnassigned,
  labeled: foldLabeled,
  unlabeled: foldUnlabeled,
  commented: foldCommented,
  comment_edited: foldCommentEdited,
  comment_deleted: foldCommentDeleted,
  status_changed: foldStatusChanged,
  linked: foldLinked,
  unlinked: foldUnlinked,
  subscribed: foldSubscribed,
  unsubscribed: foldUnsubscribed,
  muted: foldMuted,
  unmuted: foldUnmuted,
  notified: leavesAsItIs,
  viewed: leavesAsItIs,
  archived: foldArchived,
  restored: foldRestored,
  field_changed: foldFieldChanged,
  attached: leavesAsItIs,
  numbered: foldNumbered,
  conflict_settled: resolveConflict,
}

const foldField =
  (field: IssueField) =>
  (state: IssueState, event: IssueEventOf<FieldChange['type']>): void => {
    const { from, to } = event.data
    setField(state, event, field.name, { saw: from, finds: fieldValue(state, field), sets: to })
    setFieldValue(state, field, to)
  }

const foldsByType = new Map<string, unknown>([
  ...Object.entries(folds),
  ...fields.map((field) => [field.event.name, foldField(field)] as const),
]) as ReadonlyMap<string, (state: IssueState, event: IssueEvent) => void>

/** The fold of a type of event. */
export const foldOf = (type: IssueEvent['type']): ((state: IssueState, event: IssueEvent) => void) =>
  foldsByType.get(type) ?? unreachable(type as never)
