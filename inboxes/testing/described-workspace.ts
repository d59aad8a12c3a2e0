import { type EntityEvent, foldEntry } from '#core/entities/entity-state.ts'
import {
  type EntityRow,
  type EntityRows,
  type ListedType,
  listedEntity,
  noEntities,
} from '#core/entities/kinds/entities.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { matches } from '#core/filter/match-filter.ts'
import { matchableIssue } from '#core/filter/matchable-issue.ts'
import { parseFilter } from '#core/filter/parse-filter.ts'
import { resolveFilter } from '#core/filter/resolve-filter.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import { type IssueState, initialIssue } from '#core/issue/issue-state.ts'
import type { KnownRule } from '#core/rules/rule.ts'
import { defaultWorkflow, type Workflow } from '#core/workflow/workflow.ts'
import { foldRecorded } from '#db/log/read/issue-cache.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'
import { ada, grace, idOf, issueOne, testStart } from './made-events.ts'

/** A workspace in plain words. What is left out is a small workspace of Ada and Grace with the issue DOC-42. */
export type DescribedWorkspace = {
  readonly me?: string
  readonly keyPrefix?: string
  readonly members?: readonly EntityRow<'member'>[]
  readonly labels?: readonly EntityRow<'label'>[]
  readonly projects?: readonly EntityRow<'project'>[]
  readonly workflow?: Workflow
  readonly rules?: readonly KnownRule[]
  /** How issues were before `events`. */
  readonly issues?: readonly (Partial<IssueState> & { readonly id: string })[]
  /** What happened since, oldest first. */
  readonly events?: readonly RecordedEvent[]
}

export const usualMembers: readonly EntityRow<'member'>[] = [
  { id: ada, name: 'Ada', handle: 'ada', email: 'ada@example.org' },
  { id: grace, name: 'Grace', handle: 'grace', email: 'grace@example.org' },
]
export const bug = idOf(0xb1)
export const usualLabels: readonly EntityRow<'label'>[] = [{ id: bug, name: 'bug', colour: '#cf5363' }]
export const website = idOf(0xb2)
export const usualProjects: readonly EntityRow<'project'>[] = [{ id: website, name: 'Website' }]

const usualIssue = {
  id: issueOne,
  exists: true,
  number: 42,
  title: 'The export hangs',
  status: 'open',
  authorId: ada,
  createdAt: testStart,
  updatedAt: testStart,
}
const utcDay = (instant: number): string => new Date(instant).toISOString().slice(0, 10)
const find = <T extends { readonly id: string }>(all: readonly T[], id: string) =>
  all.find((one) => one.id === id)

/** A `WorkspaceReader` over a description, without a database: filters and folds are the real ones. Days are those of UTC. */
export function describedWorkspace(described: DescribedWorkspace = {}): WorkspaceReader {
  const { me = ada, keyPrefix = 'DOC', workflow = defaultWorkflow, events = [] } = described
  const { members = usualMembers, labels = usualLabels, issues = [usualIssue] } = described
  const { projects = usualProjects } = described
  const rows: EntityRows = { ...noEntities, members, labels, projects }
  const rowsOf = <Type extends ListedType>(type: Type) =>
    rows[listedEntity(type).plural] as readonly unknown[] as readonly EntityRow<Type>[]

  const begun = (id: string): IssueState =>
    structuredClone({ ...initialIssue(id), ...issues.find((issue) => issue.id === id) })
  const ofStream = (id: string) =>
    events.filter((event) => event.streamType === 'issue' && event.streamId === id)
  const folded = (id: string, upTo: readonly RecordedEvent[]): IssueState => foldRecorded(begun(id), upTo)
  const issue = (id: string): IssueState => folded(id, ofStream(id))
  const ids = (): string[] => [
    ...new Set<string>([
      ...issues.map(({ id }) => id),
      ...events.filter(({ streamType }) => streamType === 'issue').map(({ streamId }) => streamId),
    ]),
  ]
  const bodyOf = (id: string): string => {
    const data = events.find((event) => event.id === id)?.data as { readonly body?: unknown } | undefined
    return typeof data?.body === 'string' ? data.body : ''
  }
  const reader: WorkspaceReader = {
    me,
    workspace: () => ({ id: idOf(0xc1), name: 'Test', keyPrefix }),
    workflow: () => workflow,
    entity: (type, id) => find(rowsOf(type), id),
    entities: rowsOf,
    sentence: () => undefined,
    rules: () => described.rules ?? [],
    answers: () => [],
    touched: () => undefined,
    issue,
    issueAfter(event) {
      const own = ofStream(event.streamId)
      const at = own.findIndex((other) => other.id === event.id)
      return folded(event.streamId, at === -1 ? [...own, event] : own.slice(0, at + 1))
    },
    issueKey: (id) => issueKey(keyPrefix, issue(id)),
    lostTo({ id, streamId }) {
      const own = events.filter((event) => event.streamId === streamId)
      const { conflicts } = foldEntry(own as readonly unknown[] as readonly EntityEvent[])
      return conflicts.flatMap(({ won, lost }) => (won === id ? (find(events, lost) ?? []) : []))
    },
    event: (id) => find(events, id),
    filter(query, now) {
      const parsed = parseFilter(query)
      if (!parsed.ok) return parsed
      return resolveFilter(parsed.value, {
        me,
        ...rows,
        workflow,
        findIssue: (key) => ids().find((id) => reader.issueKey(id) === key),
        now,
        startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
        dayOf: utcDay,
      })
    },
    matches(filter, state) {
      const comments = Object.values(state.comments).filter((comment) => !comment.deleted)
      const texts = [
        state.title,
        state.description,
        ...comments.map((comment) => bodyOf(comment.bodyEventId)),
      ]
      const isActive = (from: number, to: number): boolean =>
        ofStream(state.id).some(
          ({ type, occurredAt }) => type !== 'viewed' && occurredAt >= from && occurredAt < to,
        )
      return matches(filter, matchableIssue(state, workflow, texts, isActive))
    },
    find: (filter, limit) =>
      ids()
        .filter((id) => reader.matches(filter, issue(id)))
        .slice(0, limit),
  }
  return reader
}
