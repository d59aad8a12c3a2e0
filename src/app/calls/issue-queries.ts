import { setImmediate } from 'node:timers/promises'
import type {
  IssueCount,
  IssueOrder,
  IssuePageView,
  IssueRow,
  IssueSums,
  SearchHit,
  SearchResult,
  StripView,
} from '#contract/answers/answers.ts'
import type { CallRequest } from '#contract/calls.ts'
import { noEntities } from '#core/entities/kinds/entities.ts'
import { dayOf, startOfDay } from '#core/filter/local-days.ts'
import { parseFilter } from '#core/filter/parse-filter.ts'
import { type FilterContext, type ResolvedFilter, resolveFilter } from '#core/filter/resolve-filter.ts'
import { summedFields } from '#core/issue/fields/units.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { issueList } from '#db/queries/issue-list/issue-list.ts'
import type { ListedIssue } from '#db/queries/issue-list/listed-issues.ts'
import type { ListPlace } from '#db/queries/issue-list/page-of-rows.ts'
import { searchQuery } from '#db/queries/search-query.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { chosenTime } from './chosen-time.ts'
import { heldOrders } from './held-orders.ts'
import { readSearch } from './read-search.ts'
import { takenBack } from './taken-back.ts'

const cursorOf = (place: ListPlace): string =>
  Buffer.from(JSON.stringify([place.value, place.id])).toString('base64url')

function placeOf(cursor: string): ListPlace | undefined {
  try {
    const [value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const sortable = value === null || typeof value === 'string' || typeof value === 'number'
    return sortable && Number.isSafeInteger(id) ? { value, id: id as number } : undefined
  } catch {
    return undefined
  }
}

export type IssueQueries = ReturnType<typeof issueQueries>

/** Lists, counts and search over the filter language. */
export function issueQueries(workspace: Workspace) {
  const { log, database } = workspace
  const list = issueList(database, log.streamIds)
  const orders = heldOrders(
    list,
    () => log.position(),
    (since) => new Set(takenBack(log, since).flatMap((id) => log.streamIds.find(id, 'issue')?.id ?? [])),
  )
  const search = searchQuery(database, log.streamIds, log.toEvent)
  let entitiesAt = -1
  let entities = noEntities

  function context(): FilterContext {
    log.refreshIfChangedElsewhere()
    if (entitiesAt !== log.directoryVersion()) {
      entitiesAt = log.directoryVersion()
      entities = workspace.entities.all()
    }
    return {
      me: workspace.me.memberId,
      ...entities,
      workflow: log.workflow(),
      findIssue: workspace.findIssue,
      now: Date.now(),
      startOfDay,
      dayOf,
    }
  }

  function filterOf(query: string): Result<ResolvedFilter> {
    const parsed = parseFilter(query)
    return parsed.ok ? resolveFilter(parsed.value, context()) : parsed
  }

  const rowOf =
    (keyPrefix: string) =>
    ({ number, ...row }: ListedIssue): IssueRow => ({
      ...row,
      key: issueKey(keyPrefix, { id: row.id, number }),
    })

  const titleHit = (
    issue: Pick<ListedIssue, 'id' | 'number' | 'title' | 'status'>,
    where: 'key' | 'title',
  ): SearchHit => ({
    id: issue.id,
    key: issueKey(workspace.name().keyPrefix, issue),
    title: issue.title,
    status: issue.status,
    where,
    excerpt: [{ text: issue.title, hit: false }],
  })

  return {
    /** Reads on what makes every list equally quick, a slice. @returns whether more is waiting. */
    warm: () => list.warm(),
    list({ query, limit, cursor, offset, held }: CallRequest<'issues.list'>): Result<IssuePageView> {
      const filter = filterOf(query)
      if (!filter.ok) return filter
      if (held !== undefined) {
        const page = orders.page(`${held} ${query}`, filter.value, offset ?? 0, limit)
        const { total, left } = page
        return done({
          rows: page.rows.map(rowOf(workspace.name().keyPrefix)),
          next: null,
          held: { total, left },
        })
      }
      const after = cursor === undefined ? undefined : placeOf(cursor)
      if (cursor !== undefined && !after)
        return refuse('invalid_cursor', 'This list can not be continued from there; load it anew.')
      const page = list.page(filter.value, { limit, after, offset })
      return done({
        rows: page.rows.map(rowOf(workspace.name().keyPrefix)),
        next: page.next && cursorOf(page.next),
      })
    },
    /** How an order that a window holds stands to the one of now. */
    order({ query, held, find, take }: CallRequest<'issues.order'>): Result<IssueOrder> {
      const filter = filterOf(query)
      if (!filter.ok) return filter
      const name = `${held} ${query}`
      const ids = (take ?? []).flatMap((id) => log.streamIds.find(id, 'issue')?.id ?? [])
      if (take) orders.take(name, filter.value, ids)
      const found = find === undefined ? undefined : log.streamIds.find(find, 'issue')
      return done({
        // Taking some is asked for often, and says nothing of the others.
        changed: take === undefined && orders.isChanged(name, filter.value),
        at: found ? orders.placeOf(name, filter.value, found.id) : null,
      })
    },
    count(query: string): Result<IssueCount> {
      const filter = filterOf(query)
      if (!filter.ok) return filter
      const byStatus = list.count(filter.value)
      return done({ total: Object.values(byStatus).reduce((sum, count) => sum + count, 0), byStatus })
    },
    /** What fields that are added up come to, of what a query finds. */
    sums(query: string): Result<IssueSums> {
      if (summedFields.length === 0) return done({})
      const filter = filterOf(query)
      return filter.ok ? done(list.sums(filter.value)) : filter
    },
    /** The strip over all that a query finds, whatever time it asks for; pauses now and then, so that others are answered. */
    async strip(query: string): Promise<Result<StripView>> {
      const parsed = parseFilter(query)
      if (!parsed.ok) return parsed
      const filter = resolveFilter(parsed.value, context())
      if (!filter.ok) return filter
      const chosen = chosenTime(parsed.value, filter.value)
      const bits = list.bits(chosen ? chosen.without : filter.value)
      const counting = workspace.strip.ofIssues(bits, chosen)
      for (let step = counting.next(); ; step = counting.next()) {
        if (step.done) {
          const { strip, part } = step.value
          const at = chosen && part && { when: chosen.when, from: chosen.from, to: chosen.to, ...part }
          return done({ ...strip, chosen: at })
        }
        await setImmediate()
      }
    },
    /** Finds issues by words, or by words and the filter language together: `seat is:open label:bug`. */
    search(text: string, limit: number): Omit<SearchResult, 'catchingUp'> {
      const { keyPrefix } = workspace.name()
      const { wanted, filter, mistake } = readSearch(text, context())
      const hits =
        filter && wanted.length === 0
          ? list.page(filter, { limit }).rows.map((row) => titleHit(row, 'title'))
          : search(wanted, limit, filter && list.matcher(filter)).map(
              ({ archived: _, number, ...found }) => ({
                ...found,
                key: issueKey(keyPrefix, { id: found.id, number }),
              }),
            )
      const called = workspace.findIssue(text)
      if (!called) return { hits, mistake }
      const exact = titleHit(log.issue(called), 'key')
      return { hits: [exact, ...hits.filter((hit) => hit.id !== called)].slice(0, limit), mistake }
    },
  }
}
