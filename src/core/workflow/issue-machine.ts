import { createMachine, getNextTransitions, transition } from 'xstate'
import type { Transition, Workflow } from './workflow.ts'

export type IssueMachine = {
  /** The transitions that exist from this state now, in the workflow's order. Empty for a state it does not define. */
  allowed(status: string): readonly Transition[]
  /** Where `name` leads from `status`, or `undefined` where it does not exist. */
  next(status: string, name: string): string | undefined
}

/**
 * The XState machine of a workflow, asked about *new* commands only: replay applies what an event recorded.
 * Built once a workflow; answers are remembered, for a machine this small has few.
 */
export function issueMachine(workflow: Workflow): IssueMachine {
  const machine = createMachine({
    id: workflow.id,
    initial: workflow.initial,
    states: Object.fromEntries(
      workflow.states.map((state) => [
        state.id,
        {
          on: Object.fromEntries(
            workflow.transitions
              .filter((candidate) => candidate.from.includes(state.id))
              .map((candidate) => [candidate.name, candidate.to]),
          ),
        },
      ]),
    ),
  })
  const known = new Set(workflow.states.map((state) => state.id))
  const answers = new Map<string, readonly Transition[]>()

  function ask(status: string): readonly Transition[] {
    if (!known.has(status)) return []
    const snapshot = machine.resolveState({ value: status })
    const events = new Set(getNextTransitions(snapshot).map((candidate) => candidate.eventType))
    return workflow.transitions
      .filter((candidate) => candidate.from.includes(status) && events.has(candidate.name))
      .map((candidate) => {
        const [after] = transition(machine, snapshot, { type: candidate.name })
        return { name: candidate.name, label: candidate.label, to: String(after.value) }
      })
  }

  function allowed(status: string): readonly Transition[] {
    const answer = answers.get(status) ?? ask(status)
    answers.set(status, answer)
    return answer
  }

  return {
    allowed,
    next: (status, name) => allowed(status).find((candidate) => candidate.name === name)?.to,
  }
}
