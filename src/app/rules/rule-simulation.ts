import type { RecordedEvent } from '#core/events/event.ts'
import { ticksPerMilli } from '#core/events/event-order.ts'
import { dayOf, startOfDay } from '#core/filter/local-days.ts'
import { matches } from '#core/filter/match-filter.ts'
import { matchableIssue } from '#core/filter/matchable-issue.ts'
import type { ResolvedFilter } from '#core/filter/resolve-filter.ts'
import type { DecisionContext } from '#core/issue/decide/decision.ts'
import { evolve } from '#core/issue/evolve.ts'
import type { IssueEvent } from '#core/issue/issue-event.ts'
import { type IssueState, initialIssue } from '#core/issue/issue-state.ts'
import {
  clockOccasion,
  clockReason,
  isOfWhen,
  isTime,
  type Occasion,
  runMetadata,
  shiftedDay,
  waitsFor,
} from '#core/rules/occasion.ts'
import { type PlannedStep, planRun } from '#core/rules/plan-run.ts'
import type { KnownRule } from '#core/rules/rule.ts'
import { runLimits } from '#core/rules/run-limits.ts'
import type { Workflow } from '#core/workflow/workflow.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { activityKind } from '#db/projections/activity/activity-kinds.ts'

const dayMillis = 86_400_000
const longAgo = '0000-01-01'
/** A rule by the clock that has acted so often on one issue says no more by acting again. */
const mostByClock = 500

/** What a simulation looks things up in. */
export type Simulation = {
  readonly rule: KnownRule
  /** When the rule begins and when it ends, in milliseconds. */
  readonly from: number | undefined
  readonly until: number
  readonly workflow: Workflow
  readonly decision: DecisionContext
  /** The rule's query, looked up as of an instant. */
  readonly filterAt: (at: number) => ResolvedFilter
  readonly issueKey: (issue: IssueState) => string
  readonly memberName: (id: string) => string
}

/** One time that the rule acts, or would but is stopped. */
export type SimulatedRun = {
  readonly at: number
  readonly cause: RecordedEvent | null
  readonly because: string
  readonly steps: readonly PlannedStep[]
  readonly stopped: string | null
  readonly title: string
}

/**
 * Folds one issue's history once, with the rule acting in it as if it had been there: what it does is folded in as well, and may be an
 * occasion again. @param events the issue's, in total order.
 */
export function simulateIssue(
  issueId: string,
  events: readonly RecordedEvent[],
  simulation: Simulation,
): { readonly runs: readonly SimulatedRun[]; readonly imported: number; readonly issue: IssueState } {
  const { rule, from = 0, until, workflow, decision } = simulation
  const { when } = rule.rule
  const limits = runLimits()
  const bodies = new Map<string, string>()
  const done = new Set<string>()
  const runs: SimulatedRun[] = []
  /** When what counts as activity happened. */
  const counted: number[] = []
  const isActive = (from: number, to: number): boolean => counted.some((at) => at >= from && at < to)
  let imported = 0
  let state = initialIssue(issueId)

  function fold(event: IssueEvent): void {
    if (event.type === 'commented' || event.type === 'comment_edited') bodies.set(event.id, event.data.body)
    if (activityKind(event.type, event.metadata?.triggeredBy ?? 'automation') !== undefined)
      counted.push(event.occurredAt)
    state = evolve(state, event)
  }

  function isMatch(at: number): boolean {
    const filter = simulation.filterAt(at)
    const asksForText = filter.terms.some((term) => term.condition.kind === 'text')
    const comments = Object.values(state.comments).filter((comment) => !comment.deleted)
    const texts = asksForText
      ? [state.title, state.description, ...comments.map((comment) => bodies.get(comment.bodyEventId) ?? '')]
      : []
    return state.exists && matches(filter, matchableIssue(state, workflow, texts, isActive))
  }

  /** Acts on an occasion, and on what comes of that. */
  function act(first: Occasion, at: number, why: string): void {
    const waiting = [{ occasion: first, because: why }]
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { occasion, because } = next
      const key = simulation.issueKey(state)
      const said = { at, cause: occasion.cause, because, title: state.title }
      const stopped = limits.stopped(occasion, key, at)
      if (stopped) {
        runs.push({ ...said, steps: [], stopped })
        continue
      }
      const plan = planRun(occasion, state, {
        decision,
        derive: deriveId,
        at,
        values: {
          'issue.key': key,
          'issue.title': state.title,
          'actor.name': occasion.cause ? simulation.memberName(occasion.cause.actorId) : 'Docket',
          'rule.name': rule.rule.name,
          'event.type': occasion.cause?.type.replaceAll('_', ' ') ?? when.kind.replaceAll('_', ' '),
        },
      })
      const steps = plan.steps.filter((step) => step.kind !== 'nothing')
      if (steps.length === 0) continue
      limits.acted(occasion, at)
      runs.push({ ...said, steps, stopped: null })
      for (const event of plan.events) {
        fold(event)
        const cause = {
          ...event,
          streamType: 'issue',
          streamId: issueId,
          hlc: at * ticksPerMilli,
          metadata: runMetadata(occasion, because),
        } as unknown as RecordedEvent
        if (waitsFor(rule, cause) && isMatch(at))
          waiting.push({
            occasion: { rule, issueId, key: event.id, cause },
            because: `the rule itself: ${event.type.replaceAll('_', ' ')}`,
          })
      }
    }
  }

  /** The first instant from `after` on at which the clock is an occasion, as the issue is. */
  function comesAt(after: number): number | undefined {
    if (when.kind === 'idle') return Math.max(after, state.updatedAt + when.days * dayMillis)
    if (when.kind !== 'due_in' || state.dueDate === null) return undefined
    const at = Math.max(after, startOfDay(shiftedDay(state.dueDate, -when.days)))
    const sinceDay = simulation.from === undefined ? longAgo : dayOf(from)
    return isTime(when, state, { now: at, today: dayOf(at), sinceDay }) ? at : undefined
  }

  /** Lets time pass, during which nothing else happens. @param end not included. */
  function pass(start: number, end: number): void {
    let reached = Math.max(start, from)
    for (let count = 0; state.exists && count < mostByClock; count++) {
      const at = comesAt(reached)
      const named = clockOccasion(when, state)
      if (at === undefined || !named || at >= end) return
      const key = deriveId('occasion', rule.id, ...named)
      if (done.has(key) || !isMatch(at)) return
      done.add(key)
      act({ rule, issueId, key, cause: null }, at, clockReason(when, state))
      reached = at
    }
  }

  let last = 0
  for (const event of events) {
    if (when.kind !== 'event') pass(last, Math.min(event.occurredAt, until))
    last = Math.max(last, event.occurredAt)
    fold(event as unknown as IssueEvent)
    if (!isOfWhen(when, event) || event.occurredAt < from || !isMatch(event.occurredAt)) continue
    if (event.metadata.triggeredBy === 'import') imported += 1
    else
      act(
        { rule, issueId, key: event.id, cause: event },
        event.occurredAt,
        `${simulation.memberName(event.actorId)}: ${event.type.replaceAll('_', ' ')}`,
      )
  }
  if (when.kind !== 'event') pass(last, until + 1)
  return { runs, imported, issue: state }
}
