import { eq, inArray, sql } from 'drizzle-orm'
import {
  type EntityRow,
  type EntityRows,
  type ListedType,
  listedEntities,
  listedEntity,
} from '#core/entities/kinds/entities.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { dayOf, startOfDay } from '#core/filter/local-days.ts'
import { matches } from '#core/filter/match-filter.ts'
import { matchableIssue } from '#core/filter/matchable-issue.ts'
import { parseFilter } from '#core/filter/parse-filter.ts'
import { type FilterContext, type ResolvedFilter, resolveFilter } from '#core/filter/resolve-filter.ts'
import { issueKey, parseKey } from '#core/issue/issue-key.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import type { KnownRule } from '#core/rules/rule.ts'
import { holdAnswers } from '#core/rules/rule-hold.ts'
import { defaultWorkflow, type Workflow } from '#core/workflow/workflow.ts'
import { registeredTypes } from '#db/log/read/registered-types.ts'
import { entityQuery, issueFinder } from '#db/queries/entity-query.ts'
import { issueList } from '#db/queries/issue-list/issue-list.ts'
import { ruleQuery } from '#db/queries/rule-query.ts'
import { conflicts, events, settings } from '#db/schema.ts'
import type { ReadDatabase } from '#db/sqlite/open-database.ts'
import { uuidText } from '#db/sqlite/uuid-bytes.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'
import type { LogReader } from './log-reader.ts'

/** Who sits at this replica, as the host knows it. */
export type LocalIdentity = {
  readonly memberId: string
  readonly workspaceId: string
  readonly name: string
  readonly keyPrefix: string
}

type Directory = {
  readonly rows: EntityRows
  readonly byId: ReadonlyMap<ListedType, ReadonlyMap<string, unknown>>
  readonly rules: readonly KnownRule[]
  readonly name: string
  readonly keyPrefix: string
  readonly workflow: Workflow
}

const named = ['workspace.name', 'workspace.key_prefix', 'workspace.workflow'] as const

/** The workspace as inboxes look it up, over a connection that only reads. */
export function logWorkspace(
  database: ReadDatabase,
  reader: LogReader,
  identity: LocalIdentity,
): WorkspaceReader {
  const query = entityQuery(database, reader.streamIds)
  const allRules = ruleQuery(database, reader.streamIds)
  const eventTypes = registeredTypes(database)
  const finder = issueFinder(database, reader.streamIds)
  const list = issueList(database, reader.streamIds)
  const lostTo = database.orm
    .select({ id: events.id })
    .from(conflicts)
    .innerJoin(events, eq(events.position, conflicts.lost))
    .where(eq(conflicts.won, sql.placeholder('position')))
    .prepare()
  let readAt = -1
  let known: Directory | undefined

  function directory(): Directory {
    const version = reader.directoryVersion()
    if (known && readAt === version) return known
    readAt = version
    const rows = query.all()
    const values = new Map(
      database.orm
        .select()
        .from(settings)
        .where(inArray(settings.name, [...named]))
        .all()
        .map((row) => [row.name, row.value]),
    )
    const workflow = values.get('workspace.workflow')
    known = {
      rows,
      byId: new Map(
        listedEntities.map(({ type, plural }) => [type, new Map(rows[plural].map((row) => [row.id, row]))]),
      ),
      rules: allRules(),
      name: values.get('workspace.name') ?? identity.name,
      keyPrefix: values.get('workspace.key_prefix') ?? identity.keyPrefix,
      workflow: workflow ? (JSON.parse(workflow) as Workflow) : defaultWorkflow,
    }
    return known
  }

  const findIssue = (text: string): string | undefined =>
    finder.byKey(parseKey(text, directory().keyPrefix)) ?? finder.byExternalKey(text.trim())

  const bodyOf = (eventId: string): string => {
    const event = reader.event(eventId) as RecordedEvent<string, { body?: unknown }> | undefined
    return typeof event?.data.body === 'string' ? event.data.body : ''
  }

  const textsOf = (issue: IssueState): readonly string[] => [
    issue.title,
    issue.description,
    ...Object.values(issue.comments).flatMap((comment) =>
      comment.deleted ? [] : [bodyOf(comment.bodyEventId)],
    ),
  ]

  const asksForText = (filter: ResolvedFilter): boolean =>
    filter.terms.some((term) => term.condition.kind === 'text')

  return {
    get me() {
      return identity.memberId
    },
    workspace: () => ({ id: identity.workspaceId, name: directory().name, keyPrefix: directory().keyPrefix }),
    workflow: () => directory().workflow,
    entity: <Type extends ListedType>(type: Type, id: string) =>
      directory().byId.get(type)?.get(id) as EntityRow<Type> | undefined,
    entities: <Type extends ListedType>(type: Type) =>
      directory().rows[listedEntity(type).plural] as readonly unknown[] as readonly EntityRow<Type>[],
    sentence: (eventType) => eventTypes().get(eventType)?.sentence,
    rules: () => directory().rules,
    answers: (ruleId) => holdAnswers(reader.ofRule(ruleId)),
    touched: reader.touched,
    issue: reader.issue,
    issueAfter: (event) => reader.issueAfter(event),
    issueKey: (issueId) => issueKey(directory().keyPrefix, reader.issue(issueId)),
    lostTo: (event) =>
      lostTo.all({ position: event.position }).flatMap(({ id }) => reader.event(uuidText(id)) ?? []),
    event: reader.event,
    filter(text, now) {
      const parsed = parseFilter(text)
      if (!parsed.ok) return parsed
      const context: FilterContext = {
        me: identity.memberId,
        ...directory().rows,
        workflow: directory().workflow,
        findIssue,
        now,
        startOfDay,
        dayOf,
      }
      return resolveFilter(parsed.value, context)
    },
    matches: (filter, issue) =>
      matches(
        filter,
        matchableIssue(issue, directory().workflow, asksForText(filter) ? textsOf(issue) : [], (from, to) =>
          list.isActive(issue.id, from, to),
        ),
      ),
    find: (filter, limit) => list.page(filter, { limit }).rows.map((row) => row.id),
  }
}
