import { z } from 'zod'
import type { RecordedEvent } from '#core/events/event.ts'
import { parseFilter } from '#core/filter/parse-filter.ts'
import type { ResolvedFilter } from '#core/filter/resolve-filter.ts'
import { done, type Result } from '#core/values/refusal.ts'
import type { InboxContext } from '../contract/inbox.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'

/** A query of the filter language in settings: its words are checked, names are looked up when it is used. `''` asks for everything. */
export const querySetting = z
  .string()
  .default('')
  .superRefine((query, context) => {
    const parsed = parseFilter(query)
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.error.message })
  })

type Kept = { readonly second: number; readonly filter: ResolvedFilter }
/** Looking a query up costs more than matching it, and a batch asks hundreds of times; within a second the answer is the same. */
const kept = new WeakMap<WorkspaceReader, Map<string, Kept>>()

function resolved(workspace: WorkspaceReader, query: string, now: number): Result<ResolvedFilter> {
  const second = Math.floor(now / 1_000)
  const known = kept.get(workspace) ?? new Map<string, Kept>()
  const fresh = known.get(query)
  if (fresh?.second === second) return done(fresh.filter)
  const filter = workspace.filter(query, now)
  if (filter.ok) {
    kept.set(workspace, known)
    known.set(query, { second, filter: filter.value })
  }
  return filter
}

/**
 * Whether the issue, as it was right after an event, is what a query asks for. An event that is about no issue matches `''` alone.
 * @param now milliseconds since 1970, for "in the last 7 days".
 * @returns a refusal where the query can't be looked up: a label or member that it names is gone.
 */
export function queryMatches(
  query: string,
  event: RecordedEvent,
  workspace: WorkspaceReader,
  now: number,
): Result<boolean> {
  if (query.trim() === '') return done(true)
  if (event.streamType !== 'issue') return done(false)
  const filter = resolved(workspace, query, now)
  return filter.ok ? done(workspace.matches(filter.value, workspace.issueAfter(event))) : filter
}

/**
 * Whether an event may be what a query asks for: one that can't be looked up counts, so that its delivery says so and nothing is lost.
 */
export function mayMatch(
  query: string,
  event: RecordedEvent,
  { workspace, now }: Pick<InboxContext, 'workspace' | 'now'>,
): boolean {
  const matches = queryMatches(query, event, workspace, now())
  return !matches.ok || matches.value
}

/** Why a query can't be looked up, as a sentence; `undefined` where it can. @param now milliseconds since 1970. */
export function queryProblem(query: string, workspace: WorkspaceReader, now: number): string | undefined {
  if (query.trim() === '') return undefined
  const filter = resolved(workspace, query, now)
  return filter.ok ? undefined : filter.error.message
}
