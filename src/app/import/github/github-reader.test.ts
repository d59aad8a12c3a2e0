import { createRequire } from 'node:module'
import { afterAll, describe, expect, it } from 'vitest'
import { collectImport, testFolder } from '../testing/collected-import.ts'

const files = testFolder()
afterAll(() => files.dispose())

type Json = Record<string, unknown>
const user = (login: string): Json => ({
  login,
  id: 1,
  avatar_url: 'https://avatars.example/u',
  url: `https://api.github.com/users/${login}`,
})
const issue = (number: number, more: Json = {}): Json => ({
  id: 1000 + number,
  number,
  title: `Issue ${number}`,
  body: 'Text\r\nmore',
  user: user('Octocat'),
  state: 'open',
  created_at: '2022-01-01T00:00:00Z',
  updated_at: '2022-02-01T00:00:00Z',
  repository_url: 'https://api.github.com/repos/acme/app',
  html_url: `https://github.com/acme/app/issues/${number}`,
  labels: [],
  assignees: [],
  comments: 0,
  reactions: { total_count: 0 },
  ...more,
})
const entry = (event: string, more: Json = {}): Json => ({
  id: Math.abs(
    [...JSON.stringify([event, more])].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 7),
  ),
  event,
  actor: user('hubot[bot]'),
  created_at: '2022-01-05T00:00:00Z',
  ...more,
})
const importOf = (value: unknown) =>
  collectImport('github', files.file(typeof value === 'string' ? value : JSON.stringify(value)))

