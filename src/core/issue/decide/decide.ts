import { refuse } from '../../values/refusal.ts'
import { unreachable } from '../../values/unreachable.ts'
import { decideField, unknownEntity } from '../decide-field.ts'
import { fields, type IssueField, valueIn } from '../fields/fields.ts'
import type { IssueCommand } from '../issue-commands.ts'
import type { IssueState } from '../issue-state.ts'
import { decideCreate } from './decide-create.ts'
import { decideLink, decideUnlink } from './decide-link.ts'
import { decideMuting, decideNotify, decideSubscription } from './decide-subscription.ts'
import { decideComment, decideDeleteComment, decideDescription, decideEditComment } from './decide-text.ts'
import { decideTransition } from './decide-transition.ts'
import {
  type Decide,
  type Decision,
  type DecisionContext,
  type IssueCommandOf,
  one,
  unchanged,
} from './decision.ts'
import { decideConflict } from './reapply.ts'

const decideAssign: Decide<'assign'> = (state, { memberId }, context) => {
  if (state.assignees.includes(memberId)) return unchanged
  if (!context.entityExists('member', memberId)) return unknownEntity('member', memberId)
  return one({ type: 'assigned', data: { memberId } })
}

const decideUnassign: Decide<'unassign'> = (state, { memberId }) =>
  state.assignees.includes(memberId) ? one({ type: 'unassigned', data: { memberId } }) : unchanged

const decideLabel: Decide<'label'> = (state, { labelId }, context) => {
  if (state.labels.includes(labelId)) return unchanged
  if (!context.entityExists('label', labelId)) return unknownEntity('label', labelId)
  return one({ type: 'labeled', data: { labelId } })
}

const decideUnlabel: Decide<'unlabel'> = (state, { labelId }) =>
  state.labels.includes(labelId) ? one({ type: 'unlabeled', data: { labelId } }) : unchanged

const decideViewed: Decide<'mark_viewed'> = () => one({ type: 'viewed', data: {} })

const decideArchive: Decide<'archive'> = (state) =>
  state.archived ? unchanged : one({ type: 'archived', data: {} })

const decideRestore: Decide<'restore'> = (state) =>
  state.archived
    ? one({ type: 'restored', data: {} })
    : refuse('issue_not_archived', 'This issue is not archived.')

type FieldCommandType = IssueField['command']['name']

/** What decides each command; the commands of fields have one decision among them. */
const decisions: { readonly [Type in Exclude<IssueCommand['type'], FieldCommandType>]: Decide<Type> } = {
  create: decideCreate,
  change_description: decideDescription,
  assign: decideAssign,
  unassign: decideUnassign,
  label: decideLabel,
  unlabel: decideUnlabel,
  comment: decideComment,
  edit_comment: decideEditComment,
  delete_comment: decideDeleteComment,
  transition: decideTransition,
  link: decideLink,
  unlink: decideUnlink,
  flip_conflict: decideConflict,
  dismiss_conflict: decideConflict,
  subscribe: decideSubscription,
  unsubscribe: decideSubscription,
  mute: decideMuting,
  unmute: decideMuting,
  notify: decideNotify,
  mark_viewed: decideViewed,
  archive: decideArchive,
  restore: decideRestore,
}

const decideFieldCommand =
  (field: IssueField): Decide<FieldCommandType> =>
  (state, command: IssueCommandOf<FieldCommandType>, context) => {
    const to = valueIn(command, field)
    return to === undefined
      ? unchanged
      : decideField(state, field, to, context, 'base' in command ? command.base : undefined)
  }

const decisionsByCommand = new Map<string, unknown>([
  ...Object.entries(decisions),
  ...fields.map((field) => [field.command.name, decideFieldCommand(field)] as const),
]) as ReadonlyMap<string, Decide<IssueCommand['type']>>

/** What an issue takes that is archived. */
const takenWhileArchived: ReadonlySet<IssueCommand['type']> = new Set<IssueCommand['type']>([
  'archive',
  'restore',
  'mark_viewed',
  'dismiss_conflict',
  'subscribe',
  'unsubscribe',
  'mute',
  'unmute',
  'notify',
])

/**
 * What a command leads to: the events to record (none where nothing would change), or a refusal. Pure; nothing is recorded here.
 * @param state the issue as it is now. Never changed.
 */
export function decide(state: IssueState, command: IssueCommand, context: DecisionContext): Decision {
  if (command.type !== 'create') {
    if (!state.exists)
      return refuse('unknown_issue', 'There is no such issue in this workspace.', {
        issueId: command.issueId,
      })
    if (state.archived && !takenWhileArchived.has(command.type))
      return refuse('issue_archived', 'This issue is archived. Restore it first, then change it.', {
        issueId: state.id,
      })
  }
  const decideIt = decisionsByCommand.get(command.type) ?? unreachable(command as never)
  return decideIt(state, command, context)
}
