import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { issueQueries } from './issue-queries.ts'

let temporary: ReturnType<typeof temporaryFolder>
let ada: Workspace
beforeEach(() => {
  temporary = temporaryFolder()
  makeWorkspace(temporary.folder)
  ada = openedWorkspace(temporary.folder)
})
afterEach(() => {
  ada.close()
  temporary.remove()
})

const run = (...commands: readonly Record<string, unknown>[]) => {
  for (const command of commands) expect(ada.commands.execute(command as never)).toMatchObject({ ok: true })
}
const ids: Readonly<Record<string, string>> = {
  none: uuidv7(),
  one: uuidv7(),
  half: uuidv7(),
  many: uuidv7(),
}
const create = (title: string, more: object = {}) => ({ type: 'create', issueId: ids[title], title, ...more })

function found(query: string): readonly string[] {
  const page = issueQueries(ada).list({ query, limit: 10 })
  if (!page.ok) throw new Error(page.error.message)
  return page.value.rows.map(({ title }) => title)
}
const sums = (query: string) => issueQueries(ada).sums(query)

const warm = () => {
  const queries = issueQueries(ada)
  while (queries.warm());
  return queries
}

it('is found, sorted by and added up, by state', () => {
  run(
    create('none'),
    create('one', { estimate: 1 }),
    create('half', { estimate: 0.1 }),
    create('many', { estimate: 13 }),
    { type: 'change_estimate', issueId: ids.half, estimate: 0.2 },
    { type: 'transition', issueId: ids.many, transition: 'start' },
  )
  expect(found('estimate:>=1 sort:estimate')).toEqual(['many', 'one'])
  expect(found('estimate:none')).toEqual(['none'])
  expect(found('-estimate:none sort:estimate-asc')).toEqual(['half', 'one', 'many'])
  expect(found('sort:estimate')).toEqual(['many', 'one', 'half', 'none'])
  expect(found('sort:estimate-asc')).toEqual(['half', 'one', 'many', 'none'])
  const expected = { ok: true, value: { open: { estimate: 1.2 }, in_progress: { estimate: 13 } } }
  expect(sums('')).toEqual(expected)
  expect(warm().sums('')).toEqual(expected)
  expect(sums('estimate:<1')).toEqual({ ok: true, value: { open: { estimate: 0.2 } } })
  expect(sums('estimate:none')).toEqual({ ok: true, value: {} })
  expect(sums('estimate:x')).toMatchObject({ ok: false, error: { code: 'invalid_query' } })
})

it('is absent from a state that has none, and again once it is taken back', () => {
  run(create('one', { estimate: 3 }))
  const id = ids.one as string
  expect(ada.log.issue(id)).toMatchObject({ estimate: 3 })
  run({ type: 'change_estimate', issueId: id, estimate: null })
  expect(ada.log.issue(id)).not.toHaveProperty('estimate')
  expect(
    ada.log
      .readStream({ type: 'issue', id })
      .map(({ type, data }) => [type, data])
      .slice(1),
  ).toEqual([
    ['estimate_changed', { from: null, to: 3 }],
    ['estimate_changed', { from: 3, to: null }],
  ])
})

it('is counted in what the workspace chose, which is an event of the workspace', () => {
  expect(ada.name().units).toEqual({})
  run({ type: 'choose_unit', field: 'estimate', unit: 'hours' })
  expect(ada.name().units).toEqual({ estimate: 'hours' })
  const position = ada.log.position()
  run({ type: 'choose_unit', field: 'estimate', unit: 'hours' })
  expect(ada.log.position()).toBe(position)
})
