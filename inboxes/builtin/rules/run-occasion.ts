import type { RecordedEvent } from '#core/events/event.ts'
import type { DecisionContext } from '#core/issue/decide/decision.ts'
import { type Occasion, runMetadata } from '#core/rules/occasion.ts'
import { type PlannedRun, planRun } from '#core/rules/plan-run.ts'
import { mentionedIn } from '#core/text/mentions.ts'
import { type IssueMachine, issueMachine } from '#core/workflow/issue-machine.ts'
import type { Workflow } from '#core/workflow/workflow.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { type DeliveryContext, delivered, type Outcome, retry, skip } from '../../contract/inbox.ts'
import type { WorkspaceReader } from '../../contract/workspace-reader.ts'
import { isPassing } from '../../shared/passing-refusals.ts'

const machines = new WeakMap<Workflow, IssueMachine>()

function machineOf(workflow: Workflow): IssueMachine {
  const machine = machines.get(workflow) ?? issueMachine(workflow)
  machines.set(workflow, machine)
  return machine
}

function decisionContext(workspace: WorkspaceReader): DecisionContext {
  const workflow = workspace.workflow()
  const called = (handle: string): string | undefined =>
    workspace.entities('member').find((member) => member.handle.toLowerCase() === handle.toLowerCase())?.id
  return {
    actorId: workspace.me,
    machine: machineOf(workflow),
    initialStatus: workflow.initial,
    entityExists: (type, id) => workspace.entity(type, id) !== undefined,
    mentioned: (text) => mentionedIn(text, called),
    statusName: (id) => workflow.states.find((state) => state.id === id)?.name ?? id,
    // No action of a rule makes an issue, links one or settles a conflict.
    nextNumber: () => undefined,
    issueExists: () => false,
    eventOf: () => undefined,
    circle: () => undefined,
    linkConflicts: () => [],
  }
}

function plan(
  occasion: Occasion,
  { workspace, now }: Pick<DeliveryContext, 'workspace' | 'now'>,
): PlannedRun {
  const { rule, cause, issueId } = occasion
  const issue = workspace.issue(issueId)
  const { when } = rule.rule
  return planRun(occasion, issue, {
    decision: decisionContext(workspace),
    derive: deriveId,
    at: now(),
    values: {
      'issue.key': workspace.issueKey(issueId),
      'issue.title': issue.title,
      'actor.name': cause ? (workspace.entity('member', cause.actorId)?.name ?? 'Someone') : 'Docket',
      'rule.name': rule.rule.name,
      'event.type': (cause?.type ?? when.kind).replaceAll('_', ' '),
    },
  })
}

/** Whether anything was recorded for an occasion already: then it is brought to its end, whatever the issue is like by now. */
export function isBegun({ rule, key }: Occasion, workspace: WorkspaceReader): boolean {
  return rule.rule.then.some(
    (_, index) => workspace.event(deriveId('rule', rule.id, key, String(index), '0')) !== undefined,
  )
}

/** Whether acting on an occasion would do anything that was not done already. */
export const wouldAct = (occasion: Occasion, context: Pick<DeliveryContext, 'workspace' | 'now'>): boolean =>
  !isBegun(occasion, context.workspace) &&
  plan(occasion, context).steps.some(({ kind }) => kind !== 'nothing')

/**
 * Does what a rule says, action after action. Done again after a failure half-way, it does only what is left.
 * @param anchor the event that the delivery is about. @param because why, where it was the clock.
 */
export async function runOccasion(
  occasion: Occasion,
  anchor: RecordedEvent,
  because: string,
  context: DeliveryContext,
): Promise<Outcome> {
  const metadata = runMetadata(occasion, because)
  const did: string[] = []
  const left: string[] = []
  for (const step of plan(occasion, context).steps) {
    if (context.signal.aborted) return retry('It was interrupted.')
    if (step.kind === 'nothing') left.push(`${step.action.type}: ${step.why}`)
    else if (step.kind === 'webhook') {
      context.effects.enqueue({
        inbox: 'webhooks',
        target: step.endpoint,
        streamId: anchor.streamId,
        eventId: anchor.id,
        position: anchor.position,
        key: step.key,
      })
      did.push('webhook')
    } else {
      const { command, eventIds } = step
      const result = await context.host.execute({ command, metadata, eventIds })
      if (result.ok) did.push(...step.changes.map((change) => change.type.replaceAll('_', ' ')))
      else if (isPassing(result.error)) return retry(result.error.message)
      else left.push(`${step.action.type}: ${result.error.message}`)
    }
  }
  const rest = left.length > 0 ? `Left out: ${left.join('; ')}` : ''
  return did.length === 0
    ? skip(rest || 'Nothing to do.')
    : delivered([did.join(', '), rest].filter(Boolean).join('. '))
}
