import { readFileSync } from 'node:fs'
import type { Workspace } from '#app/workspace/workspace.ts'
import { parseFilter } from '#core/filter/parse-filter.ts'
import { priorities } from '#core/issue/fields/priority-order.ts'
import { didYouMean, nearNames } from '#core/text/near-names.ts'
import { ruleEndpoints } from '#inboxes/store/rule-facts.ts'
import { quoted, RefusedError, UsageError } from '../output/output.ts'
import {
  type CommandInput,
  entityCommandFor,
  knownLabelId,
  memberIdOf,
  textOrInput,
} from './command-input.ts'

/** The parts of a rule as they were typed; what is left out is not there. */
export type RuleOptions = {
  readonly name?: string
  readonly when?: string
  readonly if?: string
  readonly then?: readonly string[]
}

/** A rule that was asked for: as the command wants it, not checked yet, and the wishes that make its new labels. */
export type WantedRule = { readonly rule: CommandInput; readonly make: readonly CommandInput[] }

const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

function daysOf(text: string, typed: string): number {
  const [, days] = /^(\d{1,3})d?$/.exec(text) ?? []
  if (days === undefined)
    throw new UsageError(`--when ${quoted(typed)} takes a number of days, as in due:3d or idle:14d.`)
  return Number(days)
}

/** `event:commented,assigned`, `due:3d` or `idle:14d`. */
function readWhen(typed: string): CommandInput {
  const [, kind, rest = ''] = /^([a-z]+):(.*)$/s.exec(typed.trim()) ?? []
  switch (kind) {
    case 'event':
      return {
        kind: 'event',
        types: rest
          .split(',')
          .map((type) => type.trim())
          .filter(Boolean),
      }
    case 'due':
      return { kind: 'due_in', days: daysOf(rest, typed) }
    case 'idle':
      return { kind: 'idle', days: daysOf(rest, typed) }
    default:
      throw new UsageError(
        `--when takes event:TYPE,TYPE or due:DAYS or idle:DAYS; ${quoted(typed)} is none of these.`,
      )
  }
}

/** The two parts of `a, b`; the second is `undefined` where there is no comma. */
function halves(text: string): [string, string | undefined] {
  const comma = text.indexOf(',')
  return comma === -1 ? [text.trim(), undefined] : [text.slice(0, comma).trim(), text.slice(comma + 1).trim()]
}

/** A label by name; one that is not there yet is made along, unless another is so near that it may have been meant. */
function offeredLabel(workspace: Workspace, name: string): ReturnType<typeof entityCommandFor> {
  const labels = workspace.entities.rows('label')
  return nearNames(name, labels, (label) => [label.name]).length > 0
    ? { id: knownLabelId(workspace, name), make: [] }
    : entityCommandFor(workspace, 'label', name)
}

/** What makes the labels that a query names and that are not there yet. One that may be a slip is left to be refused. */
function labelsOfQuery(workspace: Workspace, query: unknown): readonly CommandInput[] {
  const parsed = typeof query === 'string' ? parseFilter(query) : undefined
  if (!parsed?.ok) return []
  const there = workspace.entities.rows('label')
  return parsed.value.terms.flatMap(({ condition }) =>
    condition.kind !== 'label'
      ? []
      : condition.values
          .filter((name) => name.toLowerCase() !== 'none')
          .filter((name) => nearNames(name, there, (label) => [label.name]).length === 0)
          .flatMap((name) => entityCommandFor(workspace, 'label', name).make),
  )
}

/** The id of a webhook endpoint by its name or id. @throws RefusedError */
function endpointOf(workspace: Workspace, typed: string): string {
  const endpoints = ruleEndpoints(workspace.folder)
  const wanted = typed.toLowerCase()
  const found =
    endpoints.find(({ id }) => id === typed) ?? endpoints.find(({ name }) => name.toLowerCase() === wanted)
  if (found) return found.id
  const near = nearNames(typed, endpoints, ({ id, name }) => [id, name]).map(({ id }) => quoted(id))
  const hint =
    didYouMean(near) ||
    (endpoints.length > 0
      ? ` There are ${endpoints.map(({ id }) => quoted(id)).join(', ')}.`
      : ' There are none yet: docket inbox configure webhooks.')
  throw new RefusedError({
    code: 'unknown_endpoint',
    message: `There is no webhook endpoint ${quoted(typed)}.${hint}`,
  })
}

const hearers = (workspace: Workspace, typed: string): unknown =>
  typed === 'assignees' || typed === 'subscribers'
    ? typed
    : typed.split(/\s+/).map((person) => memberIdOf(workspace, person))

