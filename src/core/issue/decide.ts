import type { IssueCommand } from '../commands.ts'
import type { Conflict } from '../conflicts/conflict.ts'
import { decideSettling, notFlippable } from '../conflicts/resolve-conflict.ts'
import type { RecordedEvent } from '../events/event.ts'
import type { CommentId, EventId, IssueId, MemberId } from '../values/ids.ts'
import { done, type Refusal, type Result, refuse } from '../values/refusal.ts'
import { unreachable } from '../values/unreachable.ts'
import type { IssueMachine } from '../workflow/issue-machine.ts'
import { decideField, decideNewFields, refuseStale, unknownMember } from './decide-field.ts'
import { type FieldValue, fieldNamed, fieldOfCommand, type IssueField, valueIn } from './fields/fields.ts'
import type { IssueChange } from './issue-events.ts'
import type { IssueState } from './issue-state.ts'
import type { LinkKind } from './link-kinds.ts'

/** What a decision may ask beside the issue itself. Reads only. */
export type DecisionContext = {
  /** The member who wants it. */
  readonly actorId: string
  readonly machine: IssueMachine
  readonly initialStatus: string
  /** The number for a new issue's key, or `undefined` where a server assigns it. */
  readonly nextNumber: () => number | undefined
  readonly memberExists: (id: string) => boolean
  readonly labelExists: (id: string) => boolean
  readonly projectExists: (id: string) => boolean
  /** The members whom a text mentions, each once. */
  readonly mentioned: (text: string) => readonly string[]
  readonly issueExists: (id: string) => boolean
  /** The keys along the circle that a link would close, from its source back to it; `undefined` where it closes none. */
  readonly circle: (kind: LinkKind, source: string, target: string) => readonly string[] | undefined
  /** The conflicts that an issue's links are in with those of all. */
  readonly linkConflicts: (issueId: string) => readonly Conflict[]
  /** An event of the log, by id. */
  readonly eventOf: (id: string) => Pick<RecordedEvent, 'type' | 'data' | 'waiting'> | undefined
  /** The state's name as people read it. */
  readonly statusName: (id: string) => string
}

type Decision = Result<readonly IssueChange[]>

const nothing: Decision = done([])
const one = (change: IssueChange): Decision => done([change])

/** The part of a payload that says whom a text newly mentions; nothing where nobody. @param before those mentioned already. */
function mentioning(
  text: string,
  context: DecisionContext,
  before: readonly string[] = [],
): { mentions?: MemberId[] } {
  const mentions = context.mentioned(text).filter((id) => !before.includes(id)) as MemberId[]
  return mentions.length > 0 ? { mentions } : {}
}

const unknownLabel = (id: string) =>
  refuse('unknown_label', 'That label does not exist in this workspace.', { labelId: id })
type FieldCommand = Extract<IssueCommand, { type: IssueField['command']['name'] }>
const isFieldCommand = (command: IssueCommand): command is FieldCommand =>
  fieldOfCommand(command.type) !== undefined

function decideFieldCommand(state: IssueState, command: FieldCommand, context: DecisionContext): Decision {
  const field = fieldOfCommand(command.type)
  const to = field && valueIn(command, field)
  if (!field || to === undefined) return nothing
  return decideField(state, field, to, context, 'base' in command ? command.base : undefined)
}

