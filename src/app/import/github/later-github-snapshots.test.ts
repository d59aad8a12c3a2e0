import { afterAll, describe, expect, it } from 'vitest'
import type { ImportFormat } from '#contract/import-formats.ts'

import { testFolder } from '../testing/collected-import.ts'
import { type Json, workspaceFor as makeWorkspaceFor } from '../testing/workspace-for-imports.ts'

const files = testFolder()
afterAll(() => files.dispose())

const workspaceFor = (format: ImportFormat) => makeWorkspaceFor(files, format)

const ada = { login: 'ada', id: 1 }
const ben = { login: 'ben', id: 2 }
const cy = { login: 'cy', id: 3 }

const said = (id: number, body: string, at: string, updated = at): Json => ({
  id,
  user: cy,
  body,
  created_at: at,
  updated_at: updated,
})
const github = (more: Json = {}): Json => ({
  number: 1,
  title: 'First title',
  body: 'First text',
  user: ada,
  labels: [{ name: 'bug' }, { name: 'ui' }],
  assignees: [ben],
  state: 'open',
  created_at: '2026-01-01T10:00:00Z',
  updated_at: '2026-01-01T10:00:00Z',
  html_url: 'https://github.com/o/r/issues/1',
  comments_data: [said(11, 'one', '2026-01-02T10:00:00Z'), said(12, 'two', '2026-01-02T11:00:00Z')],
  ...more,
})
const githubLater = github({
  title: 'Second title',
  body: 'Second text',
  labels: [{ name: 'ui' }, { name: 'new' }],
  assignees: [{ login: 'dee', id: 4 }],
  state: 'closed',
  closed_at: '2026-02-01T09:00:00Z',
  updated_at: '2026-02-01T10:00:00Z',
  comments_data: [
    said(11, 'one, edited', '2026-01-02T10:00:00Z', '2026-01-20T10:00:00Z'),
    said(13, 'three', '2026-01-31T11:00:00Z'),
  ],
})

describe('a later snapshot of GitHub', () => {
  it('becomes changes at the source’s own time, and the issue is as the source says', async () => {
    const { bring, issue, events, conflicts } = workspaceFor('github')
    await bring(github())
    const report = await bring(githubLater)
    expect(issue('o/r#1')).toMatchObject({
      title: 'Second title',
      description: 'Second text',
      status: 'closed',
      labels: ['new', 'ui'],
      assignees: ['dee'],
      comments: ['one, edited', 'three'],
      updatedAt: Date.parse('2026-02-01T10:00:00Z'),
    })
    const brought = events('o/r#1').slice(6)
    expect(brought.every(({ metadata }) => metadata.triggeredBy === 'import')).toBe(true)
    expect(
      Object.fromEntries(brought.map(({ type, occurredAt }) => [type, new Date(occurredAt).toISOString()])),
    ).toEqual({
      commented: '2026-01-31T11:00:00.000Z',
      title_changed: '2026-02-01T10:00:00.000Z',
      description_changed: '2026-02-01T10:00:00.000Z',
      status_changed: '2026-02-01T09:00:00.000Z',
      labeled: '2026-02-01T10:00:00.000Z',
      unlabeled: '2026-02-01T10:00:00.000Z',
      assigned: '2026-02-01T10:00:00.000Z',
      unassigned: '2026-02-01T10:00:00.000Z',
      comment_edited: '2026-01-20T10:00:00.000Z',
      comment_deleted: '2026-02-01T10:00:00.000Z',
    })
    expect(conflicts()).toEqual([])
    expect(report.changed).toEqual([
      {
        issueId: expect.any(String),
        key: 'o/r#1',
        changes: [
          'title “First title” → “Second title”',
          'description',
          'state “open” → “closed”',
          'label “bug” removed',
          'label “new” added',
          '“ben” unassigned',
          '“dee” assigned',
          'comments: 1 new, 1 edited, 1 gone',
        ],
        conflicts: [],
      },
    ])
    // The same again, and what it was before: nothing.
    for (const again of [githubLater, github()])
      expect(await bring(again)).toMatchObject({ issues: 0, events: 0, changedCount: 0 })
    // And back, later.
    await bring(github({ updated_at: '2026-03-01T10:00:00Z' }))
    expect(issue('o/r#1')).toMatchObject({
      title: 'First title',
      status: 'open',
      labels: ['bug', 'ui'],
      assignees: ['ben'],
      comments: ['one', 'two'],
    })
  })

  it('that meets what somebody here changed is in the conflict list with both sides; what it does not change stays', async () => {
    const { bring, does, issue, conflicts } = workspaceFor('github')
    await bring(github())
    does('o/r#1', { type: 'change_title', title: 'My title' })
    does('o/r#1', { type: 'transition', transition: 'start' })
    does('o/r#1', { type: 'change_priority', priority: 'high' })
    expect(await bring(github({ labels: [], updated_at: '2026-01-15T10:00:00Z' }))).toMatchObject({
      changed: [{ changes: ['label “bug” removed', 'label “ui” removed'], conflicts: [] }],
    })
    expect(issue('o/r#1')).toMatchObject({ title: 'My title', status: 'in_progress', labels: [] })
    expect(await bring(githubLater)).toMatchObject({ changed: [{ conflicts: ['title', 'state'] }] })
    expect(conflicts()).toEqual(
      expect.arrayContaining([
        { field: 'title', lost: 'My title', won: 'Second title' },
        { field: 'status', lost: 'closed', won: 'in_progress' },
      ]),
    )
    expect(conflicts()).toHaveLength(2)
    expect(issue('o/r#1')).toMatchObject({ description: 'Second text', priority: 'high' })
    expect(await bring(githubLater)).toMatchObject({ events: 0, changedCount: 0 })
  })

  it('leaves alone what the file does not say, and comments where it holds only some', async () => {
    const { bring, issue } = workspaceFor('github')
    await bring(github())
    const { number, html_url, created_at } = github()
    await bring({ number, html_url, created_at, title: 'Now', updated_at: '2026-03-01T10:00:00Z' })
    expect(issue('o/r#1')).toMatchObject({
      title: 'Now',
      description: 'First text',
      labels: ['bug', 'ui'],
      assignees: ['ben'],
      comments: ['one', 'two'],
    })
    await bring(github({ comments: 2, comments_data: [], updated_at: '2026-03-02T10:00:00Z' }))
    expect(issue('o/r#1')).toMatchObject({ title: 'First title', comments: ['one', 'two'] })
    await bring(github({ comments: 0, comments_data: undefined, updated_at: '2026-03-03T10:00:00Z' }))
    expect(issue('o/r#1').comments).toEqual([])
  })

  it('whose timeline is cut or contradicts it: the issue is as the snapshot says', async () => {
    const { bring, issue, events } = workspaceFor('github')
    const entry = (id: number, event: string, more: Json): Json => ({
      id,
      event,
      actor: ada,
      created_at: '2026-01-02T10:00:00Z',
      ...more,
    })
    const contradicted = github({
      title: 'Current title',
      labels: [{ name: 'kind/bug' }],
      assignees: [{ login: 'newlogin', id: 7 }],
      updated_at: '2026-02-01T10:00:00Z',
      timeline: [
        entry(100, 'labeled', { label: { name: 'bug' } }),
        entry(101, 'renamed', { rename: { from: 'First title', to: 'Middle title' } }),
        entry(102, 'assigned', { assignee: { login: 'oldlogin', id: 7 } }),
        entry(103, 'assigned', { assignee: ben }),
        entry(104, 'closed', {}),
      ],
    })
    await bring(contradicted)
    expect(issue('o/r#1')).toMatchObject({
      title: 'Current title',
      status: 'open',
      labels: ['kind/bug'],
      assignees: ['newlogin'],
      superseded: [],
    })
    expect(
      events('o/r#1').find(
        ({ type, data }) => type === 'title_changed' && (data as Json).from === 'Middle title',
      )?.occurredAt,
    ).toBe(Date.parse('2026-02-01T10:00:00Z'))
    expect(await bring(contradicted)).toMatchObject({ events: 0 })
  })
})

