import { dayOf } from '#core/filter/local-days.ts'
import { clockOccasion, isTime, shiftedDay } from '#core/rules/occasion.ts'
import type { KnownRule } from '#core/rules/rule.ts'
import { deriveId } from '#db/derived-id.ts'
import type { InboxContext } from '../inbox.ts'
import type { NewDelivery } from '../ledger/ledger.ts'
import type { WorkspaceReader } from '../workspace-reader.ts'

/** Issues looked at for one rule in one go; the next go looks at the others. */
const lookedAtMost = 500
const foundAtMost = 20_000
const dayMillis = 86_400_000

type Clock = Pick<InboxContext, 'workspace' | 'now'>

/** The day from which due dates are a rule's business, and the last one. */
function dueSpan(rule: KnownRule, days: number, today: string): { from: string; to: string } {
  const missed = shiftedDay(dayOf(rule.since), days + 1)
  return { from: missed < today ? missed : today, to: shiftedDay(today, days) }
}

/** The rule's query, narrowed to the issues whose time may have come, so that the database leaves the others out. */
function narrowed(rule: KnownRule, today: string): string | undefined {
  const { query, when } = rule.rule
  if (when.kind === 'idle') return `${query} updated:>${when.days}d`
  if (when.kind !== 'due_in') return undefined
  const { from, to } = dueSpan(rule, when.days, today)
  return `${query} due:>=${from} due:<=${to}`
}

/** Whether the time of a rule has come for an issue. */
export function hasCome(rule: KnownRule, issueId: string, { workspace, now }: Clock): boolean {
  const days = { now: now(), today: dayOf(now()), sinceDay: dayOf(rule.since) }
  return isTime(rule.rule.when, workspace.issue(issueId), days)
}

/** The key of the occasion that a rule has with an issue as it is. */
function occasionKey(rule: KnownRule, issueId: string, workspace: WorkspaceReader): string | undefined {
  const named = clockOccasion(rule.rule.when, workspace.issue(issueId))
  return named && deriveId('occasion', rule.id, ...named)
}

/**
 * Looks for the occasions of time-based rules. What it has found it does not look at again for as long as nothing new can come of it.
 * @returns a function that finds those that have come, as deliveries of the rules inbox; a known one has a known key.
 */
export function timeRules(): (context: Clock) => readonly NewDelivery[] {
  /** By rule and issue: not before then can there be another occasion, in milliseconds. */
  const next = new Map<string, number>()

  function occasionsOf(rule: KnownRule, context: Clock): NewDelivery[] {
    const { workspace } = context
    const now = context.now()
    const query = narrowed(rule, dayOf(now))
    const filter = query === undefined ? undefined : workspace.filter(query, now)
    if (!filter?.ok) return []
    const fresh = workspace
      .find(filter.value, foundAtMost)
      .filter((issueId) => (next.get(`${rule.id} ${issueId}`) ?? 0) <= now)
    return fresh.slice(0, lookedAtMost).flatMap((issueId): NewDelivery[] => {
      const key = occasionKey(rule, issueId, workspace)
      const anchor = workspace.event(workspace.issue(issueId).statusEventId ?? '')
      if (!workspace.matches(filter.value, workspace.issue(issueId))) {
        // Lists go by corrected times, rules by those that were recorded.
        next.set(`${rule.id} ${issueId}`, now + dayMillis)
        return []
      }
      if (!key || !anchor || !hasCome(rule, issueId, context)) return []
      // An issue that was left alone must be touched and left alone as long again; a due date may be moved at any time.
      if (rule.rule.when.kind === 'idle')
        next.set(`${rule.id} ${issueId}`, now + rule.rule.when.days * dayMillis)
      return [
        {
          inbox: 'rules',
          target: rule.id,
          streamId: issueId,
          eventId: anchor.id,
          position: anchor.position,
          key,
        },
      ]
    })
  }

  return (context) => {
    const now = context.now()
    for (const [of, at] of next) if (at <= now) next.delete(of)
    return context.workspace
      .rules()
      .filter((rule) => rule.enabled)
      .flatMap((rule) => occasionsOf(rule, context))
  }
}

/** The occasions of time-based rules that have come; the worker hands them to the ledger once a minute and at its start. */
export const dueOccasions = timeRules()
