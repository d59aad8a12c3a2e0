import { eachField, type FieldKey, type FieldValue, fieldOfEvent, fields } from '#core/issue/fields/fields.ts'
import type { Millis } from '#core/values/ids.ts'
import { sameJson } from '#core/values/same-json.ts'
import type { JsonFields } from '../records/json-records.ts'
import { type SaidText, saidText, saysTheSame, textHash } from '../records/said-text.ts'
import { jsonFieldsIn } from '../records/source-text.ts'
import type { ImportedEvent } from './imported.ts'
import { transitionBetween } from './status-mapping.ts'

/**
 * What a source said of an issue, up to now: the fold of what was imported of it alone, whatever people did here since. Texts are held as
 * hashes, so that an issue with ten thousand comments is small.
 */
export type SourceState = { [Key in FieldKey]: FieldValue } & {
  begun: boolean
  externalKey: string
  status: string
  archived: boolean
  description: SaidText
  /** The event that set it; `undefined` where there is none. */
  descriptionEvent: string | undefined
  readonly assignees: Set<string>
  /** What of the source each label stands for, where that is not its labels. */
  readonly labels: Map<string, string | undefined>
  /** `KIND TARGET`. */
  readonly links: Set<string>
  readonly comments: Map<string, SaidComment>
  readonly fields: Map<string, unknown>
  /** What the creation kept of the source beside. */
  kept: JsonFields
  /** The source's time of the latest snapshot that something was taken from; `null` where an earlier Docket imported it. */
  asOf: Millis | null
  /** When the last thing that was imported happened. */
  last: Millis
}

export type SaidComment = {
  text: SaidText
  /** The event that set the body as it is. */
  event: string
  /** When the source said that it was written or edited. */
  at: Millis
  deleted: boolean
}

export const linkKey = (kind: unknown, target: unknown): string => `${kind} ${target}`

export function nothingSaid(): SourceState {
  return {
    begun: false,
    externalKey: '',
    ...eachField(({ initial }): FieldValue => initial),
    status: 'open',
    archived: false,
    description: saidText('', {}),
    descriptionEvent: undefined,
    assignees: new Set(),
    labels: new Map(),
    links: new Set(),
    comments: new Map(),
    fields: new Map(),
    kept: {},
    asOf: null,
    last: 0,
  }
}

/** An event as it is noted: what was imported before, or is about to be. */
export type Notable = Pick<ImportedEvent, 'id' | 'type' | 'data' | 'metadata' | 'occurredAt'> & {
  /** Of its text, where that is not here any more. */
  readonly said?: SaidText
}

const textAt = (data: JsonFields, field: string): string => {
  const text = data[field]
  return typeof text === 'string' ? text : ''
}
const valueOrInitial = (value: unknown, initial: FieldValue): FieldValue =>
  typeof value === 'string' || typeof value === 'number' ? value : initial

const hashOf = ({ originalHash }: JsonFields): string | undefined =>
  typeof originalHash === 'string' ? originalHash : undefined

/** When a comment was last edited, as earlier versions noted it beside the comment. */
const editedAt = (metadata: JsonFields): Millis =>
  Date.parse(textAt(jsonFieldsIn(metadata.source), 'edited')) || 0

