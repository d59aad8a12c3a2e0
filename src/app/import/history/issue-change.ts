import type { ListedType } from '#core/entities/kinds/entities.ts'
import { fieldOfEvent, fieldValue, type IssueField } from '#core/issue/fields/fields.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import { sameJson } from '#core/values/same-json.ts'
import type { JsonFields } from '../records/json-records.ts'
import type { ImportTarget } from './import-target.ts'
import type { ImportedEvent, ImportedStream, ReconciledIssue } from './imported.ts'

const shown = 60
const short = (value: unknown): string => {
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string')
  const text = typeof value === 'string' ? value : isList ? value.join(', ') : JSON.stringify(value ?? null)
  return text.length <= shown ? text : `${text.slice(0, shown - 1).toWellFormed()}…`
}
const quoted = (value: unknown): string => (value === null || value === '' ? 'nothing' : `“${short(value)}”`)

/** What new events of an issue change, as people read it, and which of it somebody here had changed too. */
export function changeOf(
  here: ImportTarget,
  issueId: string,
  key: string,
  added: readonly ImportedEvent[],
): ReconciledIssue {
  const issue = here.issue(issueId)
  const changes: string[] = []
  const conflicts = new Set<string>()
  const comments = { new: 0, edited: 0, gone: 0 }
  const named = (type: ListedType, id: unknown): string =>
    id === null ? 'nothing' : `“${here.nameOf(type, String(id)) ?? '?'}”`
  const valuesOf = ({ kind }: IssueField, { from, to }: JsonFields): string =>
    [from, to].map((of) => (kind.operand === 'reference' ? named(kind.to, of) : quoted(of))).join(' → ')
  const looked = new Set<unknown>()
  for (const event of added) {
    const { type, data } = event
    // Only the first change of a thing meets what was done here.
    const thing = data.commentId ?? (type === 'field_changed' ? `field ${data.field}` : type)
    const field = looked.has(thing) ? undefined : contested(issue, event)
    looked.add(thing)
    if (field) conflicts.add(field)
    const fromTo = `${quoted(data.from)} → ${quoted(data.to)}`
    const of = fieldOfEvent(type)
    if (of) changes.push(`${of.title.toLowerCase()} ${valuesOf(of, data)}`)
    else if (type === 'description_changed') changes.push('description')
    else if (type === 'status_changed') changes.push(`state ${fromTo}`)
    else if (type === 'labeled') changes.push(`label ${named('label', data.labelId)} added`)
    else if (type === 'unlabeled') changes.push(`label ${named('label', data.labelId)} removed`)
    else if (type === 'assigned') changes.push(`${named('member', data.memberId)} assigned`)
    else if (type === 'unassigned') changes.push(`${named('member', data.memberId)} unassigned`)
    else if (type === 'linked') changes.push(`link ${data.kind} added`)
    else if (type === 'unlinked') changes.push(`link ${data.kind} removed`)
    else if (type === 'commented') comments.new++
    else if (type === 'comment_edited') comments.edited++
    else if (type === 'comment_deleted') comments.gone++
    else if (type === 'field_changed') changes.push(`${short(data.field)} ${fromTo}`)
    else changes.push(type.replaceAll('_', ' '))
  }
  const counted = Object.entries(comments).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []))
  if (counted.length > 0) changes.push(`comments: ${counted.join(', ')}`)
  return { issueId, key, changes, conflicts: [...conflicts] }
}

/** The workspace with the names of those that come with the issue. */
export const namedBy = (here: ImportTarget, needed: ReadonlyMap<string, ImportedStream>): ImportTarget => ({
  ...here,
  nameOf(type, id) {
    const name = here.nameOf(type, id) ?? needed.get(id)?.events[0]?.data.name
    return typeof name === 'string' ? name : undefined
  },
})

/** The field of an event that somebody here had changed since the source last said it, to something else. */
function contested(issue: IssueState, { type, data }: ImportedEvent): string | undefined {
  const differs = (now: unknown): boolean => now !== data.from && now !== data.to
  const field = fieldOfEvent(type)
  if (field) return differs(fieldValue(issue, field)) ? field.title.toLowerCase() : undefined
  if (type === 'status_changed') return differs(issue.status) ? 'state' : undefined
  if (type === 'description_changed')
    return issue.descriptionEventId !== null &&
      (data.replaces ?? null) !== issue.descriptionEventId &&
      data.to !== issue.description
      ? 'description'
      : undefined
  if (type === 'field_changed') {
    const now = issue.fields[String(data.field)]
    const other = now !== undefined && !sameJson(now, data.from) && !sameJson(now, data.to)
    return other ? short(data.field) : undefined
  }
  if (type !== 'comment_edited' && type !== 'comment_deleted') return undefined
  const comment = issue.comments[String(data.commentId)]
  return comment && (comment.deleted ? type === 'comment_edited' : data.replaces !== comment.bodyEventId)
    ? 'comment'
    : undefined
}
