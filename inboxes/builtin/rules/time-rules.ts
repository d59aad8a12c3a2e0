import { dayOf } from '#core/filter/local-days.ts'
import { cameAt, clockOccasion, isTime, type Occasion, shiftedDay } from '#core/rules/occasion.ts'
import type { KnownRule } from '#core/rules/rule.ts'
import { answerFor, type HoldAnswer, mostAtOnce } from '#core/rules/rule-hold.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { InboxContext } from '../../contract/inbox.ts'
import type { NewDelivery } from '../../contract/new-delivery.ts'

import type { TouchedHere, WorkspaceReader } from '../../contract/workspace-reader.ts'
import type { RuleEvaluations } from '../../store/rule-evaluations.ts'
import { wouldAct } from './run-occasion.ts'

/** Issues evaluated for one rule in one go; the next go evaluates the others. */
const evaluatedAtMost = 500
const foundAtMost = 20_000
const dayMillis = 86_400_000

type Clock = Pick<InboxContext, 'workspace' | 'now'>
/** What finding occasions works with. `isKnown`: whether a delivery with that key was written down. */
export type OccasionContext = Clock & {
  readonly evaluations: Pick<RuleEvaluations, 'isFirst' | 'passed' | 'held' | 'arrivedAt' | 'keep'>
  readonly isKnown: (key: string) => boolean
  /** Told when a rule begins to wait for somebody's answer. */
  readonly onHeld?: (rule: KnownRule, issues: number, more: boolean) => void
}

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

/** Whether the time of a rule has come for an issue. @param arrived when what touched it last arrived here, where that is later than it happened. */
export function hasCome(
  rule: KnownRule,
  issueId: string,
  { workspace, now }: Clock,
  touched = workspace.touched(issueId),
  arrived?: number,
): boolean {
  const issue = workspace.issue(issueId)
  const { when } = rule.rule
  if (when.kind === 'idle') {
    const updatedAt = Math.max(issue.updatedAt, arrived ?? 0)
    return isTime(when, { ...issue, updatedAt }, { now: now(), today: dayOf(now()), sinceDay: '' })
  }
  // What an import brought was no date of this workspace before: days that it missed elsewhere are nobody's business.
  const since = touched?.imported ? Math.max(rule.since, touched.dated) : rule.since
  return isTime(when, issue, { now: now(), today: dayOf(now()), sinceDay: dayOf(since) })
}

/** When what touched an issue last arrived here, in milliseconds. */
function arrivalOf(touched: TouchedHere | undefined, { evaluations, now }: OccasionContext): number {
  if (!touched) return 0
  const at = touched.madeHere ? touched.last : (evaluations.arrivedAt(touched.position) ?? touched.last)
  // A clock that ran ahead holds nothing up.
  return at > now() + dayMillis ? 0 : at
}

/** The key of the occasion that a rule has with an issue as it is. */
function occasionKey(rule: KnownRule, issueId: string, workspace: WorkspaceReader): string | undefined {
  const named = clockOccasion(rule.rule.when, workspace.issue(issueId))
  return named && deriveId('occasion', rule.id, ...named)
}

/** An occasion that has come, and whether a person would be asked about it. */
type Come = { readonly delivery: NewDelivery; readonly counts: boolean }

/**
 * Finds the occasions of time-based rules. What it has found it does not evaluate again for as long as nothing new can come of it. A rule that
 * would act on many issues at its first evaluation, or on many that an import brought at any, is held until somebody answers.
 * @returns a function that finds those that have come, as deliveries of the rules inbox; a known one has a known key.
 */
