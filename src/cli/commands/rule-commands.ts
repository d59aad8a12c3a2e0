import { v7 as uuidv7 } from 'uuid'
import { listRules } from '#app/calls/rule-handlers.ts'
import { dryRun } from '#app/rules/rule-dry-run.ts'
import type { Workspace } from '#app/workspace/workspace.ts'
import type { DryRunView, RuleView } from '#contract/answers/rule-answers.ts'
import { rule as ruleSchema } from '#core/rules/rule.ts'
import { foldedName } from '#core/text/folded-name.ts'
import { didYouMean, nearNames } from '#core/text/near-names.ts'
import { type CommandInput, executeAll } from '../input/command-input.ts'
import { type Shared, withWorkspace } from '../input/open-here.ts'
import { readInstant } from '../input/read-instant.ts'
import { type RuleOptions, wantedRule } from '../input/rule-input.ts'
import {
  accepted,
  print,
  printedInstant,
  printJson,
  quoted,
  RefusedError,
  safeLine,
  UsageError,
} from '../output/output.ts'
import { outputWidth, table } from '../output/table.ts'

/** A rule by name or id. @throws RefusedError */
function ruleCalled(workspace: Workspace, typed: string): RuleView {
  const rules = listRules(workspace)
  const wanted = foldedName(typed)
  const found = rules.find(({ id, rule }) => id === wanted || foldedName(rule.name) === wanted)
  if (found) return found
  const near = nearNames(wanted, rules, ({ rule }) => [rule.name]).map(({ rule }) => quoted(rule.name))
  throw new RefusedError({
    code: 'unknown_rule',
    message: `There is no rule ${quoted(typed)}.${didYouMean(near)}`,
  })
}

const stateOf = ({ enabled, problem, held }: RuleView): string =>
  problem ? 'broken' : held ? 'held' : enabled ? 'on' : 'off'

/** What a person is asked about a rule that waits. */
const question = ({ rule, held }: RuleView): string =>
  `The rule ${quoted(safeLine(rule.name))} would act on ${counted(held?.issues ?? 0, 'issue')} at once, so it waits. Look: docket rule dry-run ${quoted(safeLine(rule.name))}. Then say: docket rule answer ${quoted(safeLine(rule.name))} --act, or --leave.`

function ruleText(view: RuleView, changedBy: string): string {
  return [
    `${safeLine(view.rule.name)}  (${stateOf(view)})`,
    `When  ${safeLine(view.words.when)}`,
    `If    ${safeLine(view.rule.query) || 'any issue'}`,
    ...view.words.then.map((words) => `Then  ${safeLine(words)}`),
    `Changed ${printedInstant(view.changedAt)} by ${safeLine(changedBy)}`,
    ...(view.problem ? [safeLine(view.problem)] : []),
    ...view.warnings.map(safeLine),
    ...(view.held ? [question(view)] : []),
  ].join('\n')
}

const nameOf = (workspace: Workspace, memberId: string): string =>
  workspace.entities.rows('member').find(({ id }) => id === memberId)?.name ?? 'someone'

/** `docket rule list` */
export async function printRules(options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const rules = listRules(workspace)
    if (options.json) return printJson({ rules })
    if (rules.length === 0)
      return print('There are no rules yet. Add one: docket rule add --name … --when … --then …')
    const rows = rules.map((view) => [
      safeLine(view.rule.name),
      stateOf(view),
      safeLine(view.words.when),
      safeLine(view.rule.query) || 'any',
      safeLine(view.words.then.join('; ')),
    ])
    const columns = [
      { head: 'NAME', most: 30 },
      { head: 'STATE' },
      { head: 'WHEN', most: 30, spare: 1 },
      { head: 'IF', most: 30, spare: 2 },
      { head: 'THEN', grows: true },
    ]
    print(table(columns, rows, outputWidth()))
    for (const view of rules) {
      for (const warning of view.warnings) print(`${safeLine(view.rule.name)}: ${safeLine(warning)}`)
      if (view.held) print(question(view))
    }
  })
}

/** `docket rule show` */
export async function showRule(name: string, options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const view = ruleCalled(workspace, name)
    const history = workspace.log
      .readStream({ type: 'rule', id: view.id })
      .map(({ position, type, occurredAt, actorId }) => ({ position, type, occurredAt, actorId }))
    if (options.json) return printJson({ ...view, history })
    print(ruleText(view, nameOf(workspace, view.changedBy)))
    for (const { type, occurredAt, actorId } of history.toReversed())
      print(
        `  ${printedInstant(occurredAt)}  ${safeLine(nameOf(workspace, actorId))}  ${type.replace('rule_', '')}`,
      )
  })
}

function said(workspace: Workspace, ruleId: string, json: boolean | undefined, done: string): void {
  const view = listRules(workspace).find(({ id }) => id === ruleId)
  if (!view) throw new Error(`the rule ${ruleId} is not there`)
  if (json) printJson(view)
  else print(`${done}\n${ruleText(view, nameOf(workspace, view.changedBy))}`)
}