function decideCreate(
  state: IssueState,
  command: Extract<IssueCommand, { type: 'create' }>,
  context: DecisionContext,
): Decision {
  if (state.exists)
    return refuse('issue_exists', 'An issue with this id exists already; nothing was changed.', {
      issueId: state.id,
    })
  const stranger = command.assignees?.find((id) => !context.memberExists(id))
  if (stranger) return unknownMember(stranger)
  const missing = command.labels?.find((id) => !context.labelExists(id))
  if (missing) return unknownLabel(missing)
  const { description } = command
  const set = decideNewFields(state, command, context)
  if (!set.ok) return set
  if ((command.links ?? []).filter(({ kind }) => kind === 'parent').length > 1)
    return refuse('invalid_command', 'An issue has one parent. Nothing was created.')
  const number = context.nextNumber()
  const changes: IssueChange[] = [
    {
      type: 'created',
      data: {
        title: command.title,
        ...set.value.held,
        status: context.initialStatus,
        ...(number === undefined ? {} : { number }),
        ...(description ? { description, ...mentioning(description, context) } : {}),
      },
    },
    ...set.value.later,
  ]
  for (const memberId of new Set(command.assignees)) changes.push({ type: 'assigned', data: { memberId } })
  for (const labelId of new Set(command.labels)) changes.push({ type: 'labeled', data: { labelId } })
  for (const link of command.links ?? []) {
    const refusal = refuseLink(state, link, context)
    if (refusal) return { ok: false, error: refusal }
    changes.push({ type: 'linked', data: link })
  }
  return done(changes)
}

/** What a circle that would be closed is called; a long one is cut in the middle. */
function circleWords(keys: readonly string[]): string {
  const shown = keys.length <= 8 ? keys : [...keys.slice(0, 4), '…', ...keys.slice(-3)]
  return shown.join(' → ')
}

/** An issue has one parent: another one takes the place of those that it has, and one of several is picked. */
function decideParent(state: IssueState, target: IssueId): readonly IssueChange[] {
  const parents = state.links.filter(({ kind }) => kind === 'parent')
  return [
    ...parents
      .filter((link) => link.target !== target)
      .map(
        (link): IssueChange => ({
          type: 'unlinked',
          data: { kind: 'parent', target: link.target as IssueId },
        }),
      ),
    ...(parents.some((link) => link.target === target)
      ? []
      : [{ type: 'linked', data: { kind: 'parent', target } } as const]),
  ]
}

function refuseLink(
  state: IssueState,
  link: { kind: LinkKind; target: string },
  context: DecisionContext,
): Refusal | undefined {
  if (link.target === state.id) return refuse('link_to_self', 'An issue can not be linked to itself.').error
  if (!context.issueExists(link.target))
    return refuse('unknown_issue', 'The issue to link to does not exist.', { issueId: link.target }).error
  const circle = context.circle(link.kind, state.id, link.target)
  if (circle)
    return refuse('link_cycle', `That would close a circle: ${circleWords(circle)}. Nothing was changed.`, {
      issueId: link.target,
      circle,
    }).error
  return undefined
}

/** A comment's text as it stands now; nothing where it was erased. */
function textNow(eventId: string, context: DecisionContext): string {
  const data = context.eventOf(eventId)?.data as { readonly body?: unknown } | undefined
  return typeof data?.body === 'string' ? data.body : ''
}

function decideComment(
  state: IssueState,
  command: Extract<IssueCommand, { type: 'edit_comment' | 'delete_comment' }>,
  context: DecisionContext,
): Decision {
  const comment = state.comments[command.commentId]
  if (!comment || comment.deleted)
    return refuse('unknown_comment', 'That comment does not exist any more.', {
      commentId: command.commentId,
    })
  if (comment.authorId !== context.actorId)
    return refuse('not_your_comment', 'Only the author of a comment can edit or delete it.', {
      authorId: comment.authorId,
    })
  if (command.type === 'edit_comment') {
    const now = command.base === undefined ? '' : textNow(comment.bodyEventId, context)
    const stale = now === command.body ? undefined : refuseStale('comment', command.base, now)
    if (stale) return stale
  }
  return command.type === 'edit_comment'
    ? one({
        type: 'comment_edited',
        data: {
          commentId: command.commentId,
          body: command.body,
          replaces: comment.bodyEventId as EventId,
          ...mentioning(command.body, context, comment.mentions),
        },
      })
    : one({
        type: 'comment_deleted',
        data: { commentId: command.commentId, replaces: comment.bodyEventId as EventId },
      })
}

