import { z } from 'zod'
import type { RecordedEvent } from '#core/events/event.ts'
import { clockReason, isBefore, type Occasion, waitsFor } from '#core/rules/occasion.ts'
import type { KnownRule } from '#core/rules/rule.ts'
import { limitMillis, runLimits } from '#core/rules/run-limits.ts'
import {
  type DeliveringInbox,
  type Delivery,
  type DeliveryContext,
  giveUp,
  type InboxContext,
  type Outcome,
  skip,
} from '../../contract/inbox.ts'
import { queryMatches, queryProblem } from '../../routed/query-match.ts'
import { isBegun, runOccasion } from './run-occasion.ts'
import { hasCome } from './time-rules.ts'

const settings = z.strictObject({ earlier: z.boolean().default(false) })
type Settings = z.infer<typeof settings>

const ruleOf = (id: string, { workspace }: InboxContext<Settings>): KnownRule | undefined =>
  workspace.rules().find((rule) => rule.id === id)

/** Whether the issue right after an event is what the rule asks for. A query that can't be looked up counts as yes: then the delivery says so. */
function asksFor({ rule }: KnownRule, event: RecordedEvent, { workspace }: InboxContext<Settings>): boolean {
  if (rule.query.trim() === '') return !workspace.issueAfter(event).archived
  const matches = queryMatches(rule.query, event, workspace, event.occurredAt)
  return !matches.ok || matches.value
}

/** The occasion of a delivery and why it acts, or why it does not. */
function occasionOf(
  delivery: Delivery,
  context: DeliveryContext<Settings>,
): { readonly occasion: Occasion; readonly because: string } | Outcome {
  const { event, key } = delivery
  const rule = ruleOf(delivery.target, context)
  if (!rule?.enabled) return skip('The rule was turned off or removed.')
  const { name, query, when } = rule.rule
  const isClock = when.kind !== 'event'
  const problem = queryProblem(query, context.workspace, context.now())
  if (problem !== undefined)
    return giveUp(`The rule "${name}" can't look issues up any more. ${problem} Mend its query, then replay.`)
  const occasion: Occasion = { rule, issueId: event.streamId, key, cause: isClock ? null : event }
  if (!isClock)
    return asksFor(rule, event, context)
      ? { occasion, because: '' }
      : skip('The issue is not one that the rule asks for.')
  const issue = context.workspace.issue(event.streamId)
  if (!isBegun(occasion, context.workspace)) {
    const filter = context.workspace.filter(query, context.now())
    if (
      !hasCome(rule, event.streamId, context) ||
      !filter.ok ||
      !context.workspace.matches(filter.value, issue)
    )
      return skip('The issue was changed in the meantime.')
  }
  return { occasion, because: clockReason(when, issue) }
}

/** Makes the inbox that runs the workspace's automation rules. It keeps count of what each rule did in the last minute. */
export function automationInbox(): DeliveringInbox<Settings> {
  const limits = runLimits()
  return {
    name: 'rules',
    title: 'Automation rules',
    about:
      'Does what the rules of this workspace say when something happens to an issue, or when its time has come.',
    scope: 'own',
    onByDefault: true,
    settings,
    form: [
      {
        kind: 'switch',
        name: 'earlier',
        label: 'Act on what happened before a rule was added',
        help: 'For going over the past once, together with moving this inbox back. A dry run shows beforehand what it comes to.',
      },
    ],
    pace: { concurrency: 1 },
    shouldProcess: (event, { workspace }) => workspace.rules().some((rule) => waitsFor(rule, event)),
    targets: (event, context) =>
      context.workspace
        .rules()
        .filter(
          (rule) =>
            waitsFor(rule, event) &&
            (context.settings.earlier || !isBefore(rule, event)) &&
            asksFor(rule, event, context),
        )
        .map((rule) => rule.id),
    targetName: (target, context) => ruleOf(target, context)?.rule.name ?? 'A rule that was removed',
    async handle(delivery, context) {
      const found = occasionOf(delivery, context)
      if (!('occasion' in found)) return found
      const { occasion, because } = found
      // Counted at the event's own time, so that a backlog is no loop; what a person has done again later, at that time.
      const now = context.now()
      const isLate = now - delivery.createdAt >= limitMillis
      const at = isLate ? now : (occasion.cause?.occurredAt ?? now)
      const stopped = limits.stopped(occasion, context.workspace.issueKey(occasion.issueId), at)
      if (stopped) return giveUp(stopped)
      const outcome = await runOccasion(occasion, delivery.event, because, context)
      if (outcome.kind === 'done') limits.acted(occasion, at)
      return outcome
    },
  }
}
