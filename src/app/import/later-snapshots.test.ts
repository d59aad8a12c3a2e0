import { afterAll, describe, expect, it } from 'vitest'
import { newId } from '../commands/new-id.ts'
import type { ImportFormat } from './history/imported.ts'
import { testFolder } from './testing/collected-import.ts'
import { type Json, workspaceFor as makeWorkspaceFor } from './testing/workspace-for-imports.ts'

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

describe('a later snapshot of beads', () => {
  it('becomes changes of every field that is mapped, links and comments included', async () => {
    const { bring, issue } = workspaceFor('beads')
    const bead = (id: string, more: Json = {}): Json => ({
      id,
      title: `Bead ${id}`,
      status: 'open',
      priority: 2,
      created_at: '2026-01-01T10:00:00Z',
      updated_at: '2026-01-02T10:00:00Z',
      ...more,
    })
    const comment = (id: number, text: string): Json => ({
      id,
      author: 'x',
      text,
      created_at: '2026-01-02T10:00:00Z',
    })
    await bring(
      bead('b-1', {
        description: 'One',
        assignee: 'ada',
        labels: ['a'],
        due_at: '2026-12-24T17:00:00Z',
        notes: 'n',
        dependencies: [
          { depends_on_id: 'b-2', type: 'parent-child' },
          { depends_on_id: 'b-3', type: 'blocks' },
          { depends_on_id: 'b-404', type: 'related' },
        ],
        comments: [comment(1, 'one'), comment(2, 'two')],
      }),
      bead('b-2'),
      bead('b-3'),
    )
    expect(issue('b-3').links).toHaveLength(1)
    const later = { updated_at: '2026-02-02T10:00:00Z' }
    await bring(
      bead('b-1', {
        ...later,
        status: 'closed',
        closed_at: '2026-02-01T10:00:00Z',
        priority: 0,
        labels: ['b'],
        comments: [comment(1, 'one!')],
      }),
      bead('b-3', later),
    )
    expect(issue('b-1')).toMatchObject({
      description: '',
      status: 'closed',
      priority: 'urgent',
      assignees: [],
      labels: ['b'],
      dueDate: null,
      links: [],
      fields: { notes: null, related: null },
      comments: ['one!'],
    })
    expect(issue('b-3').links).toEqual([])
  })
})

describe('the colours of labels', () => {
  it('that the source gives stay; others get those of twelve that the fewest have, counting what is here', async () => {
    const { bring, executes, look } = workspaceFor('github')
    const colours = () =>
      look(
        ({ directory }) => new Map(directory.labels(() => false).map(({ name, colour }) => [name, colour])),
      )
    for (const name of ['mine', 'yours']) executes({ type: 'create_label', labelId: newId(), name })
    const plain = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => ({ name: `label ${from + at}` }))
    // Nearly the first of ours.
    await bring(github({ labels: [{ name: 'given', color: '5E6AD3' }, ...plain(0, 5)] }))
    expect(colours().get('given')).toBe('#5e6ad3')
    await bring(github({ labels: plain(0, 9), updated_at: '2026-03-01T10:00:00Z' }))
    expect(new Set(colours().values()).size).toBe(12)
    expect([...colours().values()]).not.toContain('#5e6ad2')
  })
})

describe('two copies that import the same files', () => {
  it('record the same events, whatever people did on each', async () => {
    const [here, there] = [workspaceFor('github'), workspaceFor('github')]
    for (const copy of [here, there]) await copy.bring(github())
    there.does('o/r#1', { type: 'change_title', title: 'My title' })
    for (const copy of [here, there]) await copy.bring(githubLater)
    const imported = ({ events }: typeof here) =>
      events('o/r#1').flatMap(({ id, metadata }) => (metadata.triggeredBy === 'import' ? id : []))
    expect(imported(there)).toEqual(imported(here))
  })
})