/** Folds one imported event in; each is believed. */
export function note(state: SourceState, event: Notable): void {
  const { id, type, data, metadata, occurredAt } = event
  if (typeof metadata.asOf === 'number') state.asOf = Math.max(state.asOf ?? 0, metadata.asOf)
  state.last = Math.max(state.last, occurredAt)
  const to = data.to
  switch (type) {
    case 'created': {
      if (state.begun) return
      state.begun = true
      state.externalKey = textAt(data, 'externalKey')
      for (const { key, initial, inCreated } of fields)
        if (inCreated) state[key] = valueOrInitial(data[key], initial)
      state.status = textAt(data, 'status')
      state.kept = jsonFieldsIn(metadata.source)
      state.description = event.said ?? saidText(textAt(data, 'description'), metadata)
      if (data.description !== undefined && data.description !== '') state.descriptionEvent = id
      return
    }
    case 'description_changed':
      state.description = event.said ?? saidText(textAt(data, 'to'), metadata)
      state.descriptionEvent = id
      return
    case 'status_changed':
      state.status = textAt(data, 'to')
      return
    case 'field_changed':
      state.fields.set(textAt(data, 'field'), to)
      return
    case 'assigned':
      state.assignees.add(textAt(data, 'memberId'))
      return
    case 'unassigned':
      state.assignees.delete(textAt(data, 'memberId'))
      return
    case 'labeled':
      state.labels.set(textAt(data, 'labelId'), textAt(jsonFieldsIn(metadata.source), 'of') || undefined)
      return
    case 'unlabeled':
      state.labels.delete(textAt(data, 'labelId'))
      return
    case 'linked':
      state.links.add(linkKey(data.kind, data.target))
      return
    case 'unlinked':
      state.links.delete(linkKey(data.kind, data.target))
      return
    case 'commented':
      if (!state.comments.has(textAt(data, 'commentId')))
        state.comments.set(textAt(data, 'commentId'), {
          text: event.said ?? saidText(textAt(data, 'body'), metadata),
          event: id,
          at: Math.max(occurredAt, editedAt(metadata)),
          deleted: false,
        })
      return
    case 'comment_edited': {
      const comment = state.comments.get(textAt(data, 'commentId'))
      if (!comment) return
      comment.text = event.said ?? saidText(textAt(data, 'body'), metadata)
      comment.event = id
      comment.at = Math.max(comment.at, occurredAt)
      return
    }
    case 'comment_deleted': {
      const comment = state.comments.get(textAt(data, 'commentId'))
      if (comment) comment.deleted = true
      return
    }
    case 'archived':
    case 'restored':
      state.archived = type === 'archived'
      return
    default: {
      const field = fieldOfEvent(type)
      if (field) state[field.key] = valueOrInitial(to, field.initial)
    }
  }
}

/** What the source had said of a field that Docket has no word for. @param kept what the creation kept of it. */
export const fieldSaid = (state: SourceState, field: string, kept: unknown): unknown =>
  state.fields.has(field) ? (state.fields.get(field) ?? null) : kept

/**
 * An event made to follow what the source had said, whatever its own file holds of the time before: from what it finds. `null` where it
 * would change nothing.
 */
export function following(state: SourceState, event: ImportedEvent): ImportedEvent | null {
  const { type, data } = event
  const changing = (from: unknown): ImportedEvent | null =>
    sameJson(from, data.to) ? null : { ...event, data: { ...data, from } }
  switch (type) {
    case 'created':
      return state.begun ? null : event
    case 'field_changed':
      return changing(fieldSaid(state, textAt(data, 'field'), data.from ?? null))
    case 'status_changed': {
      const moved = changing(state.status)
      return (
        moved && {
          ...moved,
          data: { ...moved.data, transition: transitionBetween(state.status, textAt(data, 'to')) },
        }
      )
    }
    case 'description_changed': {
      const { replaces: _, ...rest } = data
      const text = textAt(data, 'to')
      if (saysTheSame(state.description, hashOf(event.metadata) ?? textHash(text), text)) return null
      return {
        ...event,
        data: { ...rest, ...(state.descriptionEvent ? { replaces: state.descriptionEvent } : {}) },
      }
    }
    case 'assigned':
      return state.assignees.has(textAt(data, 'memberId')) ? null : event
    case 'unassigned':
      return state.assignees.has(textAt(data, 'memberId')) ? event : null
    case 'labeled':
      return state.labels.has(textAt(data, 'labelId')) ? null : event
    case 'unlabeled':
      return state.labels.has(textAt(data, 'labelId')) ? event : null
    case 'linked':
      return state.links.has(linkKey(data.kind, data.target)) ? null : event
    case 'unlinked':
      return state.links.has(linkKey(data.kind, data.target)) ? event : null
    case 'commented':
      return state.comments.has(textAt(data, 'commentId')) ? null : event
    case 'comment_edited':
    case 'comment_deleted': {
      const comment = state.comments.get(textAt(data, 'commentId'))
      return comment && !comment.deleted ? { ...event, data: { ...data, replaces: comment.event } } : null
    }
    case 'archived':
      return state.archived ? null : event
    case 'restored':
      return state.archived ? event : null
    default: {
      const field = fieldOfEvent(type)
      return field ? changing(state[field.key]) : event
    }
  }
}
