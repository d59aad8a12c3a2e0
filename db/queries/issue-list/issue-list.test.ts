import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import type { NewEvent } from '#core/events/event.ts'
import { type Matchable, matches } from '#core/filter/match-filter.ts'
import { parseFilter } from '#core/filter/parse-filter.ts'
import { type FilterContext, type ResolvedFilter, resolveFilter } from '#core/filter/resolve-filter.ts'
import { initialFieldValues } from '#core/issue/fields/fields.ts'
import { priorities } from '#core/issue/priority-schema.ts'
import { titleOrder } from '#core/text/title-order.ts'
import { defaultWorkflow } from '#core/workflow/workflow.ts'
import type { ForeignEvent, SqliteEventLog } from '../../log/sqlite-log.ts'
import { asynchronousProjections } from '../../projections/asynchronous-projections.ts'
import { openEventLog } from '../../projections/event-log.ts'
import { rebuildProjections } from '../../projections/rebuild.ts'
import { openDatabase, type WriteDatabase } from '../../sqlite/open-database.ts'
import { issueList } from './issue-list.ts'
import type { ListPlace } from './page-of-rows.ts'

const id = (kind: number, n: number) =>
  `00000000-0000-7000-8${kind.toString(16).padStart(3, '0')}-${n.toString(16).padStart(12, '0')}`
