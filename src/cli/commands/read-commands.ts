import { statSync } from 'node:fs'
import { feedItem, parseFeedCursor } from '#app/calls/feed-items.ts'
import { issueDetail } from '#app/calls/issue-detail.ts'
import { issueQueries } from '#app/calls/issue-queries.ts'
import type { Workspace } from '#app/workspace/workspace.ts'
import type { FeedItem, IssueDetail } from '#contract/answers/answers.ts'
import { eachListed, entityNames, type ListedType, listedEntities } from '#core/entities/kinds/entities.ts'
import type { FieldKind } from '#core/issue/fields/field.ts'
import { type FieldValue, fieldsOf, fieldValue, type IssueField, kindOf } from '#core/issue/fields/fields.ts'
import { type ChosenUnits, numberText } from '#core/issue/fields/units.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import type { Position } from '#core/values/ids.ts'
import { clockStanding } from '#db/log/clock-jumps.ts'
import type { FeedEntry } from '#db/queries/feed-entries.ts'
import type { FeedCursor, FeedQueryScope } from '#db/queries/feed-query.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { memberIdOf } from '../input/command-input.ts'
import { issueIdOf, type Shared, withWorkspace, workspaceFolder } from '../input/open-here.ts'
import { readInstant } from '../input/read-instant.ts'
import { describeCause, feedLine } from '../output/feed-lines.ts'
import {
  accepted,
  dayText,
  print,
  printedInstant,
  printJson,
  quoted,
  safeLine,
  safeText,
  UsageError,
} from '../output/output.ts'
import { outputWidth, type TableColumn, table } from '../output/table.ts'
import { clockLines } from './times-commands.ts'

/** Search answers for what was recorded a moment ago, too: here nobody else may be catching up. */
function applyPending(workspace: Workspace): void {
  try {
    while (workspace.projections.step(500));
  } catch (error) {
    // A full disk, or another program that writes: what is there can be read all the same, and the next one catches up.
    if (!databaseRefusal(error, '')) throw error
  }
}

/** What is counted beside the people. */
const otherEntities = listedEntities.filter(({ type }) => type !== 'member')

function namesOf(workspace: Workspace): {
  person(id: string | null): string
  label(id: string): string
  entity(type: ListedType, id: string): string
  status(id: string): string
} {
  const names = entityNames(workspace.entities.all())
  const states = new Map(workspace.log.workflow().states.map((state) => [state.id, state.name]))
  return {
    person: (id) => safeLine((id && names('member', id)) || 'someone'),
    label: (id) => safeLine(names('label', id) ?? 'label'),
    entity: (type, id) => safeLine(names(type, id) ?? (type === 'member' ? 'someone' : 'none')),
    status: (id) => safeLine(states.get(id) ?? id),
  }
}

const listColumns: readonly TableColumn[] = [
  { head: 'KEY' },
  { head: 'STATUS', most: 16 },
  { head: 'PRIORITY', spare: 3 },
  { head: 'TITLE', grows: true },
  { head: 'ASSIGNEES', most: 20, spare: 1 },
  { head: 'LABELS', most: 24, spare: 2 },
  { head: 'UPDATED', spare: 4 },
]

const shownNumber = (field: IssueField, value: FieldValue, units: ChosenUnits): string =>
  value === null ? '' : numberText(field, Number(value), units)

export async function listIssues(
  query: string,
  options: Shared & { limit: number; cursor?: string },
): Promise<void> {
  await withWorkspace(options, (workspace) => {
    applyPending(workspace)
    const queries = issueQueries(workspace)
    const page = accepted(queries.list({ query, limit: options.limit, cursor: options.cursor }))
    const { total } = accepted(queries.count(query))
    if (options.json) return printJson({ issues: page.rows, total, next: page.next })
    if (page.rows.length === 0)
      return print(query ? 'No issue matches.' : 'Nothing here yet. Write the first issue: docket new "…"')
    const names = namesOf(workspace)
    const { units } = workspace.name()
    // A column of its own for each number that any of them has.
    const numbers = fieldsOf('number').filter((field: IssueField) =>
      page.rows.some((row) => fieldValue(row, field) !== null),
    )
    const rows = page.rows.map((row) => [
      safeLine(row.key),
      names.status(row.status),
      row.priority === 'none' ? '' : row.priority,
      ...numbers.map((field: IssueField) => shownNumber(field, fieldValue(row, field), units)),
      safeLine(row.title),
      row.assignees.map(names.person).join(', '),
      row.labels.map(names.label).sort().join(', '),
      dayText(row.updatedAt),
    ])
    const heads = numbers.map(({ column }: IssueField) => ({ head: column.toUpperCase(), spare: 3 }))
    print(table(listColumns.toSpliced(3, 0, ...heads), rows, outputWidth()))
    if (page.next) print(`\n${page.rows.length} of ${total}. The next ones: --cursor ${page.next}`)
  })
}

