import { afterAll, describe, expect, it } from 'vitest'
import { collectImport, testFolder } from '../testing/collected-import.ts'
import { ada, importOf as importFrom, jira } from '../testing/source-records.ts'

const files = testFolder()
afterAll(() => files.dispose())
const importOf = importFrom(files)

describe('Jira issues', () => {
  it('become a history: creation, labels, comments with their own people and times, and the resolution', async () => {
    const read = await importOf(
      'jira',
      jira('AB-1', {
        description: 'h1. Why\r\n*now*',
        priority: { name: 'Critical' },
        labels: ['ui'],
        components: [{ name: 'Core' }],
        project: { key: 'AB', name: 'Abacus' },
        assignee: { key: 'gone', displayName: 'Gone, Person' },
        duedate: '2015-04-01',
        resolution: { name: 'Fixed' },
        resolutiondate: '2015-02-02T00:00:00.000-0800',
        status: { name: 'Resolved', statusCategory: { key: 'done' } },
        comment: {
          comments: [
            { id: '9', author: null, body: 'later', created: '2015-02-01T00:00:00.000+0000' },
            { id: '8', author: ada, body: '{{x}}', created: '2015-01-05T00:00:00.000+0530' },
          ],
        },
        attachment: [
          {
            id: '3',
            filename: 'a.png',
            author: ada,
            created: '2015-01-06T00:00:00.000+0000',
            size: 10,
            mimeType: 'image/png',
          },
        ],
        environment: 'Windows 3.1',
        customfield_1: null,
        aggregateprogress: { progress: 0 },
      }),
    )
    expect(read.problems).toEqual([])
    expect(read.invalid).toEqual([])
    const issue = read.issues.get('AB-1')
    expect(issue).toMatchObject({
      title: 'Issue AB-1',
      description: '# Why\n**now**',
      priority: 'urgent',
      dueDate: '2015-04-01',
      status: 'resolved',
      superseded: [],
      createdAt: Date.UTC(2015, 0, 2, 3, 4, 5, 678),
    })
    expect(read.eventsOf('AB-1').map((event) => event.type)).toEqual([
      'created',
      'labeled',
      'labeled',
      'labeled',
      'project_changed',
      'assigned',
      'commented',
      'attached',
      'commented',
      'status_changed',
    ])
    expect(read.streams.filter((stream) => stream.streamType === 'project')).toMatchObject([
      { streamId: issue?.project, events: [{ type: 'project_created', data: { name: 'Abacus' } }] },
    ])
    expect(read.eventsOf('AB-1').at(-1)).toMatchObject({
      occurredAt: Date.UTC(2015, 1, 2, 8),
      data: { from: 'open', to: 'resolved', transition: 'resolve', reason: 'Fixed' },
      metadata: { source: { status: 'Resolved' } },
    })
    expect(read.eventsOf('AB-1')[0]?.metadata).toEqual({
      asOf: expect.any(Number),
      identity: ['jira', 'id', '1', String(Date.UTC(2015, 0, 2, 3, 4, 5, 678))],
      originalHash: expect.any(String),
      triggeredBy: 'import',
      source: {
        environment: 'Windows 3.1',
        id: '1',
        project: { key: 'AB', name: 'Abacus' },
        status: 'Resolved',
      },
    })
    expect(
      read.streams
        .filter((stream) => stream.streamType === 'member')
        .map((stream) => stream.events[0]?.data.name),
    ).toEqual(['Ada Lovelace', 'Gone, Person', 'Unknown person'])
    expect(
      read.streams
        .filter((stream) => stream.streamType === 'label')
        .map((stream) => stream.events[0]?.data.name),
    ).toEqual(['bug', 'Core', 'ui'])
  })

  it('with a changelog are told change by change, from what they were at first', async () => {
    const histories = [
      {
        id: '12',
        author: ada,
        created: '2015-02-03T00:00:00.000+0000',
        items: [{ field: 'status', fromString: 'In Progress', toString: 'Closed' }],
      },
      {
        id: '11',
        author: ada,
        created: '2015-02-02T00:00:00.000+0000',
        items: [
          { field: 'status', fromString: 'Open', toString: 'In Progress' },
          { field: 'summary', fromString: 'Old', toString: 'New' },
          { field: 'labels', fromString: 'a b', toString: 'b c' },
          { field: 'assignee', from: 'bob', fromString: 'Bob', to: 'ada', toString: 'Ada' },
          { field: 'project', fromString: 'Abacus', toString: 'Zebra' },
          { field: 'Sprint', fromString: '', toString: 'Sprint 1' },
        ],
      },
    ]
    const read = await importOf(
      'jira',
      jira(
        'AB-1',
        { summary: 'New', labels: ['b', 'c'], assignee: ada, status: { name: 'Closed' } },
        { changelog: { histories } },
      ),
    )
    expect(read.eventsOf('AB-1')[0]?.data).toMatchObject({ title: 'Old' })
    expect(
      read
        .eventsOf('AB-1')
        .filter((event) => event.type === 'status_changed')
        .map((event) => event.data),
    ).toEqual([
      { from: 'open', to: 'in_progress', transition: 'start' },
      { from: 'in_progress', to: 'closed', transition: 'close' },
    ])
    const issue = read.issues.get('AB-1')
    expect(issue).toMatchObject({
      title: 'New',
      status: 'closed',
      superseded: [],
      fields: { Sprint: 'Sprint 1' },
    })
    expect(issue?.labels).toHaveLength(3)
    expect(issue?.assignees).toHaveLength(1)
    const [first, second] = read.streams.filter((stream) => stream.streamType === 'project')
    expect(first?.events[0]?.data).toEqual({ name: 'Abacus' })
    expect(second).toMatchObject({ streamId: issue?.project, events: [{ data: { name: 'Zebra' } }] })
  })

  it('link to issues before and after them in the file, once; a target that is not in it is kept as a field', async () => {
    const blocks = { name: 'Blocks', inward: 'is blocked by', outward: 'blocks' }
    const relates = { name: 'Relates', inward: 'relates to', outward: 'relates to' }
    const read = await importOf(
      'jira',
      jira('AB-1', {
        issuelinks: [
          { type: blocks, outwardIssue: { key: 'AB-2' } },
          { type: relates, inwardIssue: { key: 'AB-2' } },
          { type: blocks, outwardIssue: { key: 'ZZ-9' } },
        ],
      }),
      jira('AB-2', {
        issuelinks: [
          { type: blocks, inwardIssue: { key: 'AB-1' } },
          { type: relates, outwardIssue: { key: 'AB-1' } },
        ],
        parent: { key: 'AB-1' },
      }),
    )
    const [one, two] = [read.issues.get('AB-1'), read.issues.get('AB-2')]
    expect(one?.links).toEqual([{ kind: 'blocks', target: two?.id }])
    expect(two?.links).toEqual([
      { kind: 'parent', target: one?.id },
      { kind: 'relates_to', target: one?.id },
    ])
    expect(one?.fields).toEqual({ blocks: ['ZZ-9'] })
  })

  it('keep what Docket has no field for: the project, votes, progress, and who may see a comment', async () => {
    const nothing = {
      votes: { votes: 0, hasVoted: false },
      progress: { progress: 0, total: 0 },
      aggregateprogress: { progress: 0, total: 0 },
      workratio: -1,
      lastViewed: null,
    }
    const something = {
      votes: { votes: 3, hasVoted: false, self: 'http://x' },
      progress: { progress: 60, total: 120, percent: 50 },
      aggregateprogress: { progress: 60, total: 180 },
      workratio: 50,
      lastViewed: '2015-05-01T00:00:00.000+0000',
      project: { id: '7', key: 'AB', name: 'Abacus', avatarUrls: { '48x48': 'http://x' } },
    }
    const visibility = { type: 'role', value: 'Developers' }
    const comments = [
      { id: '1', author: ada, body: 'Quietly', created: '2015-01-05T00:00:00.000+0000', visibility },
    ]
    const read = await importOf(
      'jira',
      jira('AB-1', nothing),
      jira('AB-2', { ...something, comment: { comments } }),
    )
    expect(read.eventsOf('AB-1')[0]?.metadata.source).toEqual({ id: '1', status: 'Open' })
    expect(read.eventsOf('AB-2')[0]?.metadata.source).toMatchObject({
      votes: { votes: 3 },
      progress: { progress: 60, total: 120, percent: 50 },
      aggregateprogress: { progress: 60, total: 180 },
      workratio: 50,
      lastViewed: '2015-05-01T00:00:00.000+0000',
      project: { id: '7', key: 'AB', name: 'Abacus' },
    })
    expect(read.eventsOf('AB-2').find((event) => event.type === 'commented')?.metadata).toEqual({
      originalHash: expect.any(String),
      triggeredBy: 'import',
      source: { visibility },
    })
  })

  it('missing reporter, summary, priority, status and dates are taken in stride; without any date an issue is a problem', async () => {
    const read = await importOf(
      'jira',
      jira('AB-1', { reporter: null, creator: null, summary: null, priority: null, status: null }),
      jira('AB-2', { created: 'soon', updated: null }),
      { key: 'AB-3' },
      { fields: {} },
    )
    expect(read.issues.get('AB-1')).toMatchObject({ title: 'Untitled', priority: 'none', status: 'open' })
    expect(read.eventsOf('AB-1')[0]?.metadata).toMatchObject({ source: { title: null } })
    expect(read.problems.map((problem) => problem.line)).toEqual([2, 3, 4])
  })

  it('are read from a search result of one line and from an indented one', async () => {
    for (const indent of [0, 2]) {
      const read = await collectImport(
        'jira',
        files.file(
          JSON.stringify({ expand: 'names', startAt: 0, issues: [jira('AB-1'), jira('AB-2')] }, null, indent),
        ),
      )
      expect([...read.issues.keys()]).toEqual(['AB-1', 'AB-2'])
    }
  })
})