describe('GitHub issues', () => {
  it('without a timeline say how they ended', async () => {
    const closed = issue(1, {
      state: 'closed',
      state_reason: 'not_planned',
      closed_at: '2022-01-20T00:00:00Z',
      closed_by: user('ada'),
      labels: [{ name: 'bug', color: 'D73A4A' }, 'text'],
      assignees: [user('ada')],
      milestone: { title: 'v1' },
    })
    const read = await importOf([closed, issue(2, { user: null, body: null, title: '' })])
    expect(read.invalid).toEqual([])
    expect(read.issues.get('acme/app#1')).toMatchObject({
      status: 'closed',
      description: 'Text\nmore',
      superseded: [],
    })
    expect(read.eventsOf('acme/app#1').at(-1)).toMatchObject({
      type: 'status_changed',
      occurredAt: Date.UTC(2022, 0, 20),
      data: { reason: 'not planned' },
    })
    expect(read.eventsOf('acme/app#1')[0]?.metadata).toMatchObject({ source: { milestone: 'v1', id: 1001 } })
    expect(read.streams.find((stream) => stream.events[0]?.data.name === 'bug')?.events[0]?.data).toEqual({
      name: 'bug',
      colour: '#d73a4a',
    })
    expect(read.issues.get('acme/app#2')).toMatchObject({ title: 'Untitled', status: 'open' })
    expect(read.streams.map((stream) => stream.events[0]?.data.name)).toContain('Ghost')
  })

  it('with comments and a timeline are told entry by entry, in time', async () => {
    const timeline = [
      entry('labeled', { label: { name: 'bug', color: 'd73a4a' } }),
      entry('unlabeled', { label: { name: 'old', color: 'ffffff' }, created_at: '2022-01-06T00:00:00Z' }),
      entry('assigned', { assignee: user('ada') }),
      entry('renamed', { rename: { from: 'Before', to: 'Issue 1' } }),
      entry('closed', { created_at: '2022-01-07T00:00:00Z', state_reason: 'completed', commit_id: 'abc' }),
      entry('reopened', { created_at: '2022-01-08T00:00:00Z' }),
      entry('closed', { created_at: '2022-01-09T00:00:00Z' }),
      entry('mentioned'),
      entry('milestoned', { milestone: { title: 'v2' } }),
      entry('moved_columns_in_project', { project_card: { column_name: 'Done' } }),
      entry('cross-referenced', { source: { type: 'issue', issue: issue(2) } }),
      entry('cross-referenced', { source: { type: 'issue', issue: issue(77, { pull_request: {} }) } }),
      entry('parent_issue_added', { parent_issue: issue(2) }),
      entry('blocking_added', { blocking: issue(99) }),
    ]
    const comments = [
      {
        id: 5,
        user: user('ada'),
        body: 'Hi',
        created_at: '2022-01-02T00:00:00Z',
        updated_at: '2022-01-03T00:00:00Z',
      },
    ]
    const one = issue(1, {
      state: 'closed',
      closed_at: '2022-01-09T00:00:00Z',
      labels: [{ name: 'bug' }],
      assignees: [user('ada')],
      comments_data: comments,
      timeline,
    })
    const read = await importOf(`${JSON.stringify(one)}\n${JSON.stringify(issue(2, { comments }))}`)
    expect(read.invalid).toEqual([])
    const folded = read.issues.get('acme/app#1')
    expect(folded).toMatchObject({
      status: 'closed',
      title: 'Issue 1',
      superseded: [],
      fields: { milestone: 'v2', blocks: 'acme/app#99', 'mentioned in acme/app#77': 'Issue 77' },
    })
    expect(read.eventsOf('acme/app#1')[0]?.data).toMatchObject({ title: 'Before' })
    expect(folded?.links.map((link) => link.kind)).toEqual(['parent', 'relates_to'])
    expect(new Set(folded?.links.map((link) => link.target))).toEqual(
      new Set([read.issues.get('acme/app#2')?.id]),
    )
    expect(folded?.labels).toHaveLength(1)
    expect(folded?.assignees).toHaveLength(1)
    expect(read.eventsOf('acme/app#1').filter((event) => event.type === 'status_changed')).toHaveLength(3)
    expect(read.eventsOf('acme/app#2').filter((event) => event.type === 'commented')).toHaveLength(1)
  })

  it('are read from a single document of issue, comments and timeline', async () => {
    const read = await importOf(
      JSON.stringify(
        {
          issue: issue(1),
          comments: [{ id: 5, user: user('ada'), body: 'Hi', created_at: '2022-01-02T00:00:00Z' }],
          timeline: [entry('closed')],
        },
        null,
        2,
      ),
    )
    expect(read.eventsOf('acme/app#1').map((event) => event.type)).toEqual([
      'created',
      'commented',
      'status_changed',
      'status_changed',
    ])
    expect(read.issues.get('acme/app#1')).toMatchObject({ status: 'open', superseded: [] })
  })

  it('of two repositories do not meet under one number, and pull requests are passed over and reported', async () => {
    const read = await importOf([
      issue(1),
      issue(1, { id: 2001, repository_url: 'https://api.github.com/repos/acme/other' }),
      issue(3, { pull_request: { url: 'x' } }),
      { message: 'Not Found' },
    ])
    expect([...read.issues.keys()]).toEqual(['acme/app#1', 'acme/other#1'])
    expect(read.problems.map((problem) => problem.reason)).toEqual([
      'acme/app#3 is a pull request and was passed over.',
      'The record is not a GitHub issue: it has no number.',
    ])
  })

  it('are read as `gh issue list --json` writes them, and a comment is the same one as over the API', async () => {
    const address = 'https://github.com/acme/app/issues/1'
    const read = await importOf([
      {
        // Holds 1001, which the API says beside it.
        id: 'I_kwDNECDNA-k',
        number: 1,
        title: 'From gh',
        body: 'text',
        author: { id: 'MDQ', is_bot: false, login: 'ada', name: 'Ada' },
        state: 'CLOSED',
        stateReason: 'NOT_PLANNED',
        createdAt: '2026-01-01T10:00:00Z',
        updatedAt: '2026-01-03T10:00:00Z',
        closedAt: '2026-01-03T10:00:00Z',
        labels: [{ id: 'L', name: 'bug', color: 'ff0000' }],
        assignees: [{ id: 'U', login: 'ben', name: 'Ben' }],
        comments: [
          {
            id: 'IC_kw',
            author: { login: 'cy' },
            body: 'hello',
            createdAt: '2026-01-02T10:00:00Z',
            url: `${address}#issuecomment-77`,
          },
        ],
        url: address,
      },
    ])
    const folded = read.issues.get('acme/app#1')
    expect(folded).toMatchObject({
      title: 'From gh',
      description: 'text',
      status: 'closed',
      assignees: [expect.any(String)],
    })
    expect(read.eventsOf('acme/app#1').at(-1)?.data).toMatchObject({ reason: 'not planned' })
    const overApi = await importOf([
      issue(1, {
        comments_data: [{ id: 77, user: { login: 'cy' }, body: 'hello', created_at: '2026-01-02T10:00:00Z' }],
      }),
    ])
    const commentIds = (from: typeof read) => Object.keys(from.issues.get('acme/app#1')?.comments ?? {})
    expect(commentIds(read)).toEqual(commentIds(overApi))
    expect(commentIds(read)).toHaveLength(1)
  })

  it('pull requests are taken where they are asked for, and say that they are some and whether they were merged', async () => {
    const pull = (number: number, more: Json) =>
      issue(number, {
        state: 'closed',
        closed_at: '2026-01-05T00:00:00Z',
        pull_request: { url: 'x' },
        ...more,
      })
    const read = await collectImport(
      'github',
      files.file(
        JSON.stringify([
          issue(1),
          pull(2, { pull_request: { merged_at: '2026-01-05T00:00:00Z' } }),
          pull(3, {}),
        ]),
      ),
      { withPullRequests: true },
    )
    expect(read.problems).toEqual([])
    expect([...read.issues.keys()]).toEqual(['acme/app#1', 'acme/app#2', 'acme/app#3'])
    const ends = ['acme/app#2', 'acme/app#3'].map((key) => read.eventsOf(key).at(-1)?.data.reason)
    expect(ends).toEqual(['merged', undefined])
    expect(
      read.streams
        .filter(({ streamType }) => streamType === 'label')
        .map(({ events }) => events[0]?.data.name),
    ).toContain('pull request')
  })

  it('as GitHub itself documents them are all taken', async () => {
    type Example = { readonly name: string; readonly examples: readonly { readonly issue?: Json }[] }
    const examples = createRequire(import.meta.url)(
      '@octokit/webhooks-examples/api.github.com/index.json',
    ) as readonly Example[]
    const issues = examples
      .filter((example) => /^issue/.test(example.name))
      .flatMap((example) => example.examples.flatMap((payload) => (payload.issue ? [payload.issue] : [])))
    const read = await importOf(issues)
    expect(issues.length).toBeGreaterThan(30)
    expect(read.invalid).toEqual([])
    expect(read.problems.filter((problem) => !/pull request|a second time/.test(problem.reason))).toEqual([])
    expect([...read.issues.values()].flatMap((folded) => folded.superseded)).toEqual([])
    expect(read.issues.size).toBeGreaterThan(0)
  })
})
