import { type ListedEntity, type ListedType, listedEntity } from '../entities/kinds/entities.ts'
import { foldedName } from '../text/folded-name.ts'
import { didYouMean, nearNames } from '../text/near-names.ts'
import { done, type Result, refuse } from '../values/refusal.ts'
import type { Workflow } from '../workflow/workflow.ts'
import { comparedAt, type FilterableKey, ranksAt } from './compared.ts'
import { activeInstants, type Calendar, days, instants } from './condition-times.ts'
import { type Comparison, type Condition, defaultSort, type Filter, type Sort, type Term } from './filter.ts'
import { invalidQuery } from './parse-filter.ts'
import { foldedWords } from './text-words.ts'

type Named = { readonly id: string; readonly name: string }
/** Each kind of entity by its names; people also by their handles. */
type NamedEntities = {
  readonly [E in ListedEntity as E['plural']]: readonly (Named &
    (E['type'] extends 'member' ? { readonly handle: string } : unknown))[]
}

/** What names in a query are looked up in. */
export type FilterContext = Calendar &
  NamedEntities & {
    readonly me: string
    readonly workflow: Workflow
    /** An issue's id by key, or `undefined`. */
    readonly findIssue: (key: string) => string | undefined
  }

/** A condition with everything in it looked up: ids, ranks, instants. */
export type ResolvedCondition =
  | { readonly kind: 'open'; readonly open: boolean }
  | { readonly kind: 'archived' }
  | { readonly kind: 'status'; readonly statuses: readonly string[] }
  /** Any of these people; with `none`, also nobody at all. */
  | { readonly kind: 'assignee'; readonly members: readonly string[]; readonly none: boolean }
  | { readonly kind: 'author'; readonly members: readonly string[] }
  | { readonly kind: 'label'; readonly labels: readonly string[]; readonly none: boolean }
  /** Any of these; with `none`, also nothing at all. */
  | {
      readonly kind: 'reference'
      readonly of: FilterableKey<'reference'>
      readonly ids: readonly string[]
      readonly none: boolean
    }
  | {
      readonly kind: 'rank'
      readonly of: FilterableKey<'rank'>
      readonly comparison: Comparison
      readonly rank: number
    }
  /** `from` inclusive, `to` exclusive, milliseconds. */
  | {
      readonly kind: 'instant'
      readonly of: FilterableKey<'instant'>
      readonly from: number
      readonly to: number
    }
  /** The same, of the times of its events; `moves` where the next one asked for is another, by the clock. */
  | { readonly kind: 'active'; readonly from: number; readonly to: number; readonly moves: boolean }
  /** `from` and `to` inclusive, days. */
  | { readonly kind: 'day'; readonly of: FilterableKey<'day'>; readonly from: string; readonly to: string }
  | { readonly kind: 'unset'; readonly of: FilterableKey<'day' | 'number'> }
  | { readonly kind: 'overdue'; readonly of: FilterableKey<'day'>; readonly before: string }
  | {
      readonly kind: 'number'
      readonly of: FilterableKey<'number'>
      readonly comparison: Comparison
      readonly value: number
    }
  | { readonly kind: 'key'; readonly issues: readonly string[] }
  | { readonly kind: 'text'; readonly text: string; readonly exact: boolean }

export type ResolvedTerm = { readonly condition: ResolvedCondition; readonly negated: boolean }

/** A filter ready to be compiled or matched. Archived issues are in only where `archived` says so. */
export type ResolvedFilter = {
  readonly terms: readonly ResolvedTerm[]
  readonly archived: 'without' | 'with'
  readonly sort: Sort
}

const fold = (text: string): string => foldedName(text).replace(/^@/, '')

/** Up to three names that are near what was typed, for "did you mean"; nothing where none is. */
function nearest(typed: string, names: readonly string[]): string {
  return didYouMean(nearNames(typed.replace(/^@/, ''), names, (name) => [name, ...name.split(/\s+/)]))
}

/** People may be meant by a part of their name too; they are named by handle, as a query names them. */
function nearestPeople(typed: string, { members }: FilterContext): string {
  const near = nearNames(typed.replace(/^@/, ''), members, ({ handle, name }) => [
    handle,
    name,
    ...name.split(/\s+/),
  ])
  return didYouMean(near.map(({ handle }) => handle))
}

function people(values: readonly string[], term: Term, context: FilterContext): Result<string[]> {
  const ids: string[] = []
  for (const value of values) {
    if (fold(value) === 'me') {
      ids.push(context.me)
      continue
    }
    const wanted = fold(value)
    const byHandle = context.members.filter((member) => fold(member.handle) === wanted)
    const found =
      byHandle.length > 0 ? byHandle : context.members.filter((member) => fold(member.name) === wanted)
    if (found.length === 0)
      return invalidQuery(`Nobody here is called "${value}".${nearestPeople(value, context)}`, term.at)
    ids.push(...found.map((member) => member.id))
  }
  return done(ids)
}