describe('who and what it is', () => {
  it('on GitHub: by number, whatever the case or name of the repository; a renamed account is one person', async () => {
    const { bring, issue, issues, members } = workspaceFor('github')
    await bring(github({ id: 9001 }))
    const renamed = { user: { login: 'ada-l', id: 1 }, updated_at: '2026-03-01T10:00:00Z', title: 'Moved' }
    await bring(github({ id: 9001, html_url: 'https://github.com/O/R2/issues/1', ...renamed }))
    expect(issues()).toBe(1)
    expect(issue('o/r#1').title).toBe('Moved')
    expect(members()).toEqual(['Unknown person', 'ada-l', 'ben', 'cy'])
    // As `gh` writes it, with a node id that holds the number.
    const nodeId = `I_${Buffer.from([0x93, 0, 1, 0xcd, 0x23, 0x29]).toString('base64url')}`
    await bring({
      id: nodeId,
      number: 1,
      title: 'From gh',
      author: { login: 'ada-l', id: 'MDQ6VXNlcjE=' },
      createdAt: '2026-01-01T10:00:00Z',
      updatedAt: '2026-03-02T10:00:00Z',
      url: 'https://github.com/o/r3/issues/1',
    })
    expect(issues()).toBe(1)
    expect(issue('o/r#1').title).toBe('From gh')
  })

  it('on GitHub without any number: by the repository’s name, whatever its case', async () => {
    const { bring, issue, issues } = workspaceFor('github')
    await bring(github({ html_url: 'https://github.com/Org/Repo/issues/1' }))
    await bring(
      github({
        html_url: 'https://github.com/org/repo/issues/1',
        title: 'T',
        updated_at: '2026-03-01T10:00:00Z',
      }),
    )
    await bring(
      github({
        id: 5,
        html_url: 'https://github.com/ORG/repo/issues/1',
        title: 'U',
        updated_at: '2026-03-02T10:00:00Z',
      }),
    )
    expect(issues()).toBe(1)
    expect(issue('Org/Repo#1').title).toBe('U')
  })
})