/** A line for each field of some kinds. */
const fieldLines = (
  issue: IssueDetail,
  { names, units }: { readonly names: ReturnType<typeof namesOf>; readonly units: ChosenUnits },
  ...operands: readonly FieldKind['operand'][]
): readonly string[] =>
  fieldsOf(...operands).map((field) => {
    const { column } = field
    const kind = kindOf(field)
    const value = fieldValue(issue, field)
    const none = kind.operand === 'day' ? 'no date' : 'none'
    const shown =
      kind.operand === 'reference' && value !== null
        ? names.entity(kind.to, String(value))
        : kind.operand === 'number' && value !== null
          ? shownNumber(field, value, units)
          : value
    return `${column.padEnd(10)} ${shown ?? none}`
  })

function issueText(issue: IssueDetail, workspace: Workspace): string {
  const names = namesOf(workspace)
  const shown = { names, units: workspace.name().units }
  const lines = [
    `${issue.key}  ${safeLine(issue.title)}`,
    `${names.status(issue.status)}${issue.archived ? ', archived' : ''}${issue.asOf === null ? '' : ` (as of ${printedInstant(issue.asOf)})`}`,
    '',
    ...fieldLines(issue, shown, 'rank'),
    `Assignees  ${issue.assignees.map(names.person).join(', ') || 'nobody'}`,
    `Labels     ${issue.labels.map(names.label).sort().join(', ') || 'none'}`,
    ...fieldLines(issue, shown, 'reference', 'day', 'number'),
    `Author     ${names.person(issue.authorId)}, ${printedInstant(issue.createdAt)}`,
    `Updated    ${printedInstant(issue.updatedAt)}, ${issue.comments} comment${issue.comments === 1 ? '' : 's'}${issue.comments > 0 ? ` (docket feed ${safeLine(issue.key)})` : ''}`,
    ...(issue.externalKey ? [`External   ${safeLine(issue.externalKey)}`] : []),
    ...issue.links.map(
      (link) =>
        `Link       ${link.direction === 'in' ? '(from) ' : ''}${link.kind.replace('_', ' ')} ${safeLine(link.issue.key)} ${safeLine(link.issue.title)}${link.withoutEffect ? `  (${safeLine(link.withoutEffect)})` : ''}`,
    ),
    ...issue.attachments.map(
      ({ name, url }) => `File       ${safeLine(name)}${url ? ` ${safeLine(url)}` : ''}`,
    ),
    ...(issue.transitions.length > 0
      ? [`Possible   ${issue.transitions.map((transition) => transition.name).join(', ')}`]
      : []),
  ]
  return issue.description ? `${lines.join('\n')}\n\n${safeText(issue.description)}` : lines.join('\n')
}

export async function showIssue(key: string, options: Shared & { at?: string }): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const issue = accepted(
      issueDetail(workspace, key, options.at === undefined ? undefined : readInstant(options.at)),
    )
    if (options.json) printJson(issue)
    else print(issueText(issue, workspace))
  })
}

/** Where a feed goes on: after the event at a position, or at a cursor that a page gave. */
function feedPlace(workspace: Workspace, before: string): FeedCursor {
  const cursor = parseFeedCursor(before)
  if (cursor) return cursor
  const position = Number(before)
  if (!Number.isSafeInteger(position) || position < 1)
    throw new UsageError(`--before takes a position, a whole number from 1; ${quoted(before)} is none.`)
  const [event] = workspace.log.readAll((position - 1) as Position, 1)
  return { occurredAt: event?.occurredAt ?? Number.MAX_SAFE_INTEGER, position }
}