/** Labels or projects by name: all that are called so. */
function called(
  type: ListedType,
  values: readonly string[],
  term: Term,
  context: FilterContext,
): Result<string[]> {
  const { noun, plural } = listedEntity(type)
  const known: readonly Named[] = context[plural]
  const ids: string[] = []
  for (const value of values) {
    const wanted = foldedName(value)
    const found = known.filter((candidate) => foldedName(candidate.name) === wanted)
    ids.push(...found.map((one) => one.id))
    if (found.length === 0) {
      const near = nearest(
        value,
        known.map((candidate) => candidate.name),
      )
      // Whoever asks may offer to make it.
      const missing = { at: term.at, missing: type, name: value }
      return refuse('invalid_query', `There is no ${noun} "${value}".${near}`, missing)
    }
  }
  return done(ids)
}

/** Entities by name. */
const referred = (to: ListedType, values: readonly string[], term: Term, context: FilterContext) =>
  to === 'member' ? people(values, term, context) : called(to, values, term, context)

function resolveCondition(
  condition: Condition,
  term: Term,
  context: FilterContext,
): Result<ResolvedCondition | undefined> {
  switch (condition.kind) {
    case 'is':
      if (condition.value === 'all') return done(undefined)
      return done(
        condition.value === 'archived'
          ? { kind: 'archived' }
          : { kind: 'open', open: condition.value === 'open' },
      )
    case 'status': {
      const { states } = context.workflow
      const statuses = condition.values.map(
        (value) =>
          states.find(
            (state) =>
              state.id === fold(value) ||
              fold(state.name) === fold(value) ||
              fold(state.name).replaceAll(' ', '_') === fold(value).replaceAll('-', '_'),
          )?.id,
      )
      const missing = condition.values[statuses.indexOf(undefined)]
      return missing === undefined
        ? done({ kind: 'status', statuses: statuses as string[] })
        : invalidQuery(
            `There is no status "${missing}". There are ${states.map((state) => state.id).join(', ')}.`,
            term.at,
          )
    }
    case 'assignee': {
      const found = people(condition.values, term, context)
      return found.ok ? done({ kind: 'assignee', members: found.value, none: condition.none }) : found
    }
    case 'author': {
      const found = people(condition.values, term, context)
      return found.ok ? done({ kind: 'author', members: found.value }) : found
    }
    case 'label': {
      const found = called('label', condition.values, term, context)
      return found.ok ? done({ kind: 'label', labels: found.value, none: condition.none }) : found
    }
    case 'reference': {
      const { kind } = comparedAt(condition.of)
      const found = referred(
        kind.operand === 'reference' ? kind.to : 'project',
        condition.values,
        term,
        context,
      )
      const { of, none } = condition
      return found.ok ? done({ kind: 'reference', of, ids: found.value, none }) : found
    }
    case 'rank': {
      const { of, comparison, value } = condition
      return done({ kind: 'rank', of, comparison, rank: ranksAt(of).indexOf(value) })
    }
    case 'instant': {
      const { of, comparison, when } = condition
      return done({ kind: 'instant', of, ...instants(comparison, when, context) })
    }
    case 'active': {
      const { comparison, when } = condition
      return done({
        kind: 'active',
        ...activeInstants(comparison, when, context),
        moves: when.kind === 'age',
      })
    }
    case 'day': {
      const { of, comparison, when } = condition
      return done({ kind: 'day', of, ...days(comparison, when, context) })
    }
    case 'overdue':
      return done({ kind: 'overdue', of: condition.of, before: context.dayOf(context.now) })
    case 'unset':
    case 'number':
      return done(condition)
    case 'key': {
      const issues = condition.values.map((key) => context.findIssue(key))
      const missing = condition.values[issues.indexOf(undefined)]
      return missing === undefined
        ? done({ kind: 'key', issues: issues as string[] })
        : invalidQuery(`There is no issue ${missing}.`, term.at)
    }
    case 'text':
      return foldedWords(condition.text).length > 0
        ? done(condition)
        : invalidQuery(
            `There is no word to look for in "${condition.text}": letters, digits and emoji are found, other signs are not.`,
            term.at,
          )
  }
}

/** Looks up every name in a filter; one that is not there is a refusal `invalid_query` that points at it and says what is near. */
export function resolveFilter(filter: Filter, context: FilterContext): Result<ResolvedFilter> {
  const terms: ResolvedTerm[] = []
  let archived: ResolvedFilter['archived'] = 'without'
  for (const term of filter.terms) {
    const resolved = resolveCondition(term.condition, term, context)
    if (!resolved.ok) return resolved
    const { condition } = term
    if (
      condition.kind === 'key' ||
      (condition.kind === 'is' && (condition.value === 'archived' || condition.value === 'all'))
    )
      archived = 'with'
    if (resolved.value) terms.push({ condition: resolved.value, negated: term.negated })
  }
  return done({ terms, archived, sort: filter.sort ?? defaultSort })
}
