import type { IssueId } from '../../values/ids.ts'
import { done, type Refusal, refuse } from '../../values/refusal.ts'
import type { IssueChange } from '../issue-events.ts'
import type { IssueState } from '../issue-state.ts'
import type { LinkKind } from '../link-kinds.ts'
import { type Decision, type DecisionContext, type IssueCommandOf, one, unchanged } from './decision.ts'

/** What a circle that would be closed is called; a long one is cut in the middle. */
function circleWords(keys: readonly string[]): string {
  const shown = keys.length <= 8 ? keys : [...keys.slice(0, 4), '…', ...keys.slice(-3)]
  return shown.join(' → ')
}

/** An issue has one parent: another one takes the place of those that it has, and one of several is picked. */
export function decideParent(state: IssueState, target: IssueId): readonly IssueChange[] {
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

/** The refusal of a link that can not be. */
export function refuseLink(
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

const hasLink = (state: IssueState, { kind, target }: { kind: LinkKind; target: string }): boolean =>
  state.links.some((link) => link.kind === kind && link.target === target)

/** Links an issue to another. */
export function decideLink(
  state: IssueState,
  command: IssueCommandOf<'link'>,
  context: DecisionContext,
): Decision {
  const isSet = hasLink(state, command)
  const refusal = isSet ? undefined : refuseLink(state, command, context)
  if (refusal) return { ok: false, error: refusal }
  if (command.kind === 'parent') return done(decideParent(state, command.target))
  return isSet ? unchanged : one({ type: 'linked', data: { kind: command.kind, target: command.target } })
}

/** Takes a link away. */
export const decideUnlink = (state: IssueState, command: IssueCommandOf<'unlink'>): Decision =>
  hasLink(state, command)
    ? one({ type: 'unlinked', data: { kind: command.kind, target: command.target } })
    : unchanged