/** `label:bug`, `comment:…`, `notify:@ada,text`: an action and the wishes that it needs first. */
function readAction(
  workspace: Workspace,
  typed: string,
): { action: CommandInput; make: readonly CommandInput[] } {
  const [, type = '', rest = ''] = /^([a-z]+):(.*)$/s.exec(typed.trim()) ?? []
  const plain = (action: CommandInput) => ({ action: { type, ...action }, make: [] })
  const [first, second] = halves(rest)
  switch (type) {
    case 'label': {
      const { id: labelId, make } = entityCommandFor(workspace, 'label', rest.trim())
      return { action: { type, labelId }, make }
    }
    case 'unlabel': {
      const { id: labelId, make } = offeredLabel(workspace, rest.trim())
      return { action: { type, labelId }, make }
    }
    case 'assign':
    case 'unassign':
      return plain({ memberId: memberIdOf(workspace, rest.trim()) })
    case 'comment':
      return plain({ body: rest })
    case 'transition':
      return plain({ transition: first, ...(second ? { reason: second } : {}) })
    case 'priority':
      if (!(priorities as readonly string[]).includes(rest.trim()))
        throw new UsageError(
          `--then priority: takes ${priorities.join(', ')}; ${quoted(rest)} is none of these.`,
        )
      return plain({ priority: rest.trim() })
    case 'notify':
      if (!second) throw new UsageError(`--then ${quoted(typed)} says nothing: notify:@ada,TEXT.`)
      return plain({ to: hearers(workspace, first), text: second })
    case 'webhook':
      return plain({ endpoint: endpointOf(workspace, rest.trim()) })
    default:
      throw new UsageError(
        `--then takes label: unlabel: assign: unassign: comment: transition: priority: notify: or webhook: and what; ${quoted(typed)} is none of these.`,
      )
  }
}

/** An action of a file, in which people and labels may stand by their names. */
function actionOfFile(
  workspace: Workspace,
  action: unknown,
): { action: unknown; make: readonly CommandInput[] } {
  if (typeof action !== 'object' || action === null) return { action, make: [] }
  const { memberId, labelId, to, ...rest } = action as Record<string, unknown>
  const member = (typed: unknown) =>
    typeof typed === 'string' && !isId(typed) ? memberIdOf(workspace, typed) : typed
  const label =
    typeof labelId === 'string' && !isId(labelId)
      ? offeredLabel(workspace, labelId)
      : { id: labelId, make: [] }
  const named = {
    ...rest,
    ...(memberId === undefined ? {} : { memberId: member(memberId) }),
    ...(labelId === undefined ? {} : { labelId: label.id }),
    ...(to === undefined ? {} : { to: Array.isArray(to) ? to.map(member) : to }),
  }
  return { action: named, make: label.make }
}

async function ruleOfFile(workspace: Workspace, file: string): Promise<WantedRule> {
  const refused = (message: string) => new RefusedError({ code: 'invalid_input', message })
  let text: string
  try {
    text = file === '-' ? await textOrInput('-') : readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof RefusedError) throw error
    throw refused(`${quoted(file)} can not be read: ${(error as Error).message}.`)
  }
  let rule: unknown
  try {
    rule = JSON.parse(text)
  } catch (error) {
    throw refused(`${quoted(file)} is no JSON: ${(error as Error).message}.`)
  }
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule))
    throw refused(`${quoted(file)} holds no rule; see docs/rules.md.`)
  const { then } = rule as { then?: unknown }
  const actions = Array.isArray(then) ? then.map((action) => actionOfFile(workspace, action)) : undefined
  return {
    rule: { query: '', ...rule, ...(actions ? { then: actions.map(({ action }) => action) } : {}) },
    make: actions?.flatMap(({ make }) => make) ?? [],
  }
}

/** The rule that a file or options describe. @param known what it is now, where it is there. @throws RefusedError @throws UsageError */
export async function wantedRule(
  workspace: Workspace,
  file: string | undefined,
  options: RuleOptions,
  known?: CommandInput,
): Promise<WantedRule> {
  const actions = options.then?.map((typed) => readAction(workspace, typed))
  const filed = file === undefined ? undefined : await ruleOfFile(workspace, file)
  const rule: CommandInput = {
    ...(filed ? filed.rule : (known ?? { query: '' })),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.when === undefined ? {} : { when: readWhen(options.when) }),
    ...(options.if === undefined ? {} : { query: options.if }),
    ...(actions === undefined ? {} : { then: actions.map(({ action }) => action) }),
  }
  for (const [field, option] of [
    ['name', '--name'],
    ['when', '--when'],
    ['then', '--then'],
  ] as const)
    if (!(field in rule))
      throw new UsageError(`A rule needs ${option}, or a file that says it all; see docs/rules.md.`)
  const make = [
    ...(filed?.make ?? []),
    ...(actions?.flatMap((action) => action.make) ?? []),
    ...labelsOfQuery(workspace, rule.query),
  ]
  return { rule, make: [...new Map(make.map((wish) => [String(wish.labelId), wish])).values()] }
}
