import type { CommentId, EventId } from '../../values/ids.ts'
import { refuse } from '../../values/refusal.ts'
import { refuseStale } from '../decide-field.ts'
import type { CommentState, IssueState } from '../issue-state.ts'
import {
  type Decision,
  type DecisionContext,
  type IssueCommandOf,
  mentioning,
  one,
  unchanged,
} from './decision.ts'

/** Changes an issue's description. */
export function decideDescription(
  state: IssueState,
  command: Pick<IssueCommandOf<'change_description'>, 'description' | 'base'>,
  context: DecisionContext,
): Decision {
  if (command.description === state.description) return unchanged
  const stale = refuseStale('description', command.base, state.description)
  if (stale) return stale
  const replaces = state.descriptionEventId as EventId | null
  return one({
    type: 'description_changed',
    data: {
      ...(replaces ? { replaces } : {}),
      to: command.description,
      ...mentioning(command.description, context, context.mentioned(state.description)),
    },
  })
}

/** Adds a comment; nothing where it is there already. */
export function decideComment(
  state: IssueState,
  { commentId, body }: IssueCommandOf<'comment'>,
  context: DecisionContext,
): Decision {
  if (Object.hasOwn(state.comments, commentId)) return unchanged
  return one({ type: 'commented', data: { commentId, body, ...mentioning(body, context) } })
}

/** A comment's text as it stands now; nothing where it was erased. */
function textNow(eventId: string, context: DecisionContext): string {
  const data = context.eventOf(eventId)?.data as { readonly body?: unknown } | undefined
  return typeof data?.body === 'string' ? data.body : ''
}

/** @returns the comment, or the refusal of whoever may not change it. */
function ownComment(
  state: IssueState,
  commentId: CommentId,
  context: DecisionContext,
): CommentState | ReturnType<typeof refuse> {
  const comment = state.comments[commentId]
  if (!comment || comment.deleted)
    return refuse('unknown_comment', 'That comment does not exist any more.', { commentId })
  if (comment.authorId !== context.actorId)
    return refuse('not_your_comment', 'Only the author of a comment can edit or delete it.', {
      authorId: comment.authorId,
    })
  return comment
}

/** Edits a comment of one's own. */
export function decideEditComment(
  state: IssueState,
  { commentId, body, base }: Pick<IssueCommandOf<'edit_comment'>, 'commentId' | 'body' | 'base'>,
  context: DecisionContext,
): Decision {
  const comment = ownComment(state, commentId, context)
  if ('ok' in comment) return comment
  const now = base === undefined ? '' : textNow(comment.bodyEventId, context)
  const stale = now === body ? undefined : refuseStale('comment', base, now)
  if (stale) return stale
  const replaces = comment.bodyEventId as EventId
  return one({
    type: 'comment_edited',
    data: { commentId, body, replaces, ...mentioning(body, context, comment.mentions) },
  })
}

/** Deletes a comment of one's own. */
export function decideDeleteComment(
  state: IssueState,
  { commentId }: IssueCommandOf<'delete_comment'>,
  context: DecisionContext,
): Decision {
  const comment = ownComment(state, commentId, context)
  if ('ok' in comment) return comment
  return one({ type: 'comment_deleted', data: { commentId, replaces: comment.bodyEventId as EventId } })
}
