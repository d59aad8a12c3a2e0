import type { DirectoryChange } from '#core/directory-events.ts'
import type { RecordedEvent } from '#core/event.ts'
import type { IssueChange, LinkKind } from '#core/issue-events.ts'
import type { RuleChange } from '#core/rules/rule-events.ts'
import { cutAtWord, oneLine } from './cut-text.ts'
import type { WorkspaceReader } from './workspace-reader.ts'

type Change = IssueChange | DirectoryChange | RuleChange
type DataOf<Name extends Change['type']> = Extract<Change, { type: Name }>['data']

/** What a phrase is put together from. */
type Words = {
  /** The issue's key. */
  readonly key: string
  /** Whether the actor is the member that the event speaks of, and no rule acted for them. */
  readonly isActor: (memberId: string) => boolean
  readonly actor: string
  readonly member: (id: string) => string
  readonly label: (id: string) => string
  readonly project: (id: string) => string
  readonly issue: (id: string) => string
  readonly status: (id: string) => string
  /** A text of any length, on one line and cut. */
  readonly cut: (text: string) => string
  readonly event: RecordedEvent
}
/** What follows the actor's name. */
type Phrases = { readonly [Name in Change['type']]: (data: DataOf<Name>, words: Words) => string }

const quoted = (text: string): string => `“${text}”`
const after = (words: string, text: string): string => (text === '' ? words : `${words}: ${text}`)
const day = (text: string): string =>
  new Date(`${text}T00:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })

function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  const scalars = Array.isArray(value) && value.every((each) => typeof each !== 'object')
  return scalars ? value.join(', ') : JSON.stringify(value)
}

const linkWords: Readonly<Record<LinkKind, { on: (key: string) => string; off: string }>> = {
  blocks: { on: (key) => `marked ${key} as blocking`, off: 'no longer blocking' },
  relates_to: { on: (key) => `related ${key} to`, off: 'no longer related to' },
  duplicates: { on: (key) => `marked ${key} as a duplicate of`, off: 'no longer a duplicate of' },
  parent: { on: (key) => `put ${key} under`, off: 'no longer under' },
}

const phrases: Phrases = {
  created: ({ title }, { key, cut }) => `created ${key}: ${cut(title)}`,
  title_changed: ({ to }, { key, cut }) => `renamed ${key} to ${quoted(cut(to))}`,
  description_changed: ({ replaces, to }, { key, cut }) =>
    to === ''
      ? `cleared the description of ${key}`
      : after(`${replaces ? 'edited' : 'wrote'} the description of ${key}`, cut(to)),
  priority_changed: ({ to }, { key }) =>
    to === 'none' ? `took the priority off ${key}` : `set the priority of ${key} to ${to}`,
  due_date_changed: ({ from, to }, { key }) => {
    if (to === null) return `removed the due date of ${key}`
    return `${from === null ? 'set' : 'moved'} the due date of ${key} to ${day(to)}`
  },
  project_changed: ({ from, to }, { key, project }) => {
    if (to !== null) return `moved ${key} to the project ${project(to)}`
    return `took ${key} out of ${from === null ? 'its project' : `the project ${project(from)}`}`
  },
  assigned: ({ memberId }, { key, isActor, member }) =>
    isActor(memberId) ? `took ${key}` : `assigned ${key} to ${member(memberId)}`,
  unassigned: ({ memberId }, { key, isActor, member }) =>
    isActor(memberId) ? `gave up ${key}` : `took ${key} from ${member(memberId)}`,
  labeled: ({ labelId }, { key, label }) => `added the label ${label(labelId)} to ${key}`,
  unlabeled: ({ labelId }, { key, label }) => `removed the label ${label(labelId)} from ${key}`,
  commented: ({ body }, { key, cut }) => after(`commented on ${key}`, cut(body)),
  comment_edited: ({ body }, { key, cut }) => after(`edited a comment on ${key}`, cut(body)),
  comment_deleted: (_, { key }) => `deleted a comment on ${key}`,
  numbered: ({ number }, { key }) => `gave ${key} the number ${number}`,
  conflict_settled: ({ how }, { key, event }) => {
    const of = event.streamType === 'issue' ? key : `a ${event.streamType}`
    return how === 'flipped'
      ? `made a change of ${of} again that had no effect`
      : `left a change of ${of} without effect`
  },
  status_changed: ({ to, reason }, { key, status, cut }) =>
    after(`moved ${key} to ${status(to)}`, cut(reason ?? '')),
  linked: ({ kind, target }, { key, issue }) => `${linkWords[kind].on(key)} ${issue(target)}`,
  unlinked: ({ kind, target }, { key, issue }) => `marked ${key} as ${linkWords[kind].off} ${issue(target)}`,
  subscribed: ({ memberId }, { key, isActor, member }) =>
    isActor(memberId) ? `subscribed to ${key}` : `subscribed ${member(memberId)} to ${key}`,
  unsubscribed: ({ memberId }, { key, isActor, member }) =>
    isActor(memberId) ? `unsubscribed from ${key}` : `unsubscribed ${member(memberId)} from ${key}`,
  muted: ({ memberId }, { key, isActor, member }) =>
    isActor(memberId) ? `muted ${key}` : `muted ${key} for ${member(memberId)}`,
  unmuted: ({ memberId }, { key, isActor, member }) =>
    isActor(memberId) ? `unmuted ${key}` : `unmuted ${key} for ${member(memberId)}`,
  notified: ({ memberId, text }, { key, member, cut }) =>
    after(`notified ${member(memberId)} about ${key}`, cut(text)),
  viewed: (_, { key }) => `viewed ${key}`,
  archived: (_, { key }) => `archived ${key}`,
  restored: (_, { key }) => `restored ${key}`,
  field_changed: ({ field, to }, { key, cut }) => {
    const value = cut(plain(to))
    const name = quoted(cut(field))
    return value === '' ? `cleared ${name} of ${key}` : `set ${name} of ${key} to ${value}`
  },
  attached: ({ name }, { key, cut }) => `attached ${cut(name)} to ${key}`,
  workspace_created: ({ name }, { cut }) => `created the workspace ${cut(name)}`,
  workspace_renamed: ({ to }, { cut }) => `renamed the workspace to ${cut(to)}`,
  workflow_changed: () => 'changed the workflow',
  owners_noted: () => 'noted who the owners of the workspace are',
  times_corrected: () => 'corrected the times that a wrong clock gave to events',
  member_joined: ({ name, handle }, { actor, cut }) =>
    name === actor ? `joined as @${handle}` : `added ${cut(name)} as @${handle}`,
  member_email_changed: ({ to }, { cut }) =>
    to === null ? 'took a member’s e-mail address away' : `set a member’s e-mail address to ${cut(to)}`,
  member_renamed: ({ from, to }, { cut }) => `renamed the member ${cut(from)} to ${cut(to)}`,
  rule_added: ({ rule }, { cut }) => `added the rule ${quoted(cut(rule.name))}`,
  rule_changed: ({ to }, { cut }) => `changed the rule ${quoted(cut(to.name))}`,
  rule_enabled: ({ name }, { cut }) => `turned on the rule ${quoted(cut(name))}`,
  rule_disabled: ({ name }, { cut }) => `turned off the rule ${quoted(cut(name))}`,
  rule_hold_answered: ({ name, acts, issues }, { cut }) =>
    `had the rule ${quoted(cut(name))} ${acts ? 'act on' : 'leave alone'} ${issues} issues that it waited with`,
  rule_removed: ({ name }, { cut }) => `removed the rule ${quoted(cut(name))}`,
  label_created: ({ name }, { cut }) => `created the label ${cut(name)}`,
  label_renamed: ({ from, to }, { cut }) => `renamed the label ${cut(from)} to ${cut(to)}`,
  project_created: ({ name }, { cut }) => `created the project ${cut(name)}`,
  project_renamed: ({ from, to }, { cut }) => `renamed the project ${cut(from)} to ${cut(to)}`,
  label_recoloured: (_, { event, label }) => `gave the label ${label(event.streamId)} another colour`,
}

const isKnown = (type: string): type is Change['type'] => Object.hasOwn(phrases, type)

/** Who did it: a rule by its name where a rule did it, a member otherwise. */
export function actorName(event: RecordedEvent, workspace: WorkspaceReader): string {
  const { triggeredBy, ruleName } = event.metadata
  if (triggeredBy === 'automation')
    return typeof ruleName === 'string' && ruleName !== '' ? `The rule ${quoted(ruleName)}` : 'A rule'
  return workspace.member(event.actorId)?.name ?? 'Someone'
}

/**
 * One plain sentence on one line for what happened, without a full stop: "Ada moved DOC-42 to In progress". Total: a type that Docket
 * does not know, or a payload that is not here, gets a general sentence.
 * @param textLimit the most characters that a text which somebody wrote may take in it; a longer one is cut after a whole word.
 */
export function eventSentence(event: RecordedEvent, workspace: WorkspaceReader, textLimit = 200): string {
  const ofIssue = event.streamType === 'issue'
  const key = ofIssue ? workspace.issueKey(event.streamId) : ''
  const actor = actorName(event, workspace)
  const general = (about: string): string =>
    `${actor} recorded ${quoted(event.type.replaceAll('_', ' '))}${ofIssue ? ` on ${key}` : ''}${about}`
  const about = ofIssue ? ` on ${key}` : ''
  if (event.waiting === 'unknown') return `${actor} did something that a newer Docket recorded${about}`
  if (event.waiting) return `${actor} did something that can’t be read here${about}`
  if (!isKnown(event.type)) return general('')
  // Payloads are lifted to their type's current shape when the log is read, so they are trusted here.
  const say = phrases[event.type] as (data: unknown, words: Words) => string
  const cut = (text: string): string => cutAtWord(oneLine(text), textLimit)
  const rule = event.metadata.triggeredBy === 'automation'
  const said = say(event.data, {
    key,
    actor,
    event,
    cut,
    isActor: (id) => !rule && id === event.actorId,
    member: (id) => workspace.member(id)?.name ?? 'someone',
    project: (id) => quoted(workspace.project(id)?.name ?? 'a project'),
    label: (id) => quoted(workspace.label(id)?.name ?? 'a label'),
    issue: (id) => workspace.issueKey(id),
    status: (id) => workspace.workflow().states.find((state) => state.id === id)?.name ?? id,
  })
  return `${actor} ${said}`
}
