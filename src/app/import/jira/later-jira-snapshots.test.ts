import { afterAll, describe, expect, it } from 'vitest'
import type { ImportFormat } from '#contract/import-formats.ts'

import { testFolder } from '../testing/collected-import.ts'
import { type Json, workspaceFor as makeWorkspaceFor } from '../testing/workspace-for-imports.ts'

const files = testFolder()
afterAll(() => files.dispose())

const workspaceFor = (format: ImportFormat) => makeWorkspaceFor(files, format)

const jira = (key: string, fields: Json = {}, more: Json = {}): Json => ({
  id: '10001',
  key,
  fields: {
    summary: 'S',
    created: '2026-01-01T10:00:00.000+0000',
    updated: '2026-01-01T10:00:00.000+0000',
    status: { name: 'Open' },
    ...fields,
  },
  ...more,
})

describe('a later snapshot of Jira', () => {
  it('becomes changes of every field that is mapped', async () => {
    const { bring, issue } = workspaceFor('jira')
    const comment = (id: string, body: string, updated: string): Json => ({
      id,
      body,
      author: { accountId: 'x', displayName: 'X' },
      created: '2026-01-02T10:00:00.000+0000',
      updated,
    })
    const full = {
      description: 'One *bold*',
      priority: { name: 'High' },
      duedate: '2026-05-01',
      labels: ['a', 'b'],
      components: [{ name: 'Core' }],
      issuetype: { name: 'Bug' },
      assignee: { accountId: 'x', displayName: 'X' },
      project: { name: 'P' },
      status: { name: 'Done', statusCategory: { key: 'done' } },
      issuelinks: [{ type: { outward: 'blocks' }, outwardIssue: { key: 'P-2' } }],
      comment: { comments: [comment('1', 'c1', '2026-01-02T10:00:00.000+0000')] },
    }
    const other = jira('P-2', {}, { id: '10002' })
    await bring(jira('P-1', full), other)
    expect(issue('P-1').links).toHaveLength(1)
    await bring(
      jira('P-1', {
        ...full,
        summary: 'S2',
        description: 'Two',
        priority: null,
        duedate: null,
        labels: ['b'],
        components: undefined,
        issuetype: { name: 'Task' },
        assignee: null,
        project: { name: 'Q' },
        status: { name: 'In Progress' },
        issuelinks: [],
        comment: { comments: [comment('1', 'c1 edited', '2026-02-02T10:00:00.000+0000')], total: 1 },
        updated: '2026-02-03T10:00:00.000+0000',
      }),
    )
    expect(issue('P-1')).toMatchObject({
      title: 'S2',
      description: 'Two',
      priority: 'none',
      dueDate: null,
      // The file says nothing of components: what stands for one stays.
      labels: ['Core', 'b', 'task'],
      assignees: [],
      project: 'Q',
      status: 'in_progress',
      links: [],
      comments: ['c1 edited'],
    })
  })

  it('of an issue that was moved is of the same issue, with a changelog and without', async () => {
    for (const changelog of [
      undefined,
      {
        histories: [
          {
            id: '5',
            created: '2026-02-01T10:00:00.000+0000',
            author: { accountId: 'x', displayName: 'X' },
            items: [
              { field: 'Key', fromString: 'P-1', toString: 'Q-7' },
              { field: 'project', from: '1', fromString: 'P', to: '2', toString: 'Q' },
            ],
          },
        ],
      },
    ]) {
      const { bring, issue, issues } = workspaceFor('jira')
      await bring(jira('P-1', { project: { name: 'P' } }))
      const moved = jira(
        'Q-7',
        { project: { name: 'Q' }, updated: '2026-02-01T10:00:00.000+0000' },
        { changelog },
      )
      await bring(moved)
      expect(issues()).toBe(1)
      expect(issue('P-1')).toMatchObject({ project: 'Q', fields: { Key: 'Q-7' } })
      expect(await bring(moved)).toMatchObject({ events: 0 })
      expect(await bring(jira('P-1', { project: { name: 'P' } }))).toMatchObject({ events: 0 })
    }
  })
})
