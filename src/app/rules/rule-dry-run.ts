import { eq, inArray } from 'drizzle-orm'
import type { DryRunLine, DryRunView } from '#contract/answers/rule-answers.ts'
import { entityNames } from '#core/entities/kinds/entities.ts'
import { totalOrder } from '#core/events/event-order.ts'
import { parseFilter } from '#core/filter/parse-filter.ts'
import { type ResolvedFilter, resolveFilter } from '#core/filter/resolve-filter.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import { ruleMistake } from '#core/rules/decide-rule.ts'
import type { KnownRule, Rule } from '#core/rules/rule.ts'
import { done, type Result } from '#core/values/refusal.ts'
import { events, eventTypes, issues } from '#db/schema.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { actionWords, type RuleNames } from './describe-rule.ts'
import { type SimulatedRun, type Simulation, simulateIssue } from './rule-simulation.ts'

/** More lines than this are counted, not listed. */
const listedAtMost = 500
/** How long the event loop is held in one go, in milliseconds: less than a frame. */
const sliceMillis = 8
/** A rule that is not in the workspace needs an id all the same. */
const tried = '00000000-0000-8000-8000-000000000000'

/** Issues that the rule may have something to do with: those with an event of its types, or all where it goes by the clock; as they came here. */
function candidates(workspace: Workspace, { when }: Rule): readonly string[] {
  const { orm } = workspace.database
  const { streamIds } = workspace.log
  const streams =
    when.kind === 'event'
      ? orm
          .selectDistinct({ id: events.streamId })
          .from(events)
          .innerJoin(eventTypes, eq(eventTypes.id, events.typeId))
          .where(inArray(eventTypes.name, when.types))
          .all()
      : orm.select({ id: issues.id }).from(issues).all()
  return streams
    .toSorted((a, b) => a.id - b.id)
    .map(({ id }) => streamIds.stream(id))
    .flatMap(({ type, uuid }) => (type === 'issue' ? [uuid] : []))
}

/** How people and labels are called now. */
export function ruleNames(workspace: Workspace): RuleNames {
  const names = entityNames(workspace.entities.all())
  return {
    member: (id) => names('member', id) ?? 'someone',
    label: (id) => names('label', id) ?? 'that is gone',
  }
}

function lineOf(
  run: SimulatedRun,
  issue: DryRunLine['issue'],
  names: RuleNames,
  isRecorded: boolean,
): DryRunLine {
  return {
    issue,
    at: run.at,
    eventId: isRecorded ? (run.cause?.id ?? null) : null,
    because: run.because,
    does: run.steps.map((step) => actionWords(step.action, names)),
    stopped: run.stopped,
  }
}

/**
 * What a rule would have done, had it been there from `since` (milliseconds; from the start where absent) until now. Changes nothing, and
 * lets go of the event loop between issues. Refuses what `add_rule` refuses.
 */
export async function dryRun(
  workspace: Workspace,
  rule: Rule,
  since: number | undefined,
  now: number,
): Promise<Result<DryRunView>> {
  const context = workspace.commands.ruleContext()
  const mistake = ruleMistake(rule, context)
  if (mistake) return { ok: false, error: mistake }
  const parsed = parseFilter(rule.query)
  if (!parsed.ok) return parsed
  const names = ruleNames(workspace)
  const { keyPrefix } = workspace.name()
  let looked: { at: number; filter: ResolvedFilter } | undefined
  const known: KnownRule = { id: tried, enabled: true, since: since ?? 0, rule }
  const simulation: Simulation = {
    rule: known,
    from: since,
    until: now,
    workflow: workspace.log.workflow(),
    decision: workspace.commands.decisionContext(),
    issueKey: (issue) => issueKey(keyPrefix, issue),
    memberName: names.member,
    filterAt(at) {
      if (looked?.at === at) return looked.filter
      const resolved = resolveFilter(parsed.value, { ...context.filter, now: at })
      // What was looked up for `ruleMistake` a moment ago does not fail now: names do not go by the time.
      if (!resolved.ok) throw new Error(resolved.error.message)
      looked = { at, filter: resolved.value }
      return resolved.value
    },
  }

  const lines: DryRunLine[] = []
  const counts = { issues: 0, runs: 0, stopped: 0, imported: 0, looked: 0 }
  let heldSince = performance.now()
  for (const issueId of candidates(workspace, rule)) {
    if (performance.now() - heldSince > sliceMillis) {
      await new Promise((resolve) => setImmediate(resolve))
      heldSince = performance.now()
    }
    const history = workspace.log
      .readStream({ type: 'issue', id: issueId })
      .filter((event) => !event.waiting && event.occurredAt <= now)
      .toSorted(totalOrder)
    const { runs, imported, issue } = simulateIssue(issueId, history, simulation)
    const acted = runs.filter((run) => run.stopped === null).length
    counts.looked += 1
    counts.imported += imported
    counts.runs += acted
    counts.stopped += runs.length - acted
    if (acted > 0) counts.issues += 1
    const recorded = new Set<string>(history.map((event) => event.id))
    const shown = { id: issueId, key: issueKey(keyPrefix, issue), title: issue.title }
    for (const run of runs.slice(0, listedAtMost - lines.length))
      lines.push(lineOf(run, shown, names, run.cause !== null && recorded.has(run.cause.id)))
  }
  return done({ name: rule.name, since: since ?? null, ...counts, lines })
}
