import type { EventMetadata } from '#core/event.ts'
import { eventRegistry } from '#core/event-registry.ts'
import type { Millis } from '#core/ids.ts'
import type { Priority } from '#core/priority.ts'
import { saidBefore } from './here.ts'
import { type ImportDirectory, nobody, type SourcePerson } from './import-directory.ts'
import type { ImportContext, ImportedEvent, ImportedStream, ImportItem } from './imported.ts'
import { changeOf, namedBy } from './issue-change.ts'
import type { Fields } from './json-records.ts'
import type { Naming } from './present.ts'
import { referenced, settledHistory } from './settled-history.ts'
import { note, nothingSaid } from './source-state.ts'
import { fitBody, fitJson, fitTitle, untitled } from './source-text.ts'
import { transitionBetween } from './status-mapping.ts'
import type { IssueHistory, Said } from './telling.ts'

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
  let title = ''
  let priority: Priority = 'none'
  let dueDate: string | null = null
  let project: string | null = null
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
  function push(type: string, data: Record<string, unknown>, said: Said, extra?: Fields): string | null {
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
  /** A deleted comment stays deleted; one that a source brings back under its old id is a new one. */
  const commentIdOf = (id: string): string => {
    const deleted = deletions.get(id) ?? 0
    return derive(...identity, 'comment', id, ...(deleted > 0 ? [`#${deleted + 1}`] : []))
  }
  const labelOf = (name: string, said: Said, colour?: string) =>
    directory.label(name, colour, member(said.by, said.at), said.at)

  return {
    issueId,
    begin(beginning, said) {
      const fitted = body(beginning.description)
      const found = fitTitle(beginning.title)
      title = found ?? untitled
      description = fitted.text
      priority = beginning.priority ?? 'none'
      dueDate = beginning.dueDate ?? null
      const id = push(
        'created',
        {
          title,
          status,
          ...(description ? { description } : {}),
          ...(priority === 'none' ? {} : { priority }),
          ...(dueDate ? { dueDate } : {}),
          externalKey: beginning.externalKey,
        },
        said,
        found === null || fitted.extra
          ? { ...(found === null ? { title: null } : {}), ...fitted.extra }
          : undefined,
      )
      if (description && id) descriptionEvent = id
    },
    retitle(to, said) {
      const next = fitTitle(to) ?? untitled
      if (next !== title && push('title_changed', { from: title, to: next }, said)) title = next
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
    prioritise(to, said) {
      if (to !== priority && push('priority_changed', { from: priority, to }, said)) priority = to
    },
    due(to, said) {
      if (to !== dueDate && push('due_date_changed', { from: dueDate, to }, said)) dueDate = to
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
    project(name, said) {
      const made = name === null ? null : directory.project(name, member(said.by, said.at), said.at)
      const to = made?.id ?? null
      if (to === project || !push('project_changed', { from: project, to }, said)) return
      project = to
      if (made) needed.set(made.id, made.stream)
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
        comment: (id, times) => derive(...identity, 'comment', id, ...(times > 0 ? [`#${times + 1}`] : [])),
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