export function timeRules(): (context: OccasionContext) => readonly NewDelivery[] {
  /** By rule and issue: not before then can there be another occasion, in milliseconds. */
  const next = new Map<string, number>()

  /** The occasion of one issue, where it has come and nobody said to leave it alone. */
  function evaluateIssue(
    rule: KnownRule,
    issueId: string,
    asked: { readonly answers: readonly HoldAnswer[]; readonly first: boolean },
    context: OccasionContext,
  ): Come | undefined {
    const { workspace } = context
    const now = context.now()
    const { when } = rule.rule
    const name = `${rule.id} ${issueId}`
    const issue = workspace.issue(issueId)
    const touched = workspace.touched(issueId)
    const arrived = arrivalOf(touched, context)
    const key = occasionKey(rule, issueId, workspace)
    const anchor = workspace.event(issue.statusEventId ?? '')
    if (!key || !anchor || !touched) return undefined
    if (!hasCome(rule, issueId, context, touched, arrived)) {
      if (when.kind === 'idle') next.set(name, Math.max(issue.updatedAt, arrived) + when.days * dayMillis)
      return undefined
    }
    const answer = answerFor(asked.answers, cameAt(when, issue, touched))
    // An issue that was left alone must be touched and left alone as long again; a due date may be moved at any time.
    const pause = (): void => void (when.kind === 'idle' && next.set(name, now + when.days * dayMillis))
    if (answer?.acts === false) {
      pause()
      return undefined
    }
    const { streamId, eventId, position } = {
      streamId: issueId,
      eventId: anchor.id,
      position: anchor.position,
    }
    const occasion: Occasion = { rule, issueId, key, cause: null }
    const counts =
      answer === undefined &&
      (asked.first || touched.imported) &&
      !context.isKnown(key) &&
      wouldAct(occasion, context)
    if (!counts) pause()
    return { delivery: { inbox: 'rules', target: rule.id, streamId, eventId, position, key }, counts }
  }

  function occasionsOf(rule: KnownRule, context: OccasionContext): readonly NewDelivery[] {
    const { workspace, evaluations } = context
    const now = context.now()
    const query = narrowed(rule, dayOf(now))
    const filter = query === undefined ? undefined : workspace.filter(query, now)
    if (!filter?.ok) return []
    const fresh = workspace
      .find(filter.value, foundAtMost)
      .filter((issueId) => (next.get(`${rule.id} ${issueId}`) ?? 0) <= now)
    const asked = { answers: workspace.answers(rule.id), first: evaluations.isFirst(rule) }
    const found: Come[] = []
    let counted = 0
    let evaluated = 0
    for (const issueId of fresh) {
      // A first evaluation that was not held covers every issue.
      if (evaluated >= evaluatedAtMost && (counted > mostAtOnce || !asked.first)) break
      evaluated += 1
      if (!workspace.matches(filter.value, workspace.issue(issueId))) {
        // Lists go by corrected times, rules by those that were recorded.
        next.set(`${rule.id} ${issueId}`, now + dayMillis)
        continue
      }
      const come = evaluateIssue(rule, issueId, asked, context)
      if (!come) continue
      found.push(come)
      if (come.counts) counted += 1
    }
    const held = counted > mostAtOnce
    if (!held) evaluations.passed(rule)
    else if (evaluations.held(rule, counted, asked.answers.at(-1)?.upTo))
      context.onHeld?.(rule, counted, evaluated < fresh.length)
    return found.flatMap(({ delivery, counts }) => {
      if (counts && held) return []
      if (counts && rule.rule.when.kind === 'idle')
        next.set(`${rule.id} ${delivery.streamId}`, now + rule.rule.when.days * dayMillis)
      return delivery
    })
  }

  return (context) => {
    const now = context.now()
    for (const [of, at] of next) if (at <= now) next.delete(of)
    const rules = context.workspace
      .rules()
      .filter(({ enabled, rule }) => enabled && rule.when.kind !== 'event')
    context.evaluations.keep(new Set(rules.map(({ id }) => id)))
    return rules.flatMap((rule) => occasionsOf(rule, context))
  }
}

/** The occasions of time-based rules that have come; the worker hands them to the delivery store once a minute and at its start. */
export const dueOccasions = timeRules()
