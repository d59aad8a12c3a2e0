import type { Field, ValueOf } from '#core/issue/fields/field.ts'
import { type FieldKey, type FieldValue, fieldsOf, type IssueField } from '#core/issue/fields/fields.ts'
import type { LinkKind } from '#core/issue/issue-events.ts'
import type { Millis } from '#core/values/ids.ts'
import { sameJson } from '#core/values/same-json.ts'
import type { JsonFields } from '../records/json-records.ts'
import { type SaidText, saysTheSame } from '../records/said-text.ts'
import { type FittedText, fitBody, fitJson, fitTitle, untitled } from '../records/source-text.ts'
import { nobody, type SourcePerson } from './source-person.ts'
import { fieldSaid, linkKey, type SourceState } from './source-state.ts'
import type { MappedStatus } from './status-mapping.ts'

/** A text of the source, converted. */
export type PresentText = {
  readonly text: unknown
  /** The hash of the source's own words. */
  readonly hash: string
  /** What is kept beside it in the event's metadata. */
  readonly source?: JsonFields | undefined
}

export type PresentComment = PresentText & {
  /** The source's own. */
  readonly id: string
  readonly by: SourcePerson
  readonly at: Millis
  readonly edited: Millis | null
  readonly editor?: SourcePerson | undefined
}

/** What a source says of a field: a text as it stands there, the name of what it refers to, or a value. */
type SourceValue<F extends Field> = F['kind'] extends { readonly operand: 'text' } ? unknown : ValueOf<F>
export type SourceFields = { readonly [F in IssueField as F['key']]: SourceValue<F> }

/** What a source says of an issue as it is now. What is absent, the file does not say. */
export type Present = { readonly [Key in FieldKey]?: SourceFields[Key] | undefined } & {
  /** The source's time of it; `null` where it says none. */
  readonly updatedAt: Millis | null
  readonly externalKey: string
  readonly description?: PresentText | undefined
  /** Under what the creation kept something before it was a field. */
  readonly keptAs?: { readonly [Key in FieldKey]?: { readonly name: string; readonly value: unknown } }
  readonly status?:
    | {
        readonly to: MappedStatus
        readonly by?: SourcePerson
        /** When it came to it, where the source says. */
        readonly at?: Millis | null
        readonly reason?: string
        readonly source?: JsonFields
      }
    | undefined
  readonly archived?: boolean | undefined
  readonly labels?: readonly PresentLabel[] | undefined
  /** What else than labels became labels, and the file does not say: what stands for it stays. */
  readonly labelsUnsaid?: readonly string[]
  readonly assignees?: readonly SourcePerson[] | undefined
  readonly links?:
    | {
        readonly list: readonly { kind: LinkKind; target: string; at?: Millis | null; source?: JsonFields }[]
        /** Whether the file would say so if a link that was there still were. */
        gone(kind: LinkKind, target: string): boolean
      }
    | undefined
  readonly comments?: { readonly complete: boolean; readonly list: readonly PresentComment[] } | undefined
  /** Fields that Docket has no word for; `null` for one that is empty. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Fields that are kept beside the creation, and told once they change. */
  readonly beside?: FieldsBeside | undefined
}

export type FieldsBeside = {
  /** As the creation keeps them; absent where they are empty. */
  readonly now: JsonFields
  /** Whether a field is one of them, and the file says what it is. */
  says(field: string): boolean
  /** What of a value people know: names, without what describes the named thing. */
  words(value: unknown): unknown
}

export type PresentLabel = {
  readonly name: string
  readonly colour?: string | undefined
  /** What it stands for, where that is no label of the source. */
  readonly of?: string | undefined
}

/** A change that brings what the source had said to what it says now. */
export type Correction = {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly by: SourcePerson
  /** When, where the source says. */
  readonly at?: Millis | null | undefined
  /** What of it makes the event's id, besides type and snapshot. */
  readonly key: readonly string[]
  readonly source?: JsonFields | undefined
  readonly originalHash?: string | undefined
}

