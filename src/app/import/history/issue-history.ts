import { eventRegistry } from '#core/event-registry.ts'
import type { EventMetadata } from '#core/events/event.ts'
import { eachField, type FieldValue, fields } from '#core/issue/fields/fields.ts'
import type { Millis } from '#core/values/ids.ts'
import type { JsonFields } from '../records/json-records.ts'
import { fitBody, fitJson, fitTitle, untitled } from '../records/source-text.ts'
import type { ImportDirectory } from './import-entities.ts'
import type { ImportContext, ImportedEvent, ImportedStream, ImportItem } from './imported.ts'
import { changeOf, namedBy } from './issue-change.ts'
import { saidBefore } from './issue-here.ts'
import { referenced, settledHistory } from './settled-history.ts'
import type { IssueHistory, Said } from './source-acts.ts'
import { nobody, type SourcePerson } from './source-person.ts'
import { type Naming, valueSaid } from './source-present.ts'
import { note, nothingSaid } from './source-state.ts'
import { transitionBetween } from './status-mapping.ts'

const registry = eventRegistry()
const plain: EventMetadata = Object.freeze({ triggeredBy: 'import' })
/** The longest `from` of a field that is kept whole; the rest is in the event that set it. */
const maxFrom = 1_000

/** @param identity what the issue's ids are derived from: format, project, the source's id. */
export function issueHistory(
  identity: readonly string[],
  line: number,
  directory: ImportDirectory,
  { derive, here }: ImportContext,
): IssueHistory {
  const issueId = derive(...identity, 'issue')
  const events: ImportedEvent[] = []
  /** Ids of those that are concluded. */
  const concluded = new Set<string>()
  /** What the file has told so far. */
  const told = nothingSaid()
  const needed = new Map<string, ImportedStream>()
  const problems: string[] = []
  const used = new Map<string, number>()
  let status = 'open'
  const set: Record<string, FieldValue> = eachField(({ initial }): FieldValue => initial)
  let archived = false
  let descriptionEvent: string | undefined
  let description = ''
  const assignees = new Set<string>()
  const labels = new Set<string>()
  const links = new Set<string>()
  const comments = new Map<string, string>()
  const deletions = new Map<string, number>()
  const values = new Map<string, unknown>()

  function member(person: SourcePerson, at: Millis): string {
    const { id, stream } = directory.member(person, at)
    needed.set(id, stream)
    return id
  }

  /** @returns the event's id, or `null` where the payload does not pass its schema. */
  function push(type: string, data: Record<string, unknown>, said: Said, extra?: JsonFields): string | null {
    const key = JSON.stringify([type, ...said.key])
    const before = used.get(key) ?? 0
    used.set(key, before + 1)
    // The same thing said twice by the source is told apart by how often it was said before.
    const id = derive(...identity, type, ...said.key, ...(before > 0 ? [`#${before + 1}`] : []))
    const parsed = registry.find(type)?.schema.safeParse(data)
    if (!parsed?.success) {
      const why =
        parsed?.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ') ??
        'unknown type'
      problems.push(`A "${type}" of the issue was left out: ${why}.`)
      return null
    }
    const source = said.source || extra ? { ...said.source, ...extra } : undefined
    const hash = said.originalHash === undefined ? undefined : { originalHash: said.originalHash }
    const event = {
      id,
      type,
      data,
      actorId: member(said.by, said.at),
      occurredAt: said.at,
      metadata: source || hash ? { ...plain, ...hash, ...(source ? { source } : {}) } : plain,
    }
    events.push(event)
    if (said.concluded) concluded.add(id)
    note(told, event)
    return id
  }

  const body = (text: unknown) => {
    const fitted = fitBody(text)
    return { text: fitted.text, extra: fitted.cutBytes > 0 ? { cutBytes: fitted.cutBytes } : undefined }
  }
  const commentIds = new Map<string, string>()
  const commentIdAt = (id: string, deleted: number): string => {
    if (deleted > 0) return derive(...identity, 'comment', id, `#${deleted + 1}`)
    const known = commentIds.get(id) ?? derive(...identity, 'comment', id)
    commentIds.set(id, known)
    return known
  }
  /** A deleted comment stays deleted; one that a source brings back under its old id is a new one. */
  const commentIdOf = (id: string): string => {
    return commentIdAt(id, deletions.get(id) ?? 0)
  }
  const labelOf = (name: string, said: Said, colour?: string) =>
    directory.label(name, colour, member(said.by, said.at), said.at)

  return {
    issueId,
    begin(beginning, said) {
      const fitted = body(beginning.description)
      const found = fitTitle(beginning.title)
      description = fitted.text
      set.title = found ?? untitled
      for (const { key, initial, inCreated } of fields)
        if (inCreated && key !== 'title') set[key] = beginning[key] ?? initial
      const held = fields.flatMap(({ key, initial, inCreated }) =>
        inCreated && set[key] !== initial ? [[key, set[key]]] : [],
      )
      const id = push(
        'created',
        {
          ...Object.fromEntries(held),
          status,
          ...(description ? { description } : {}),
          externalKey: beginning.externalKey,
        },
        said,
        found === null || fitted.extra
          ? { ...(found === null ? { title: null } : {}), ...fitted.extra }
          : undefined,
      )
      if (description && id) descriptionEvent = id
      // What creations do not hold follows them.
      const { by, at, concluded } = said
      for (const { key, inCreated } of fields) {
        const value = key === 'title' ? undefined : beginning[key]
        if (!inCreated && value !== undefined && value !== null)
          this.set(key, value, { by, at, key: ['initial', key], ...(concluded ? { concluded } : {}) })
      }
    },
    set(key, wanted, said) {
      const field = fields.find((candidate) => candidate.key === key)
      if (!field) return
      const streams: ImportedStream[] = []
      const to = valueSaid(field, wanted, {
        member: (person) => member(person, said.at),
        project(name) {
          const made = directory.project(name, member(said.by, said.at), said.at)
          streams.push(made.stream)
          return made.id
        },
      })
      if (to === set[key] || !push(field.event.name, { from: set[key], to }, said)) return
      set[key] = to
      for (const stream of streams) needed.set(stream.streamId, stream)
    },
    describe(to, said) {
      const { text, extra } = body(to)
      if (text === description) return
      const id = push(
        'description_changed',
        { ...(descriptionEvent ? { replaces: descriptionEvent } : {}), to: text },
        said,
        extra,
      )
      if (id) [descriptionEvent, description] = [id, text]
    },
    move(to, said, reason) {
      if (to === status) return
      const data = {
        from: status,
        to,
        transition: transitionBetween(status, to),
        ...(reason ? { reason: fitBody(reason).text } : {}),
      }
      if (push('status_changed', data, said)) status = to
    },
    assign(person, said) {
      const memberId = member(person, said.at)
      if (!assignees.has(memberId) && push('assigned', { memberId }, said)) assignees.add(memberId)
    },
    unassign(person, said) {
      const memberId = member(person, said.at)
      if (assignees.has(memberId) && push('unassigned', { memberId }, said)) assignees.delete(memberId)
    },
    label(name, said, colour) {
      const { id, stream } = labelOf(name, said, colour)
      if (labels.has(id) || !push('labeled', { labelId: id }, said)) return
      labels.add(id)
      needed.set(id, stream)
    },
    unlabel(name, said) {
      const { id } = labelOf(name, said)
      if (labels.has(id) && push('unlabeled', { labelId: id }, said)) labels.delete(id)
    },
    comment(id, text, said) {
      if (comments.has(id)) return
      const fitted = body(text)
      if (push('commented', { commentId: commentIdOf(id), body: fitted.text }, said, fitted.extra))
        comments.set(id, fitted.text)
    },
    editComment(id, text, said) {
      const fitted = body(text)
      if (!comments.has(id) || comments.get(id) === fitted.text) return
      if (push('comment_edited', { commentId: commentIdOf(id), body: fitted.text }, said, fitted.extra))
        comments.set(id, fitted.text)
    },
    deleteComment(id, said) {
      if (!comments.has(id) || !push('comment_deleted', { commentId: commentIdOf(id) }, said)) return
      comments.delete(id)
      deletions.set(id, (deletions.get(id) ?? 0) + 1)
    },
    link(kind, target, said) {
      if (target === issueId || links.has(`${kind} ${target}`)) return
      if (push('linked', { kind, target }, said)) links.add(`${kind} ${target}`)
    },
    unlink(kind, target, said) {
      if (links.has(`${kind} ${target}`) && push('unlinked', { kind, target }, said))
        links.delete(`${kind} ${target}`)
    },
    field(name, to, said, atFirst) {
      if (name === '__proto__') return
      const next = fitJson(to)
      const from = values.has(name) ? values.get(name) : (atFirst ?? null)
      if (JSON.stringify(next) === JSON.stringify(from)) return
      if (push('field_changed', { field: name, from: abbreviated(from), to: next }, said))
        values.set(name, next)
    },
    attach(file, said) {
      push('attached', file, said)
    },
    archive(said) {
      if (!archived && push('archived', {}, said)) archived = true
    },
    restore(said) {
      if (archived && push('restored', {}, said)) archived = false
    },
    finish(present) {
      const items: ImportItem[] = problems.map((reason) => ({ kind: 'problem', line, reason }))
      if (events[0]?.type !== 'created') return items
      const naming: Naming = {
        member: (person) => member(person, present?.updatedAt ?? told.last),
        label({ name, colour }) {
          const made = directory.label(name, colour, member(nobody, told.last), told.last)
          needed.set(made.id, made.stream)
          return made.id
        },
        project(name) {
          const made = directory.project(name, member(nobody, told.last), told.last)
          needed.set(made.id, made.stream)
          return made.id
        },
        comment: commentIdAt,
      }
      const settled = settledHistory({
        identity,
        events,
        concluded,
        told,
        present,
        naming,
        before: here && saidBefore(here, issueId),
        idOf: (...parts) => derive(...identity, ...parts),
        actorOf: (person) => member(person, told.last),
      })
      for (const reason of settled.problems) items.push({ kind: 'problem', line, reason })
      const streams = [
        ...directory.unannounced(referenced(needed, settled.events, here)),
        { streamType: 'issue' as const, streamId: issueId, events: settled.events },
      ]
      const change =
        here && settled.added.length > 0
          ? changeOf(namedBy(here, needed), issueId, told.externalKey, settled.added)
          : undefined
      return [...items, { kind: 'history', line, streams, ...(change ? { change } : {}) }]
    },
  }
}

function abbreviated(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length <= maxFrom ? value : `${value.slice(0, maxFrom).toWellFormed()}…`
  return JSON.stringify(value).length <= maxFrom ? value : null
}
