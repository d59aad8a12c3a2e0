import { type SQL, sql } from 'drizzle-orm'
import type { StreamType } from '#core/events/event.ts'
import { comparedAt } from '#core/filter/compared.ts'
import type { Comparison } from '#core/filter/filter.ts'
import type { ResolvedCondition, ResolvedFilter } from '#core/filter/resolve-filter.ts'
import { foldedWords } from '#core/filter/text-words.ts'
import { unreachable } from '#core/values/unreachable.ts'
import type { CountedEvents } from '../../log/read/counted-events.ts'
import type { StreamIds } from '../../log/rows/stream-ids.ts'
import { events, issueAssignees, issueLabels, issues } from '../../schema.ts'

/** The newest matches of one word that a list looks at: the commonest words match nearly everything anyway. */
const newestMatches = 20_000

const signs: Record<Comparison, SQL> = { '=': sql`=`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` }
const among = (ids: readonly number[]): SQL => sql`IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`

/** An FTS5 expression in which nothing the person typed is an operator. */
export function ftsPhrase(words: readonly string[], prefix = false): string {
  return `"${words.join(' ')}"${prefix ? ' *' : ''}`
}

/** What kind of thing a condition on labels or people names. */
const namedStream = { label: 'label', assignee: 'member' } as const

/** A condition on labels, people or what a field refers to. */
export type NamingCondition = Extract<ResolvedCondition, { kind: 'label' | 'assignee' | 'reference' }>

/** The surrogates of what a condition names. */
export function namedIds(of: NamingCondition, streamIds: StreamIds): number[] {
  if (of.kind !== 'reference')
    return surrogateIds(of.kind === 'label' ? of.labels : of.members, namedStream[of.kind], streamIds)
  const { kind } = comparedAt(of.of)
  return kind.operand === 'reference' ? surrogateIds(of.ids, kind.to, streamIds) : []
}

export function surrogateIds(uuids: readonly string[], type: StreamType, streamIds: StreamIds): number[] {
  return uuids.flatMap((uuid) => streamIds.find(uuid, type)?.id ?? [])
}

/** Surrogates of the issues that say these words in a row. @param words folded; at least one. */
export function issuesSaying(words: readonly string[]): SQL {
  const found = sql`SELECT rowid FROM search WHERE search MATCH ${ftsPhrase(words)} ORDER BY rowid DESC LIMIT ${sql.raw(String(newestMatches))}`
  return sql`SELECT ${events.streamId} AS id FROM ${events} WHERE ${events.position} IN (${found})`
}

/** A set of labels or people as a condition on the issue's id. One id alone is an equality, which the planner knows more of. */
function anyOf(table: typeof issueLabels | typeof issueAssignees, ids: readonly number[]): SQL {
  const column = table === issueLabels ? issueLabels.labelId : issueAssignees.memberId
  const which = ids.length === 1 ? sql`= ${ids[0]}` : among(ids)
  return sql`EXISTS (SELECT 1 FROM ${table} WHERE ${table.issueId} = ${issues.id} AND ${column} ${which})`
}

function condition(of: ResolvedCondition, streamIds: StreamIds, counted: CountedEvents): SQL {
  switch (of.kind) {
    case 'open':
      return sql`${issues.open} = ${of.open ? 1 : 0}`
    case 'archived':
      return sql`${issues.archived} = 1`
    case 'status':
      return of.statuses.length === 1
        ? sql`${issues.status} = ${of.statuses[0]}`
        : sql`${issues.status} IN (SELECT value FROM json_each(${JSON.stringify(of.statuses)}))`
    case 'assignee':
    case 'label': {
      const table = of.kind === 'label' ? issueLabels : issueAssignees
      const ids = namedIds(of, streamIds)
      const some = anyOf(table, ids)
      if (!of.none) return some
      const nobody = sql`NOT EXISTS (SELECT 1 FROM ${table} WHERE ${table.issueId} = ${issues.id})`
      return ids.length === 0 ? nobody : sql`(${nobody} OR ${some})`
    }
    case 'reference': {
      const column = issues[of.of]
      const ids = namedIds(of, streamIds)
      const some =
        ids.length === 1
          ? sql`${column} IS ${ids[0]}`
          : sql`(${column} IS NOT NULL AND ${column} ${among(ids)})`
      if (!of.none) return some
      return ids.length === 0 ? sql`${column} IS NULL` : sql`(${column} IS NULL OR ${some})`
    }
    case 'author':
      return sql`${issues.authorId} ${among(surrogateIds(of.members, 'member', streamIds))}`
    case 'rank':
      return sql`${issues[of.of]} ${signs[of.comparison]} ${of.rank}`
    case 'instant':
      return sql`(${issues[of.of]} >= ${of.from} AND ${issues[of.of]} < ${of.to})`
    case 'active':
      return sql`${issues.id} IN (${counted.streams(of.from, of.to)})`
    case 'day':
      return sql`(${issues[of.of]} IS NOT NULL AND ${issues[of.of]} >= ${of.from} AND ${issues[of.of]} <= ${of.to})`
    case 'unset':
      return sql`${issues[of.of]} IS NULL`
    case 'overdue':
      return sql`(${issues.open} = 1 AND ${issues[of.of]} IS NOT NULL AND ${issues[of.of]} < ${of.before})`
    case 'number': {
      const nullable: boolean = comparedAt(of.of).kind.nullable
      const compared = sql`${issues[of.of]} ${signs[of.comparison]} ${of.value}`
      return nullable ? sql`(${issues[of.of]} IS NOT NULL AND ${compared})` : compared
    }
    case 'key':
      return sql`${issues.id} ${among(surrogateIds(of.issues, 'issue', streamIds))}`
    case 'text': {
      const words = foldedWords(of.text)
      if (words.length === 0) return sql`0`
      return sql`${issues.id} IN (${issuesSaying(words)})`
    }
    default:
      return unreachable(of)
  }
}

/** A filter's terms as conditions on `issues`; what a person typed is in parameters only. */
export function filterConditions(
  filter: ResolvedFilter,
  streamIds: StreamIds,
  counted: CountedEvents,
): SQL[] {
  const terms = filter.terms.map((term) => {
    const holds = condition(term.condition, streamIds, counted)
    return term.negated ? sql`NOT ${holds}` : holds
  })
  return filter.archived === 'without' ? [sql`${issues.archived} = 0`, ...terms] : terms
}
