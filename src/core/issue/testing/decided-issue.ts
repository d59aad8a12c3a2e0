import { mentionedIn } from '../../text/mentions.ts'
import { issueMachine } from '../../workflow/issue-machine.ts'
import { defaultWorkflow } from '../../workflow/workflow.ts'
import { decide } from '../decide/decide.ts'
import type { DecisionContext } from '../decide/decision.ts'
import { foldIssue } from '../evolve.ts'
import { type IssueCommand, issueCommand } from '../issue-commands.ts'
import type { IssueEvent } from '../issue-event.ts'
import type { IssueChange } from '../issue-events.ts'

export const id = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
export const [issue, ada, ben, stranger, bug, other, site] = [1, 2, 3, 4, 5, 6, 7].map(id) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
]

const known: ReadonlyMap<string, readonly string[]> = new Map([
  ['member', [ada, ben]],
  ['label', [bug]],
  ['project', [site]],
])

export const context = (actorId = ada): DecisionContext => ({
  actorId,
  machine: issueMachine(defaultWorkflow),
  initialStatus: 'open',
  nextNumber: () => 7,
  entityExists: (type, id) => known.get(type)?.includes(id) === true,
  mentioned: (text) => mentionedIn(text, (handle) => ({ ada, ben })[handle]),
  eventOf: () => undefined,
  issueExists: (candidate) => [issue, other].includes(candidate),
  circle: (kind, _, target) =>
    kind === 'parent' && target === other ? ['DOC-7', 'DOC-8', 'DOC-7'] : undefined,
  linkConflicts: () => [],
  statusName: (status) => status,
})

export let counter = 100
export const happened = (change: IssueChange, actorId = ada): IssueEvent => ({
  ...change,
  id: id(counter++) as never,
  actorId,
  occurredAt: 1_000 + counter,
})
export const parse = (command: unknown): IssueCommand => issueCommand.parse(command)

export function given(...changes: readonly IssueChange[]) {
  const state = foldIssue(
    issue,
    changes.map((change) => happened(change)),
  )
  return {
    state,
    when(command: Record<string, unknown>, actorId = ada) {
      return decide(state, parse({ issueId: issue, ...command }), context(actorId))
    },
  }
}

export const created: IssueChange = { type: 'created', data: { title: 'One', status: 'open', number: 7 } }
export const types = (decision: ReturnType<typeof decide>) =>
  decision.ok ? decision.value.map((change) => change.type) : decision.error.code
