import { z } from 'zod'
import { conflictSettled } from '../conflicts/conflict-events.ts'
import { type EventType, event } from '../events/event-type.ts'
import type { Upcaster } from '../events/facts/upcaster.ts'
import { commentId, eventId, issueId, labelId, memberId } from '../values/ids.ts'
import { statusId, transitionName } from '../workflow/workflow.ts'
import { daySchema, fieldEvents } from './field-schemas.ts'
import { linkKinds } from './link-kinds.ts'
import { prioritySchema } from './priority-schema.ts'

// Apart from the schemas, so that the window need not load zod for a list of names.
export type { LinkKind } from './link-kinds.ts'

const text = z.string()
export const linkKind = z.enum(linkKinds)
/** Whom a text mentions that it did not mention before; absent where nobody. */
const mentions = z.array(memberId).min(1).optional()
/** To the versions with `mentions`: nobody was looked up before, so what is there of that name is not ours. */
const mentionsNobody: Upcaster = ({ mentions: _, ...rest }) => rest

/** Of the fields it holds those that Docket began with. A field that comes later is set by an event of its own, so that this shape stays. */
export const created = event(
  'created',
  3,
  z.object({
    /** The number of the key in this workspace; absent until a server assigns one. */
    number: z.int().positive().optional(),
    title: text,
    description: text.optional(),
    priority: prioritySchema.optional(),
    dueDate: daySchema.optional(),
    status: statusId,
    /** The key that the issue had where it was imported from; it keeps resolving. */
    externalKey: text.optional(),
    mentions,
  }),
  // Version 1 (before the first release) called the description "body" and could only be created in the first state.
  [
    ({ body, ...rest }) => ({
      ...rest,
      ...(body === undefined ? {} : { description: body }),
      status: rest.status ?? 'open',
    }),
    mentionsNobody,
  ],
)
export const descriptionChanged = event(
  'description_changed',
  2,
  // What it replaced is the event that set it, so that a long text is not stored twice.
  z.object({ replaces: eventId.optional(), to: text, mentions }),
  [mentionsNobody],
)
export const assigned = event('assigned', 1, z.object({ memberId }))
export const unassigned = event('unassigned', 1, z.object({ memberId }))
export const labeled = event('labeled', 1, z.object({ labelId }))
export const unlabeled = event('unlabeled', 1, z.object({ labelId }))
export const commented = event('commented', 2, z.object({ commentId, body: text, mentions }), [
  mentionsNobody,
])
/** What a text was like when it was changed, for two devices may change it apart: the event that had set it. Nobody asked before. */
const replaces = eventId.optional()
const replacesUnknown: Upcaster = ({ replaces: _, ...rest }) => rest
export const commentEdited = event(
  'comment_edited',
  3,
  z.object({ commentId, body: text, mentions, replaces }),
  [mentionsNobody, replacesUnknown],
)
export const commentDeleted = event('comment_deleted', 2, z.object({ commentId, replaces }), [
  replacesUnknown,
])
export const statusChanged = event(
  'status_changed',
  1,
  z.object({ from: statusId, to: statusId, transition: transitionName, reason: text.optional() }),
)
export const linked = event('linked', 1, z.object({ kind: linkKind, target: issueId }))
export const unlinked = event('unlinked', 1, z.object({ kind: linkKind, target: issueId }))
export const subscribed = event('subscribed', 1, z.object({ memberId }))
export const unsubscribed = event('unsubscribed', 1, z.object({ memberId }))
/** Wants to hear nothing of it, whatever else says so. */
export const muted = event('muted', 1, z.object({ memberId }))
export const unmuted = event('unmuted', 1, z.object({ memberId }))
/** That somebody was told something about it; one event a person, so that it reaches them wherever they are. */
export const notified = event('notified', 1, z.object({ memberId, text }))
export const viewed = event('viewed', 1, z.object({}))
export const archived = event('archived', 1, z.object({}))
export const restored = event('restored', 1, z.object({}))
/** A field that Docket has no word for, kept from an import. */
export const fieldChanged = event('field_changed', 1, z.object({ field: text, from: z.json(), to: z.json() }))
/** That a file was attached where the issue came from; Docket keeps the record, not the bytes. */
export const attached = event(
  'attached',
  1,
  z.object({ name: text, url: text.optional(), size: z.number().optional(), mediaType: text.optional() }),
)

/** The number of its key, given by a sync server; the one it had before keeps resolving. */
export const numbered = event('numbered', 1, z.object({ number: z.int().positive() }))
export const issueEventTypes = [
  created,
  ...fieldEvents,
  descriptionChanged,
  assigned,
  unassigned,
  labeled,
  unlabeled,
  commented,
  commentEdited,
  commentDeleted,
  statusChanged,
  linked,
  unlinked,
  subscribed,
  unsubscribed,
  muted,
  unmuted,
  notified,
  viewed,
  archived,
  restored,
  fieldChanged,
  attached,
  numbered,
  conflictSettled,
] as const

type Of<T> =
  T extends EventType<infer Name, infer Data> ? { readonly type: Name; readonly data: Data } : never
/** What can happen to an issue: a type and its payload, at the current schema version. */
export type IssueChange = Of<(typeof issueEventTypes)[number]>
