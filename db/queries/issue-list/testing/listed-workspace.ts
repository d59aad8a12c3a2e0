import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll } from 'vitest'
import { noEntities } from '#core/entities/kinds/entities.ts'
import { eventRegistry } from '#core/event-registry.ts'
import type { Matchable } from '#core/filter/match-filter.ts'
import { parseFilter } from '#core/filter/parse-filter.ts'
import { type FilterContext, type ResolvedFilter, resolveFilter } from '#core/filter/resolve-filter.ts'
import { initialFieldValues } from '#core/issue/fields/fields.ts'
import { priorities } from '#core/issue/priority-schema.ts'
import { defaultWorkflow } from '#core/workflow/workflow.ts'
import type { ForeignEvent, SqliteEventLog } from '../../../log/sqlite-log.ts'
import { asynchronousProjections } from '../../../projections/asynchronous-projections.ts'
import { openEventLog } from '../../../projections/event-log.ts'
import { openDatabase, type WriteDatabase } from '../../../sqlite/open-database.ts'
import { issueList } from '../issue-list.ts'

export const id = (kind: number, n: number) =>
  `00000000-0000-7000-8${kind.toString(16).padStart(3, '0')}-${n.toString(16).padStart(12, '0')}`
export const people = [0, 1, 2].map((n) => ({ id: id(1, n), name: `Person ${n}`, handle: `p${n}` }))
export const labelList = ['bug', 'good first', 'wontfix'].map((name, n) => ({ id: id(2, n), name }))
export const projectList = ['Website', 'Mobile app', 'Backlog'].map((name, n) => ({ id: id(4, n), name }))
export const words = [
  'crash',
  'Slow',
  'window',
  'menu',
  'café',
  '登录页面',
  'party 🎉',
  'Cafe\u0301',
  'ölig 7',
  'oel 10',
]
export const now = Date.UTC(2026, 5, 15, 12)

export type Made = Matchable & { readonly number: number; readonly title: string }

export let folder: string
export let database: WriteDatabase
export let log: SqliteEventLog
export const made: Made[] = []

/** A repeatable choice: the n-th thing of a list for the k-th question. */
export const pick = <T>(list: readonly T[], n: number, k: number): T =>
  list[(n * 7 + k * 13 + ((n * k) % 5)) % list.length] as T