export type Naming = {
  /** Ids of members, labels and projects, by what the source calls them. */
  member(person: SourcePerson): string
  label(label: PresentLabel): string
  project(name: string): string
  /** The id of a comment; of what came back after it was deleted `times` times, another. */
  comment(id: string, times: number): string
}

/**
 * What has to happen to an issue so that it is as the source says, from what the source had said before. `from` and `replaces` are left to
 * whoever records them.
 * @param later whether this is said of a later time than anything that was imported: tells apart texts of earlier Dockets.
 */
export function corrections(
  state: SourceState,
  present: Present,
  naming: Naming,
  later: boolean,
): Correction[] {
  const found: Correction[] = []
  const add = (
    type: string,
    data: JsonFields,
    key: readonly string[],
    more: Partial<Correction> = {},
  ): void => {
    found.push({ type, data, key, by: nobody, ...more })
  }
  /**
   * The text, where it differs from what was said. Where an earlier Docket converted it otherwise and kept no original, only a later time tells that it
   * changed.
   */
  const changed = (said: SaidText, { hash, text }: PresentText, newer: boolean): FittedText | undefined => {
    if (said.original === hash || (said.original === null && !newer)) return undefined
    const fitted = fitBody(text)
    return saysTheSame(said, hash, fitted.text) ? undefined : fitted
  }

  for (const field of fieldsOf('text')) correctField(field, state, present, naming, add)
  if (present.description) {
    const { hash } = present.description
    const now = changed(state.description, present.description, later)
    if (now)
      add('description_changed', { to: now.text }, [hash], {
        source: besideText(present.description, now),
        originalHash: hash,
      })
  }
  for (const field of fieldsOf('rank', 'day', 'reference', 'number'))
    correctField(field, state, present, naming, add)
  const { status } = present
  if (status && status.to !== state.status) {
    const { to, by = nobody, at, reason, source } = status
    const data = { to, ...(reason ? { reason: fitBody(reason).text } : {}) }
    add('status_changed', data, [to], { by, at, source })
  }
  if (present.archived !== undefined && present.archived !== state.archived)
    add(present.archived ? 'archived' : 'restored', {}, [])
  sets(state, present, naming, add)
  comments(state, present, naming, add, changed)
  const { fields = {} } = present
  // Only links to issues that are not here are lists of keys.
  const noLinks = present.links
    ? [...state.fields].flatMap(([field, value]) => (Array.isArray(value) && !(field in fields) ? field : []))
    : []
  for (const field of noLinks) add('field_changed', { field, to: null }, [field, 'null'])
  for (const [field, value] of Object.entries(fields)) {
    const to = fitJson(value)
    if (!sameJson(to, state.fields.get(field) ?? null))
      add('field_changed', { field, to }, [field, JSON.stringify(to)])
  }
  if (present.beside) besides(state, present.beside, add)
  const key = state.fields.get('Key') ?? state.externalKey
  const moved = String(key).toLowerCase() !== present.externalKey.toLowerCase()
  if (state.externalKey && moved)
    add('field_changed', { field: 'Key', to: present.externalKey }, ['Key', present.externalKey])
  return found
}

function besides(state: SourceState, { now, says, words }: FieldsBeside, add: Add): void {
  const said = (value: unknown): unknown => fitJson(words(value) ?? null)
  for (const field of new Set([...Object.keys(state.kept), ...Object.keys(now)])) {
    if (!says(field)) continue
    const from = fieldSaid(state, field, said(state.kept[field]))
    const to = said(now[field])
    if (!sameJson(to, from)) add('field_changed', { field, from, to }, [field, JSON.stringify(to)])
  }
}

