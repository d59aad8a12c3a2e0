import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches } from '#core/filter/match-filter.ts'
import { titleOrder } from '#core/text/title-order.ts'
import type { ListPlace } from './page-of-rows.ts'
import { listOf, made, projectList, query, resolved, roads } from './testing/listed-workspace.ts'

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
