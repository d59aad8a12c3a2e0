import { refuse } from '../../values/refusal.ts'
import type { IssueMachine } from '../../workflow/issue-machine.ts'
import type { IssueChange } from '../issue-events.ts'
import type { IssueState } from '../issue-state.ts'
import { type Decision, type DecisionContext, type IssueCommandOf, one } from './decision.ts'

/** Moves an issue to another status, where its workflow has that transition. */
export function decideTransition(
  state: IssueState,
  command: IssueCommandOf<'transition'>,
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
export function wayTo(machine: IssueMachine, from: string, to: string): readonly IssueChange[] | undefined {
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
