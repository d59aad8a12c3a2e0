import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import type { NewEvent } from '#core/events/event.ts'
import type { SqliteEventLog } from '../../log/sqlite-log.ts'
import { openEventLog } from '../../projections/event-log.ts'
import { rebuildProjections } from '../../projections/rebuild.ts'
import { openDatabase } from '../../sqlite/open-database.ts'
import { issueList } from './issue-list.ts'
import {
  folder,
  id,
  listOf,
  log,
  made,
  now,
  people,
  projectList,
  query,
  resolved,
  roads,
} from './testing/listed-workspace.ts'

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