function decideTransition(
  state: IssueState,
  command: Extract<IssueCommand, { type: 'transition' }>,
  { machine, statusName }: DecisionContext,
): Decision {
  const to = machine.next(state.status, command.transition)
  if (to === undefined) {
    const allowed = machine.allowed(state.status).map((transition) => transition.name)
    return refuse(
      'transition_not_allowed',
      `"${command.transition}" is not possible from ${statusName(state.status)}; possible now: ${allowed.join(', ') || 'nothing'}.`,
      { from: state.status, allowed },
    )
  }
  const reason = command.reason?.trim()
  return one({
    type: 'status_changed',
    data: { from: state.status, to, transition: command.transition, ...(reason ? { reason } : {}) },
  })
}

/** The shortest way through the workflow from one status to another, as transitions. */
function wayTo(machine: IssueMachine, from: string, to: string): readonly IssueChange[] | undefined {
  const ways = new Map<string, readonly IssueChange[]>([[from, []]])
  for (const [status, way] of ways) {
    if (status === to) return way
    for (const step of machine.allowed(status))
      if (!ways.has(step.to))
        ways.set(step.to, [
          ...way,
          { type: 'status_changed', data: { from: status, to: step.to, transition: step.name } },
        ])
  }
  return undefined
}

/** The change that lost, made again on the issue as it is now. */
function reapply(state: IssueState, found: Conflict, context: DecisionContext): Decision {
  const lost = context.eventOf(found.lost)
  if (!lost || lost.waiting) return notFlippable('its text can’t be read')
  const data = lost.data as { to?: unknown; body?: string; description?: string }
  const { of = '' } = found
  switch (found.field) {
    case 'status': {
      const way = wayTo(context.machine, state.status, String(data.to))
      const { statusName } = context
      return way
        ? done(way)
        : notFlippable(
            `there is no way from ${statusName(state.status)} to ${statusName(String(data.to))} in this workflow`,
          )
    }
    case 'description': {
      const description = String(lost.type === 'created' ? (data.description ?? '') : data.to)
      return decide(state, { type: 'change_description', issueId: state.id as never, description }, context)
    }
    case 'field':
      return one({
        type: 'field_changed',
        data: { field: of, from: (state.fields[of] ?? null) as never, to: data.to as never },
      })
    case 'link': {
      const { kind, target } = lost.data as { kind: LinkKind; target: IssueId }
      const won = context.eventOf(found.won)?.data as { kind?: LinkKind; target?: IssueId } | undefined
      if (kind === 'parent' && state.links.some((link) => link.kind === kind && link.target === won?.target))
        return done(decideParent(state, target))
      return notFlippable('it would close a circle; take one of the other links of the circle away first')
    }
    case 'comment': {
      if (state.comments[of]?.deleted)
        return notFlippable('the comment was deleted; copy its text into a new one')
      const commentId = of as CommentId
      const body = String(data.body)
      return decideComment(
        state,
        { type: 'edit_comment', issueId: state.id as never, commentId, body },
        context,
      )
    }
    default: {
      const field = fieldNamed(found.field)
      return field
        ? decideField(state, field, data.to as FieldValue, context)
        : notFlippable('it is no change of an issue')
    }
  }
}

/**
 * What a command leads to: the events to record (none where nothing would change), or a refusal. Pure; nothing is recorded here.
 * @param state the issue as it is now. Never changed.
 */