function correctField(
  field: IssueField,
  state: SourceState,
  present: Present,
  naming: Naming,
  add: Add,
): void {
  const { key, initial, event } = field
  const said: unknown = present[key]
  if (said === undefined) return
  const to = valueSaid(field, said, naming)
  const before = present.keptAs?.[key]
  const isKnown =
    state[key] === initial && before?.value !== undefined && sameJson(state.kept[before.name], before.value)
  if (to !== state[key] && !isKnown) add(event.name, { to }, [String(to ?? '')])
}

/** A field's value as Docket has it, from what a source says. */
export function valueSaid(
  { kind }: IssueField,
  said: unknown,
  naming: Pick<Naming, 'member' | 'project'>,
): FieldValue {
  if (kind.operand === 'text') return fitTitle(said) ?? untitled
  if (said === null) return null
  if (kind.operand !== 'reference') return said as FieldValue
  return kind.to === 'project' ? naming.project(String(said)) : naming.member(said as SourcePerson)
}

const besideText = ({ source }: PresentText, { cutBytes }: FittedText): JsonFields | undefined =>
  cutBytes > 0 ? { ...source, cutBytes } : source

type Add = (type: string, data: JsonFields, key: readonly string[], more?: Partial<Correction>) => void

function sets(state: SourceState, present: Present, naming: Naming, add: Add): void {
  if (present.labels) {
    const now = new Map(present.labels.map((label) => [naming.label(label), label]))
    for (const [labelId, of] of state.labels)
      if (!now.has(labelId) && !(of !== undefined && present.labelsUnsaid?.includes(of)))
        add('unlabeled', { labelId }, [labelId])
    for (const [labelId, { of }] of now)
      if (!state.labels.has(labelId))
        add('labeled', { labelId }, [labelId], { source: of === undefined ? undefined : { of } })
  }
  if (present.assignees) {
    const now = new Set(present.assignees.map(naming.member))
    for (const memberId of state.assignees)
      if (!now.has(memberId)) add('unassigned', { memberId }, [memberId])
    for (const memberId of now) if (!state.assignees.has(memberId)) add('assigned', { memberId }, [memberId])
  }
  if (present.links) {
    const { list, gone } = present.links
    const now = new Set(list.map(({ kind, target }) => linkKey(kind, target)))
    for (const key of state.links) {
      const [kind, target = ''] = key.split(' ') as [LinkKind, string?]
      if (!now.has(key) && gone(kind, target)) add('unlinked', { kind, target }, [kind, target])
    }
    const added = new Set<string>()
    for (const { kind, target, at, source } of list) {
      const key = linkKey(kind, target)
      if (state.links.has(key) || added.has(key)) continue
      added.add(key)
      add('linked', { kind, target }, [kind, target], { at, source })
    }
  }
}

function comments(
  state: SourceState,
  present: Present,
  naming: Naming,
  add: Add,
  changed: (said: SaidText, now: PresentText, newer: boolean) => FittedText | undefined,
): void {
  if (!present.comments) return
  const seen = new Set<string>()
  for (const comment of present.comments.list) {
    let times = 0
    let commentId = naming.comment(comment.id, times)
    while (state.comments.get(commentId)?.deleted) commentId = naming.comment(comment.id, ++times)
    // Of two under one id, the first stands.
    if (seen.has(commentId)) continue
    seen.add(commentId)
    const said = state.comments.get(commentId)
    const { at, edited, hash } = comment
    const now = said ? changed(said.text, comment, (edited ?? at) > said.at) : fitBody(comment.text)
    if (!now) continue
    const more = { source: besideText(comment, now), originalHash: hash }
    const data = { commentId, body: now.text }
    if (said) {
      const by = comment.editor ?? nobody
      add('comment_edited', data, [commentId, hash], { ...more, by, at: edited })
    } else add('commented', data, [commentId], { ...more, by: comment.by, at })
  }
  if (!present.comments.complete) return
  for (const [commentId, { deleted }] of state.comments)
    if (!deleted && !seen.has(commentId)) add('comment_deleted', { commentId }, [commentId])
}
