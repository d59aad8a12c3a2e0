import { decide } from '../issue/decide/decide.ts'
import type { DecisionContext } from '../issue/decide/decision.ts'
import { evolve } from '../issue/evolve.ts'
import type { IssueCommand } from '../issue/issue-commands.ts'
import type { IssueEvent } from '../issue/issue-event.ts'
import type { IssueChange } from '../issue/issue-events.ts'
import type { IssueState } from '../issue/issue-state.ts'
import { cleanBody, cleanLine, maxBodyBytes, utf8Length } from '../text/text.ts'
import { unreachable } from '../values/unreachable.ts'
import type { Occasion } from './occasion.ts'
import type { RuleAction } from './rule.ts'
import { fillTemplate, type Placeholder } from './template.ts'

/** What one action of a rule comes to. */
export type PlannedStep = {
  readonly action: RuleAction
} & (
  | {
      readonly kind: 'command'
      readonly command: IssueCommand
      /** What the command records, and the ids that it is recorded under. */
      readonly changes: readonly IssueChange[]
      readonly eventIds: readonly string[]
    }
  /** Has what happened sent to an endpoint. @param key the same at every attempt. */
  | { readonly kind: 'webhook'; readonly endpoint: string; readonly key: string }
  /** It would change nothing, or can not be done. */
  | { readonly kind: 'nothing'; readonly why: string }
)

export type PlanContext = {
  readonly decision: DecisionContext
  /** An id from texts: the same for the same, on every machine. */
  readonly derive: (...parts: readonly string[]) => string
  readonly values: Readonly<Record<Placeholder, string>>
  /** When it is done, in milliseconds. */
  readonly at: number
}

export type PlannedRun = {
  readonly steps: readonly PlannedStep[]
  /** The events that it comes to, in order, as a fold takes them. */
  readonly events: readonly IssueEvent[]
  /** The issue after them. */
  readonly after: IssueState
}

function cut(text: string): string {
  const clean = cleanBody(text)
  return utf8Length(clean) <= maxBodyBytes ? clean : clean.slice(0, maxBodyBytes / 4).toWellFormed()
}

function hearers(to: Extract<RuleAction, { type: 'notify' }>['to'], issue: IssueState): readonly string[] {
  if (to === 'assignees') return issue.assignees
  if (to === 'subscribers')
    return Object.entries(issue.subscribers).flatMap(([id, { on, muted }]) => (on && !muted ? [id] : []))
  return to
}

/** The command of an action, or why there is none. */
function commandOf(
  action: Exclude<RuleAction, { type: 'webhook' }>,
  issue: IssueState,
  commentId: string,
  fill: (text: string) => string,
): IssueCommand | string {
  const issueId = issue.id as never
  switch (action.type) {
    case 'transition':
      return {
        type: 'transition',
        issueId,
        transition: action.transition,
        ...(action.reason ? { reason: fill(action.reason) } : {}),
      }
    case 'assign':
    case 'unassign':
      return { type: action.type, issueId, memberId: action.memberId }
    case 'label':
    case 'unlabel':
      return { type: action.type, issueId, labelId: action.labelId }
    case 'comment':
      return { type: 'comment', issueId, commentId: commentId as never, body: cut(fill(action.body)) }
    case 'priority':
      return { type: 'change_priority', issueId, priority: action.priority }
    case 'notify': {
      const memberIds = hearers(action.to, issue).slice(0, 200)
      const to = typeof action.to === 'string' ? action.to : 'people'
      return memberIds.length === 0
        ? `there are no ${to} to notify`
        : { type: 'notify', issueId, memberIds: memberIds as never[], text: cleanLine(fill(action.text)) }
    }
    default:
      return unreachable(action)
  }
}

/** What a rule does on an occasion, action after action, each on what the one before left. Pure; nothing is recorded here. @param issue as it is now. */
export function planRun(occasion: Occasion, issue: IssueState, context: PlanContext): PlannedRun {
  const { rule, key } = occasion
  const fill = (text: string): string => fillTemplate(text, context.values)
  const steps: PlannedStep[] = []
  const events: IssueEvent[] = []
  let after = JSON.parse(JSON.stringify(issue)) as IssueState

  rule.rule.then.forEach((action, index) => {
    const id = (...parts: readonly string[]): string =>
      context.derive('rule', rule.id, key, String(index), ...parts)
    if (action.type === 'webhook') {
      steps.push({ kind: 'webhook', action, endpoint: action.endpoint, key: id('webhook') })
      return
    }
    const command = commandOf(action, after, id('comment'), fill)
    if (typeof command === 'string') {
      steps.push({ kind: 'nothing', action, why: command })
      return
    }
    const decided = decide(after, command, context.decision)
    if (!decided.ok || decided.value.length === 0) {
      steps.push({
        kind: 'nothing',
        action,
        why: decided.ok ? 'it is like that already' : decided.error.message,
      })
      return
    }
    const eventIds = decided.value.map((_, at) => id(String(at)))
    steps.push({ kind: 'command', action, command, changes: decided.value, eventIds })
    decided.value.forEach((change, at) => {
      const event = {
        ...change,
        id: eventIds[at],
        actorId: context.decision.actorId,
        occurredAt: context.at,
      } as IssueEvent
      events.push(event)
      after = evolve(after, event)
    })
  })
  return { steps, events, after }
}