const people = [0, 1, 2].map((n) => ({ id: id(1, n), name: `Person ${n}`, handle: `p${n}` }))
const labelList = ['bug', 'good first', 'wontfix'].map((name, n) => ({ id: id(2, n), name }))
const projectList = ['Website', 'Mobile app', 'Backlog'].map((name, n) => ({ id: id(4, n), name }))
const words = [
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
const now = Date.UTC(2026, 5, 15, 12)

type Made = Matchable & { readonly number: number; readonly title: string }

let folder: string
let database: WriteDatabase
let log: SqliteEventLog
const made: Made[] = []

/** A repeatable choice: the n-th thing of a list for the k-th question. */
const pick = <T>(list: readonly T[], n: number, k: number): T =>
  list[(n * 7 + k * 13 + ((n * k) % 5)) % list.length] as T

function makeIssue(n: number): void {
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

const context: FilterContext = {
  me: people[0]?.id ?? '',
  members: people,
  labels: labelList,
  projects: projectList,
  workflow: defaultWorkflow,
  findIssue: () => undefined,
  now,
  startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
  dayOf: (instant) => new Date(instant).toISOString().slice(0, 10),
}

function resolved(query: string): ResolvedFilter {
  const parsed = parseFilter(query)
  if (!parsed.ok) throw new Error(`${query}: ${parsed.error.message}`)
  const filter = resolveFilter(parsed.value, context)
  if (!filter.ok) throw new Error(`${query}: ${filter.error.message}`)
  return filter.value
}

const term = fc.constantFrom(
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
const sort = fc.constantFrom(
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
const query = fc
  .tuple(fc.uniqueArray(term, { maxLength: 4 }), sort)
  .map(([terms, order]) => [...terms, order].join(' ').trim())

/** A list that reads from disk, and one that has read everything that it keeps in memory. */
const roads = ['on disk', 'in memory'] as const
function listOf(road: (typeof roads)[number]) {
  const list = issueList(database, log.streamIds)
  if (road === 'in memory') while (list.warm());
  return list
}

describe.each(roads)('lists of issues, %s', (road) => {
  it('a list is exactly what the filter matches, and is counted so', () => {
    const list = listOf(road)
    fc.assert(
      fc.property(query, (text) => {
        const filter = resolved(text)
        const expected = made.filter((issue) => matches(filter, issue)).map((issue) => issue.id)
        expect(
          list
            .page(filter, { limit: 500 })
            .rows.map((row) => row.id)
            .sort(),
        ).toEqual(expected.sort())
        expect(Object.values(list.count(filter)).reduce((sum, count) => sum + count, 0)).toBe(expected.length)
      }),
      { numRuns: 400 },
    )
  })

  it('pages by keyset, of any size, are the whole list in order: none twice, none left out; so are pages by offset', () => {
    const list = listOf(road)
    fc.assert(
      fc.property(query, fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const filter = resolved(text)
        const whole = list.page(filter, { limit: 500 }).rows.map((row) => row.id)
        const paged: string[] = []
        let after: ListPlace | undefined
        do {
          const page = list.page(filter, { limit, after })
          paged.push(...page.rows.map((row) => row.id))
          after = page.next ?? undefined
        } while (after)
        expect(paged).toEqual(whole)
        const offset = whole.length >> 1
        expect(list.page(filter, { limit, offset }).rows.map((row) => row.id)).toEqual(
          whole.slice(offset, offset + limit),
        )
      }),
      { numRuns: 150 },
    )
  })

  it('rows are in the order that was asked for', () => {
    const list = listOf(road)
    const byTitle = list
      .page(resolved('sort:title'), { limit: 500 })
      .rows.map((row) => Buffer.from(titleOrder(row.title)))
    expect(byTitle).toEqual(byTitle.toSorted(Buffer.compare))
    const due = list.page(resolved('sort:due'), { limit: 500 }).rows.map((row) => row.dueDate ?? '~')
    expect(due).toEqual(due.toSorted())
    const pressing = list.page(resolved(''), { limit: 500 }).rows
    expect(pressing.map((row) => row.updatedAt)).toEqual(
      pressing.map((row) => row.updatedAt).toSorted((a, b) => b - a),
    )
  })

  it('a row has its people, labels and project', () => {
    const row = listOf(road).page(resolved('is:all sort:number'), { limit: 500 }).rows[5]
    expect([...(row?.labels ?? [])].sort()).toEqual([...(made[5]?.labels ?? [])].sort())
    expect([...(row?.assignees ?? [])].sort()).toEqual([...(made[5]?.assignees ?? [])].sort())
    expect(row?.project).toBe(projectList[0]?.id)
  })

  it.each([
    '',
    'is:open',
    'sort:created',
    'sort:priority',
    'sort:due',
    'sort:due-desc',
    'sort:number',
    'sort:title',
    'sort:title-desc',
    'is:open priority:high sort:updated-asc',
  ])('the plan of "%s" walks an index and sorts nothing', (text) => {
    const plan = listOf(road).plan(resolved(text), { limit: 100 }).join('\n')
    expect(plan).toMatch(/USING (COVERING )?INDEX issues_/)
    expect(plan).not.toMatch(/SCAN issues$/m)
    expect(plan).not.toContain('TEMP B-TREE')
  })
})

describe('lists of issues', () => {
  it.each([
    'label:bug sort:title',
    'assignee:@me is:open',
    'label:bug assignee:p1 status:open priority:high sort:comments',
  ])('the plan of "%s" starts from the few that have the label or person', (text) => {
    const plan = listOf('on disk').plan(resolved(text), { limit: 100 })
    expect(plan[0]).toMatch(/SEARCH issue_(labels|assignees) USING (COVERING INDEX|PRIMARY KEY|INDEX)/)
    expect(plan.join('\n')).not.toMatch(/SCAN issues/)
  })

  it.each(['active:2026-05', 'is:open -active:<2026', 'label:bug active:<7d'])(
    'the plan of "%s" reads what happened from an index',
    (text) => {
      const plan = listOf('on disk').plan(resolved(text), { limit: 100 }).join('\n')
      expect(plan).toContain('SEARCH events USING COVERING INDEX events_activity (occurred_at>')
      expect(plan).not.toMatch(/SCAN events(?! USING INDEX events_waiting)/)
    },
  )

  it.each(['project:website', 'project:"mobile app" is:open sort:title', 'project:website priority:high'])(
    'the plan of "%s" starts from the few of the project',
    (text) => {
      const plan = listOf('on disk').plan(resolved(text), { limit: 100 })
      expect(plan[0]).toMatch(/SEARCH issues USING INDEX issues_project \(project=\?\)/)
      expect(plan.join('\n')).not.toMatch(/SCAN/)
    },
  )

  it('both roads give the same rows in the same order, from any row on and at any offset', () => {
    const disk = listOf('on disk')
    const memory = listOf('in memory')
    fc.assert(
      fc.property(query, fc.nat(240), fc.integer({ min: 1, max: 60 }), (text, offset, limit) => {
        const filter = resolved(text)
        const page = disk.page(filter, { limit, offset })
        expect(memory.page(filter, { limit, offset })).toEqual(page)
        if (!page.next) return
        const next = { limit, after: page.next }
        expect(memory.page(filter, next)).toEqual(disk.page(filter, next))
      }),
      { numRuns: 400 },
    )
  })

  it('an empty workspace has an empty list, whatever is asked and whichever road is taken', () => {
    const empty = mkdtempSync(join(tmpdir(), 'docket-empty-'))
    const opened = openDatabase(join(empty, 'log.db'), { durability: 'NORMAL' })
    if (!opened.ok) throw new Error(opened.error.message)
    const emptyLog = openEventLog(opened.value, {
      registry: eventRegistry(),
      now: () => now,
      newId: uuidv7,
    })
    const list = issueList(opened.value, emptyLog.streamIds)
    for (const road of roads) {
      if (road === 'in memory') while (list.warm());
      for (const text of ['', 'is:open', 'label:bug sort:title', '-priority:high sort:comments'])
        expect(list.page(resolved(text), { limit: 50 }), `${text} ${road}`).toEqual({ rows: [], next: null })
    }
    opened.value.client.close()
    rmSync(empty, { recursive: true })
  })

  it('what is kept in memory follows every change, those of another connection and of a rebuild included', () => {
    const other = openDatabase(join(folder, 'log.db'), { durability: 'NORMAL' })
    if (!other.ok) throw new Error(other.error.message)
    const otherLog = openEventLog(other.value, { registry: eventRegistry(), now: () => now, newId: uuidv7 })
    const memory = listOf('in memory')
    const disk = listOf('on disk')
    const queries = [
      'active:<1d',
      'active:2026-06',
      '-active:2026-05',
      'label:bug',
      '-label:bug',
      'assignee:none',
      'is:closed',
      'priority:high',
      'is:archived',
    ]
    queries.push('project:website', '-project:website', 'project:none')
    const same = (): void => {
      for (const text of [...queries, 'comments:>3', 'due:none', 'Ångström', 'is:all sort:title']) {
        const filter = resolved(`${text} ${text.includes('sort:') ? '' : 'sort:title'}`)
        expect(memory.page(filter, { limit: 500 }), text).toEqual(disk.page(filter, { limit: 500 }))
        expect(memory.count(filter), text).toEqual(disk.count(filter))
      }
    }
    same()
    const change = (to: SqliteEventLog, n: number, type: string, data: unknown): void => {
      to.append({ type: 'issue', id: id(3, n) }, [
        { id: uuidv7(), type, data, actorId: people[0]?.id ?? '' } as NewEvent,
      ])
      same()
    }
    change(log, 4, 'labeled', { labelId: id(2, 0) })
    change(otherLog, 3, 'unlabeled', { labelId: id(2, 0) })
    change(otherLog, 5, 'priority_changed', { from: 'none', to: 'high' })
    change(log, 8, 'project_changed', { from: null, to: projectList[0]?.id })
    change(otherLog, 5, 'project_changed', { from: projectList[0]?.id, to: null })
    change(log, 6, 'title_changed', { from: made[6]?.title ?? '', to: 'Ångström 日本' })
    change(otherLog, 7, 'archived', {})
    change(log, 5_000, 'created', { title: 'a new one', description: '', priority: 'high', status: 'open' })
    // A row that somebody changed behind the log's back, until a rebuild makes it anew.
    other.value.client.exec(`UPDATE issues SET priority = 0, title = 'forged' WHERE title = 'a new one'`)
    const forged = listOf('in memory')
    expect(
      forged.page(resolved('priority:high sort:created'), { limit: 500 }).rows.map((row) => row.id),
    ).not.toContain(id(3, 5_000))
    rebuildProjections(other.value, { registry: eventRegistry(), newId: uuidv7 })
    while (memory.warm() || forged.warm());
    same()
    expect(
      forged.page(resolved('priority:high sort:created'), { limit: 500 }).rows.map((row) => row.id),
    ).toContain(id(3, 5_000))
    other.value.client.close()
  })
})