/** A feed's entries that pass, newest first, read a page at a time as they are asked for. */
function* feedEntries(
  workspace: Workspace,
  scope: FeedQueryScope,
  before: FeedCursor | undefined,
  passes: (entry: FeedEntry) => boolean,
): Generator<FeedEntry> {
  const limit = 200
  for (let place = before; ; ) {
    const page = workspace.feed.page(scope, { limit, before: place })
    yield* page.filter(passes)
    const last = page.at(-1)?.event
    if (!last || page.length < limit) return
    place = { occurredAt: last.occurredAt, position: last.position }
  }
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0
  for (const item of items) {
    yield item
    if (++taken === count) return
  }
}

export async function feed(
  key: string | undefined,
  options: Shared & { actor?: string; before?: string; limit: number },
): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const issueId = key === undefined ? undefined : issueIdOf(workspace, key)
    const memberId = options.actor === undefined ? undefined : memberIdOf(workspace, options.actor)
    const scope: FeedQueryScope = issueId
      ? { kind: 'issue', issueId }
      : memberId
        ? { kind: 'actor', memberId }
        : { kind: 'workspace' }
    const before = options.before === undefined ? undefined : feedPlace(workspace, options.before)
    // One more than asked for tells whether there are more.
    const entries = feedEntries(
      workspace,
      scope,
      before,
      (entry) => !memberId || entry.event.actorId === memberId,
    )
    const found = [...firstOf(entries, options.limit + 1)]
    const { keyPrefix } = workspace.name()
    const items: FeedItem[] = found
      .slice(0, options.limit)
      .map((entry) => feedItem(entry, keyPrefix, Date.now(), workspace.textNames))
    const last = found.length > options.limit ? items.at(-1)?.position : undefined
    if (options.json) return printJson({ events: items, next: last ?? null })
    const names = namesOf(workspace)
    const byId = new Map(items.map((item) => [item.id, item]))
    for (const item of items) {
      const cause = byId.get(String(item.metadata.causationId))
      const because = cause && describeCause(cause, names)
      print(feedLine(item, names, because))
    }
    if (last !== undefined) print(`\nThe ones before: --before ${last}`)
  })
}

export async function transitions(key: string, options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const issue = accepted(issueDetail(workspace, key))
    if (options.json)
      return printJson({ key: issue.key, status: issue.status, transitions: issue.transitions })
    print(
      issue.transitions.map((transition) => `${transition.name} → ${transition.to}`).join('\n') || 'None.',
    )
  })
}

export async function stats(options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const { client, file } = workspace.database
    const one = (sql: string): number => Number(client.prepare(sql).pluck().get() ?? 0)
    const byStatus = accepted(issueQueries(workspace).count('')).byStatus
    const { name, keyPrefix } = workspace.name()
    const [first, last] = ['min', 'max'].map(
      (which) =>
        client
          .prepare(
            `SELECT ${which}(coalesce(at, occurred_at)) FROM events LEFT JOIN corrected_times USING (position)`,
          )
          .pluck()
          .get() as number | null,
    )
    const value = {
      workspace: { name, keyPrefix, folder: workspaceFolder(options) },
      events: workspace.log.position() as number,
      issues: one('SELECT count(*) FROM issues'),
      archived: one('SELECT count(*) FROM issues WHERE archived = 1'),
      byStatus,
      ...eachListed(({ type }) => workspace.entities.rows(type).length),
      nextKey: issueKey(keyPrefix, { id: '', number: workspace.log.nextNumber() }),
      firstEventAt: first ?? null,
      lastEventAt: last ?? null,
      clocks: clockStanding(workspace.database, Date.now()),
      bytes: statSync(file).size,
    }
    if (options.json) return printJson(value)
    print(`${safeLine(name)} (${value.workspace.folder})`)
    print(
      `${value.events} events on ${value.issues} issues (${value.archived} archived) by ${value.members} members, ${otherEntities.map(({ plural }) => `${value[plural]} ${plural}`).join(', ')}`,
    )
    for (const [status, count] of Object.entries(byStatus)) print(`  ${count} ${status}`)
    if (first != null && last != null)
      print(`${printedInstant(first)} to ${printedInstant(last)}, ${(value.bytes / 1e6).toFixed(1)} MB`)
    for (const line of clockLines(value.clocks)) print(line)
  })
}