export function decide(state: IssueState, command: IssueCommand, context: DecisionContext): Decision {
  if (command.type === 'create') return decideCreate(state, command, context)
  if (!state.exists)
    return refuse('unknown_issue', 'There is no such issue in this workspace.', { issueId: command.issueId })
  const quiet =
    command.type === 'restore' ||
    command.type === 'mark_viewed' ||
    command.type === 'dismiss_conflict' ||
    command.type === 'subscribe' ||
    command.type === 'unsubscribe' ||
    command.type === 'mute' ||
    command.type === 'unmute' ||
    command.type === 'notify'
  if (state.archived && !quiet && command.type !== 'archive')
    return refuse('issue_archived', 'This issue is archived. Restore it first, then change it.', {
      issueId: state.id,
    })

  switch (command.type) {
    case 'change_description': {
      if (command.description === state.description) return nothing
      const stale = refuseStale('description', command.base, state.description)
      if (stale) return stale
      const replaces = state.descriptionEventId as never
      return one({
        type: 'description_changed',
        data: {
          ...(replaces ? { replaces } : {}),
          to: command.description,
          ...mentioning(command.description, context, context.mentioned(state.description)),
        },
      })
    }
    case 'assign':
      if (state.assignees.includes(command.memberId)) return nothing
      if (!context.memberExists(command.memberId)) return unknownMember(command.memberId)
      return one({ type: 'assigned', data: { memberId: command.memberId } })
    case 'unassign':
      return state.assignees.includes(command.memberId)
        ? one({ type: 'unassigned', data: { memberId: command.memberId } })
        : nothing
    case 'label':
      if (state.labels.includes(command.labelId)) return nothing
      if (!context.labelExists(command.labelId)) return unknownLabel(command.labelId)
      return one({ type: 'labeled', data: { labelId: command.labelId } })
    case 'unlabel':
      return state.labels.includes(command.labelId)
        ? one({ type: 'unlabeled', data: { labelId: command.labelId } })
        : nothing
    case 'comment':
      if (Object.hasOwn(state.comments, command.commentId)) return nothing
      return one({
        type: 'commented',
        data: {
          commentId: command.commentId,
          body: command.body,
          ...mentioning(command.body, context),
        },
      })
    case 'edit_comment':
    case 'delete_comment':
      return decideComment(state, command, context)
    case 'transition':
      return decideTransition(state, command, context)
    case 'link': {
      const isSet = state.links.some((link) => link.kind === command.kind && link.target === command.target)
      const refusal = isSet ? undefined : refuseLink(state, command, context)
      if (refusal) return { ok: false, error: refusal }
      if (command.kind === 'parent') return done(decideParent(state, command.target))
      return isSet ? nothing : one({ type: 'linked', data: { kind: command.kind, target: command.target } })
    }
    case 'unlink':
      return state.links.some((link) => link.kind === command.kind && link.target === command.target)
        ? one({ type: 'unlinked', data: { kind: command.kind, target: command.target } })
        : nothing
    case 'flip_conflict':
    case 'dismiss_conflict':
      return decideSettling(
        { conflicts: [...state.conflicts, ...context.linkConflicts(state.id)], settled: state.settled },
        command,
        (found) => reapply(state, found, context),
      )
    case 'subscribe':
    case 'unsubscribe': {
      const memberId = (command.memberId ?? context.actorId) as never
      if (!context.memberExists(memberId)) return unknownMember(memberId)
      const on = command.type === 'subscribe'
      const known = state.subscribers[memberId]
      // Who asks to hear of it again is muted no more.
      if ((known?.on ?? false) === on && !(on && known?.muted)) return nothing
      return one({ type: on ? 'subscribed' : 'unsubscribed', data: { memberId } })
    }
    case 'mute':
    case 'unmute': {
      const memberId = (command.memberId ?? context.actorId) as never
      if (!context.memberExists(memberId)) return unknownMember(memberId)
      const on = command.type === 'mute'
      if ((state.subscribers[memberId]?.muted ?? false) === on) return nothing
      return one({ type: on ? 'muted' : 'unmuted', data: { memberId } })
    }
    case 'notify': {
      const stranger = command.memberIds.find((id) => !context.memberExists(id))
      if (stranger) return unknownMember(stranger)
      return done(
        [...new Set(command.memberIds)].map((memberId) => ({
          type: 'notified',
          data: { memberId, text: command.text },
        })),
      )
    }
    case 'mark_viewed':
      return one({ type: 'viewed', data: {} })
    case 'archive':
      return state.archived ? nothing : one({ type: 'archived', data: {} })
    case 'restore':
      return state.archived
        ? one({ type: 'restored', data: {} })
        : refuse('issue_not_archived', 'This issue is not archived.')
    default:
      return isFieldCommand(command) ? decideFieldCommand(state, command, context) : unreachable(command)
  }
}
