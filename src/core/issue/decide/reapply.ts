import type { Conflict } from '../../conflicts/conflict.ts'
import { decideSettling, notFlippable } from '../../conflicts/resolve-conflict.ts'
import type { CommentId, IssueId } from '../../values/ids.ts'
import { done } from '../../values/refusal.ts'
import { decideField } from '../decide-field.ts'
import { type FieldValue, fieldNamed } from '../fields/fields.ts'
import type { IssueState } from '../issue-state.ts'
import type { LinkKind } from '../link-kinds.ts'
import { decideParent } from './decide-link.ts'
import { decideDescription, decideEditComment } from './decide-text.ts'
import { wayTo } from './decide-transition.ts'
import { type Decision, type DecisionContext, type IssueCommandOf, one } from './decision.ts'

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
      return decideDescription(state, { description }, context)
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
      return decideEditComment(state, { commentId, body }, context)
    }
    default: {
      const field = fieldNamed(found.field)
      return field
        ? decideField(state, field, data.to as FieldValue, context)
        : notFlippable('it is no change of an issue')
    }
  }
}

/** Settles a conflict of an issue. */
export const decideConflict = (
  state: IssueState,
  command: IssueCommandOf<'flip_conflict' | 'dismiss_conflict'>,
  context: DecisionContext,
): Decision =>
  decideSettling(
    { conflicts: [...state.conflicts, ...context.linkConflicts(state.id)], settled: state.settled },
    command,
    (found) => reapply(state, found, context),
  )
