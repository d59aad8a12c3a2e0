import { done, refuse } from '../../values/refusal.ts'
import { decideNewFields, unknownEntity } from '../decide-field.ts'
import type { IssueChange } from '../issue-events.ts'
import type { IssueState } from '../issue-state.ts'
import { refuseLink } from './decide-link.ts'
import { type Decision, type DecisionContext, type IssueCommandOf, mentioning } from './decision.ts'

/** Makes an issue, with what it begins with. */
export function decideCreate(
  state: IssueState,
  command: IssueCommandOf<'create'>,
  context: DecisionContext,
): Decision {
  if (state.exists)
    return refuse('issue_exists', 'An issue with this id exists already; nothing was changed.', {
      issueId: state.id,
    })
  const stranger = command.assignees?.find((id) => !context.entityExists('member', id))
  if (stranger) return unknownEntity('member', stranger)
  const missing = command.labels?.find((id) => !context.entityExists('label', id))
  if (missing) return unknownEntity('label', missing)
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
