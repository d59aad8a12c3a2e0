import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Command } from '#core/commands.ts'
import type { IssueId, LabelId } from '#core/values/ids.ts'
import { newId } from '../commands/new-id.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { IssueQueries } from './issue-queries.ts'
import { issueQueries } from './issue-queries.ts'

let workspace: Workspace
let queries: IssueQueries
let remove: () => void

beforeAll(() => {
  const temporary = temporaryFolder()
  remove = temporary.remove
  makeWorkspace(temporary.folder)
  workspace = openedWorkspace(temporary.folder)
  queries = issueQueries(workspace)
  const execute = (command: Command): void => {
    const done = workspace.commands.execute(command)
    if (!done.ok) throw new Error(done.error.message)
  }
  const bug = newId() as LabelId
  execute({ type: 'create_label', labelId: bug, name: 'bug' })
  const create = (title: string, labels: LabelId[], transition?: string): void => {
    const issueId = newId() as IssueId
    execute({ type: 'create', issueId, title, labels })
    if (transition) execute({ type: 'transition', issueId, transition })
  }
  create('Harbour map is slow', [bug])
  create('Harbour fees are wrong', [])
  create('Harbour lights flicker', [bug], 'close')
  create('Weather is late', [bug])
  create('fix: harbourmaster mails', [])
  while (workspace.projections.step(500));
})
afterAll(() => {
  workspace.close()
  remove()
})

const titles = (text: string): string[] =>
  queries
    .search(text, 20)
    .hits.map((hit) => hit.title)
    .sort()

describe.each([['before the columns are read'], ['once they are']])('search, %s', (when) => {
  beforeAll(() => {
    if (when === 'once they are') while (queries.warm());
  })

  it('takes words, the last of each only begun, and filters together', () => {
    expect(titles('harb is:open label:bug')).toEqual(['Harbour map is slow'])
    expect(titles('label:bug harb')).toEqual(['Harbour lights flicker', 'Harbour map is slow'])
    expect(titles('harb -label:bug')).toEqual(['Harbour fees are wrong', 'fix: harbourmaster mails'])
    expect(titles('harb -map is:open label:bug')).toEqual([])
  })

  it('takes filters alone', () => {
    expect(titles('is:closed')).toEqual(['Harbour lights flicker'])
    expect(queries.search('sort:created-asc', 2).hits.map((hit) => hit.title)).toEqual([
      'Harbour map is slow',
      'Harbour fees are wrong',
    ])
  })

  it('marks the words that it found', () => {
    const [hit] = queries.search('harb is:open label:bug', 20).hits
    expect(hit?.excerpt.filter((part) => part.hit).map((part) => part.text)).toEqual(['Harbour'])
  })

  it('takes what is no filter as words, and says so where one was meant', () => {
    expect(queries.search('fix: harb', 20)).toMatchObject({
      mistake: null,
      hits: [{ title: 'fix: harbourmaster mails' }],
    })
    expect(queries.search('label:nothing', 20).mistake).toContain('There is no label "nothing"')
    expect(queries.search('harb is:', 20)).toMatchObject({ mistake: expect.stringContaining('is:') })
  })
})