export function makeIssue(n: number): void {
  const issueId = id(3, n)
  const events: ForeignEvent[] = []
  let at = now - (n % 40) * 86_400_000 - n * 1_000
  const createdAt = at
  const add = (type: string, data: unknown): void => {
    events.push({
      id: uuidv7(),
      type,
      data,
      actorId: pick(people, n, 9).id,
      occurredAt: at,
      metadata: { triggeredBy: 'import' },
    })
  }
  const title = `${pick(words, n, 1)} ${pick(words, n, 2)} ${n}`
  const description = pick(words, n, 3)
  const priority = pick(priorities, n, 4)
  const dueDate = n % 3 === 0 ? `2026-06-${String(10 + (n % 12)).padStart(2, '0')}` : null
  const assignees = people.filter((_, k) => (n + k) % 3 === 0 || (n * k) % 7 === 1).map((person) => person.id)
  const labels = labelList.filter((_, k) => (n >> k) % 2 === 1).map((label) => label.id)
  // The first holds more than the second, and some are in none; a few moved from one to another.
  const project = n % 5 < 2 ? (projectList[n % 20 === 1 ? 1 : 0]?.id ?? null) : null
  add('created', { title, description, priority, status: 'open', ...(dueDate ? { dueDate } : {}) })
  if (project !== null) add('project_changed', { from: null, to: projectList[2]?.id })
  if (project !== null) add('project_changed', { from: projectList[2]?.id, to: project })
  for (const memberId of assignees) add('assigned', { memberId })
  for (const labelId of labels) add('labeled', { labelId })
  let status = 'open'
  for (let k = 0; k < n % 4; k++) {
    at += 3_600_000
    const to = ['in_progress', 'resolved', 'closed'][k] as string
    add('status_changed', { from: status, to, transition: ['start', 'resolve', 'close'][k] })
    status = to
  }
  const comments = n % 6
  for (let k = 0; k < comments; k++) {
    at += 60_000
    add('commented', { commentId: uuidv7(), body: `${pick(words, n, k + 5)} again` })
  }
  const archived = n % 11 === 0
  if (archived) add('archived', {})
  log.importStreams([{ streamType: 'issue', streamId: issueId, events }])
  made.push({
    id: issueId,
    number: made.length + 1,
    ...initialFieldValues,
    title,
    status,
    open: status === 'open' || status === 'in_progress',
    archived,
    priority,
    dueDate,
    project,
    authorId: pick(people, n, 9).id,
    assignees,
    labels,
    comments,
    createdAt,
    updatedAt: at,
    isActive: (from, to) => events.some(({ occurredAt }) => occurredAt >= from && occurredAt < to),
    texts: [
      title,
      description,
      ...Array.from({ length: comments }, (_, k) => `${pick(words, n, k + 5)} again`),
    ],
  })
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-list-'))
  const opened = openDatabase(join(folder, 'log.db'), { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  database = opened.value
  log = openEventLog(database, { registry: eventRegistry(), now: () => now, newId: uuidv7 })
  for (const { id: streamId, name, handle } of people)
    log.append({ type: 'member', id: streamId }, [
      { id: uuidv7(), type: 'member_joined', data: { name, handle }, actorId: streamId },
    ])
  for (const { id: streamId, name } of labelList)
    log.append({ type: 'label', id: streamId }, [
      {
        id: uuidv7(),
        type: 'label_created',
        data: { name, colour: '#5e6ad2' },
        actorId: people[0]?.id ?? '',
      },
    ])
  for (const { id: streamId, name } of projectList)
    log.append({ type: 'project', id: streamId }, [
      { id: uuidv7(), type: 'project_created', data: { name }, actorId: people[0]?.id ?? '' },
    ])
  for (let n = 0; n < 240; n++) makeIssue(n)
  const behind = asynchronousProjections(database, log)
  while (behind.step(100));
})
afterAll(() => {
  database.client.close()
  rmSync(folder, { recursive: true })
})

export const context: FilterContext = {
  me: people[0]?.id ?? '',
  ...noEntities,
  members: people,
  labels: labelList,
  projects: projectList,
  workflow: defaultWorkflow,
  findIssue: () => undefined,
  now,
  startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
  dayOf: (instant) => new Date(instant).toISOString().slice(0, 10),
}

export function resolved(query: string): ResolvedFilter {
  const parsed = parseFilter(query)
  if (!parsed.ok) throw new Error(`${query}: ${parsed.error.message}`)
  const filter = resolveFilter(parsed.value, context)
  if (!filter.ok) throw new Error(`${query}: ${filter.error.message}`)
  return filter.value
}

export const term = fc.constantFrom(
  'is:open',
  'is:closed',
  'is:archived',
  'is:all',
  '-is:archived',
  'assignee:@me',
  'assignee:p1',
  'assignee:none',
  'assignee:p1,none',
  '-assignee:p2',
  'label:bug',
  'label:"good first"',
  'label:bug,wontfix',
  'label:none',
  '-label:wontfix',
  'project:website',
  'project:"mobile app"',
  'project:website,"mobile app"',
  'project:backlog',
  'project:none',
  'project:none,website',
  '-project:website',
  '-project:none',
  '-project:website,backlog',
  'priority:high',
  'priority:>=medium',
  '-priority:none',
  'priority:<low',
  'author:p0',
  '-author:p1',
  'created:<2026-06-01',
  'created:2026-06-05',
  'created:>=2026-06-05',
  'updated:<7d',
  'updated:>20d',
  'active:2026-05',
  'active:2026-06-10',
  'active:2026-05-20..2026-06-03',
  'active:<2026-05-15',
  'active:>=2026-06-14',
  'active:<3d',
  '-active:>10d',
  '-active:2026',
  'due:none',
  'due:overdue',
  'due:<=3d',
  'due:2026-06-15',
  '-due:none',
  'comments:>3',
  'comments:0',
  'status:open',
  'status:resolved,closed',
  '-status:in_progress',
  'crash',
  '-slow',
  '"window again"',
  '录页',
  '-🎉',
  'label:bug,none',
  'CAFE',
)
export const sort = fc.constantFrom(
  '',
  'sort:updated',
  'sort:updated-asc',
  'sort:created',
  'sort:created-asc',
  'sort:priority',
  'sort:priority-asc',
  'sort:due',
  'sort:due-desc',
  'sort:comments',
  'sort:comments-asc',
  'sort:number',
  'sort:number-desc',
  'sort:title',
  'sort:title-desc',
)
export const query = fc
  .tuple(fc.uniqueArray(term, { maxLength: 4 }), sort)
  .map(([terms, order]) => [...terms, order].join(' ').trim())

/** A list that reads from disk, and one that has read everything that it keeps in memory. */
export const roads = ['on disk', 'in memory'] as const
export function listOf(road: (typeof roads)[number]) {
  const list = issueList(database, log.streamIds)
  if (road === 'in memory') while (list.warm());
  return list
}