/** Which labels were made along, as a sentence. */
const madeWords = (make: readonly CommandInput[]): string =>
  make.length === 0
    ? ''
    : ` Made ${make.length === 1 ? 'the label' : 'the labels'} ${make.map(({ name }) => quoted(safeLine(String(name)))).join(', ')}.`

/** `docket rule add` */
export async function add(file: string | undefined, options: Shared & RuleOptions): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const { rule, make } = await wantedRule(workspace, file, options)
    const ruleId = uuidv7()
    executeAll(workspace, [...make, { type: 'add_rule', ruleId, rule }])
    said(
      workspace,
      ruleId,
      options.json,
      `Added.${madeWords(make)} What it would have done: docket rule dry-run`,
    )
  })
}

/** `docket rule change` */
export async function changeRule(
  name: string,
  file: string | undefined,
  options: Shared & RuleOptions,
): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const known = ruleCalled(workspace, name)
    if (
      file === undefined &&
      [options.name, options.when, options.if, options.then].every((one) => one === undefined)
    )
      throw new UsageError('Say what to change: --name, --when, --if, --then, or a file.')
    const { rule, make } = await wantedRule(workspace, file, options, known.rule)
    executeAll(workspace, [...make, { type: 'change_rule', ruleId: known.id, rule }])
    said(workspace, known.id, options.json, `Changed.${madeWords(make)}`)
  })
}

/** `docket rule enable`, `disable` and `remove` */
export async function switchRule(
  what: 'enable' | 'disable' | 'remove',
  name: string,
  options: Shared,
): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const { id, rule } = ruleCalled(workspace, name)
    const executed = executeAll(workspace, [{ type: `${what}_rule`, ruleId: id }])
    const changed = executed.some((one) => one.recorded.length > 0)
    if (options.json) return printJson({ id, name: rule.name, changed })
    const now = { enable: 'on', disable: 'off', remove: 'removed' }[what]
    print(`The rule ${quoted(safeLine(rule.name))} is ${now}${changed ? '' : ' already'}.`)
  })
}

/** `docket rule answer`: what a rule that is held may do with what it waits with. */
export async function answer(
  name: string,
  options: Shared & { readonly act?: boolean; readonly leave?: boolean },
): Promise<void> {
  if ((options.act === true) === (options.leave === true))
    throw new UsageError('Say --act, to have the rule act on what it waits with, or --leave.')
  await withWorkspace(options, (workspace) => {
    const view = ruleCalled(workspace, name)
    if (!view.held)
      throw new RefusedError({
        code: 'rule_not_held',
        message: `The rule ${quoted(safeLine(view.rule.name))} waits for no answer; nothing was changed.`,
      })
    const acts = options.act === true
    executeAll(workspace, [{ type: 'answer_rule_hold', ruleId: view.id, acts, issues: view.held.issues }])
    if (options.json) return printJson({ id: view.id, name: view.rule.name, acts })
    const rest = acts ? 'acts on what had come up to now' : 'leaves alone what had come up to now'
    print(`The rule ${quoted(safeLine(view.rule.name))} ${rest}, here and wherever else it runs.`)
  })
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

function dryRunText(view: DryRunView): string {
  const lines = view.lines.map((line) => {
    const does = line.stopped ?? line.does.join('; ')
    return `${printedInstant(line.at)}  ${safeLine(line.issue.key)}  ${safeLine(does)}  (${safeLine(line.because)})`
  })
  const more = view.runs + view.stopped - view.lines.length
  return [
    `This rule would have acted on ${counted(view.issues, 'issue')}, ${counted(view.runs, 'time')} in all${view.stopped > 0 ? `, and been stopped ${counted(view.stopped, 'time')}` : ''}.`,
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(view.imported > 0
      ? [`Left out: ${counted(view.imported, 'occasion')} in imported history, on which rules never act.`]
      : []),
  ].join('\n')
}

/** A rule that is only tried, as it would be added. @throws RefusedError where it is of no shape. */
function checked(wanted: CommandInput) {
  const parsed = ruleSchema.safeParse(wanted)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new RefusedError({
    code: 'invalid_input',
    message: `The rule's ${issue?.path.join('.') || 'shape'} ${issue?.message ?? 'is not valid'}.`,
  })
}

/** `docket rule dry-run`: of a rule by name, a file, or options. */
export async function tryOut(
  which: string | undefined,
  options: Shared & RuleOptions & { since?: string; file?: string },
): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const known = which === undefined ? undefined : ruleCalled(workspace, which).rule
    const { rule, make } = await wantedRule(workspace, options.file, options, known)
    if (make.length > 0)
      throw new UsageError('A dry run changes nothing, so it makes no label; name one that is there.')
    const since = options.since === undefined ? undefined : readInstant(options.since)
    const view = accepted(await dryRun(workspace, checked(rule), since, Date.now()))
    if (options.json) printJson(view)
    else print(dryRunText(view))
  })
}
