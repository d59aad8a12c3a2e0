import { afterAll, describe, expect, it } from 'vitest'
import { maxBodyBytes, utf8Length } from '#core/text/text.ts'
import type { ImportFormat } from './history/imported.ts'
import { collectImport, testFolder } from './testing/collected-import.ts'

const files = testFolder()
afterAll(() => files.dispose())

type Json = Record<string, unknown>
const lines = (records: readonly (Json | string)[]): string =>
  records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n')
const importOf = (format: ImportFormat, ...records: readonly (Json | string)[]) =>
  collectImport(format, files.file(lines(records)))

const bead = (id: string, more: Json = {}): Json => ({
  id,
  title: `Bead ${id}`,
  status: 'open',
  priority: 2,
  issue_type: 'task',
  created_at: '2025-10-12T00:43:03.453438-07:00',
  updated_at: '2025-10-13T00:00:00Z',
  ...more,
})
const change = (issue: string, kind: string, from: unknown, to: unknown, more: Json = {}): Json => ({
  commit: 'c2',
  issue,
  at: '2025-10-20T10:00:00Z',
  kind: `set:${kind}`,
  from,
  to,
  ...more,
})
const creation = (id: string, value: Json = {}): Json => ({
  commit: 'c1',
  issue: id,
  at: '2025-10-12T08:00:00Z',
  kind: 'created',
  value: bead(id, value),
})
const ada = { name: 'ada', key: 'ada', displayName: 'Ada Lovelace' }
const jira = (key: string, fields: Json = {}, more: Json = {}): Json => ({
  id: key.replace(/\D/g, ''),
  key,
  fields: {
    summary: `Issue ${key}`,
    created: '2015-01-02T03:04:05.678+0000',
    updated: '2015-03-02T03:04:05.678+0000',
    status: { name: 'Open', statusCategory: { key: 'new' } },
    reporter: ada,
    creator: ada,
    issuetype: { name: 'Bug' },
    labels: [],
    comment: { comments: [] },
    ...fields,
  },
  ...more,
})

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

describe('texts of any source', () => {
  it('control characters, lone surrogates, emoji, RTL and CJK come through fit for the log', async () => {
    const title = 'a\u0000b\u001b[31m \ud800 👩‍👩‍👧 مرحبا 漢字\r\nline'
    const read = await importOf(
      'beads',
      bead('x-1', {
        title,
        description: `${title}\t\uFFFD`,
        labels: ['\ud800', '漢字'],
        owner: 'half \udfff',
      }),
    )
    expect(read.invalid).toEqual([])
    const issue = read.issues.get('x-1')
    expect(issue?.title).toBe('a b [31m \uFFFD 👩‍👩‍👧 مرحبا 漢字 line')
    expect(issue?.description).toBe('a\uFFFDb\uFFFD[31m \uFFFD 👩‍👩‍👧 مرحبا 漢字\nline\t\uFFFD')
    for (const stream of read.streams)
      expect(JSON.stringify(stream).isWellFormed() && !JSON.stringify(stream).includes('\\ud800')).toBe(true)
  })

  it('a body of megabytes is cut at the limit, between two characters, and says so', async () => {
    const read = await importOf('beads', bead('x-1', { description: '漢'.repeat(1_000_000) }))
    const description = read.issues.get('x-1')?.description ?? ''
    expect(utf8Length(description)).toBeLessThanOrEqual(maxBodyBytes)
    expect(description).not.toContain('\uFFFD')
    expect(description).toMatch(/\n\n\[Cut off on import: \d+ more bytes, over the limit of 1 MiB\]$/)
    const cut = Number(/import: (\d+)/.exec(description)?.[1])
    expect(read.eventsOf('x-1')[0]?.metadata).toMatchObject({ source: { cutBytes: cut } })
    expect(utf8Length(description.slice(0, description.indexOf('\n\n[Cut'))) + cut).toBe(3_000_000)
  })

  it('what Docket has no field for is kept with the creation, without empty values and addresses of the API', async () => {
    const read = await importOf(
      'beads',
      bead('x-1', {
        estimate: 5,
        empty: '',
        none: null,
        self: 'http://x',
        deep: { a: null, b: [1, ''] },
        __proto__: 1,
      }),
    )
    expect(read.eventsOf('x-1')[0]?.metadata).toEqual({
      asOf: Date.parse('2025-10-13T00:00:00Z'),
      originalHash: expect.any(String),
      triggeredBy: 'import',
      source: { estimate: 5, deep: { b: [1] }, status: 'open' },
    })
  })
})

describe('beads issues', () => {
  it('end as the file says: closed with its reason, in progress, or deleted, which is closed and out of sight', async () => {
    const read = await importOf(
      'beads',
      bead('x-1', {
        status: 'closed',
        closed_at: '2025-10-14T00:00:00.123456789+02:00',
        close_reason: 'done',
      }),
      bead('x-2', { status: 'hooked', assignee: 'bob' }),
      bead('x-3', {
        status: 'tombstone',
        deleted_at: '2025-11-01T00:00:00Z',
        deleted_by: 'ada',
        delete_reason: 'spam',
      }),
      bead('x-4', { priority: 0, design: 'so' }),
    )
    expect(read.invalid).toEqual([])
    expect(read.issues.get('x-1')).toMatchObject({ status: 'closed', archived: false })
    expect(read.eventsOf('x-1').at(-1)).toMatchObject({
      occurredAt: Date.UTC(2025, 9, 13, 22, 0, 0, 123),
      data: { reason: 'done' },
    })
    expect(read.issues.get('x-2')).toMatchObject({ status: 'in_progress' })
    expect(read.issues.get('x-3')).toMatchObject({ status: 'closed', archived: true })
    expect(read.issues.get('x-4')).toMatchObject({ priority: 'urgent', fields: { design: 'so' } })
  })

  it('a dependency is told by the issue that blocks, wherever it stands in the file', async () => {
    const on = (id: string, type: string) => ({
      depends_on_id: id,
      type,
      created_at: '2025-10-13T00:00:00Z',
      created_by: 'ada',
    })
    const read = await importOf(
      'beads',
      bead('x-1'),
      bead('x-2', {
        dependencies: [
          on('x-1', 'blocks'),
          on('x-3', 'blocks'),
          on('x-3', 'parent-child'),
          on('x-1', 'discovered-from'),
          on('gone', 'tracks'),
        ],
      }),
      bead('x-3'),
    )
    const two = read.issues.get('x-2')
    expect(read.issues.get('x-1')?.links).toEqual([{ kind: 'blocks', target: two?.id }])
    expect(read.issues.get('x-3')?.links).toEqual([{ kind: 'blocks', target: two?.id }])
    expect(two?.links.map((link) => link.kind).sort()).toEqual(['parent', 'relates_to'])
    expect(two?.fields).toEqual({ tracks: ['gone'] })
  })

  it('dependencies are taken in each form that beads writes them in, and a due time gives the day', async () => {
    const forms = [
      [{ issue_id: 'x-2', depends_on_id: 'x-1', type: 'blocks' }],
      [{ id: 'x-1', title: 'one', dependency_type: 'blocks' }],
      ['x-1'],
      { blocks: ['x-1'] },
    ]
    for (const dependencies of forms) {
      const read = await importOf(
        'beads',
        bead('x-1'),
        bead('x-2', { dependencies, due_at: '2026-12-24T17:00:00Z' }),
      )
      const two = read.issues.get('x-2')
      expect(two?.dueDate).toBe('2026-12-24')
      expect(read.issues.get('x-1')?.links).toEqual([{ kind: 'blocks', target: two?.id }])
    }
  })

  it('an id given to two issues makes two issues; the same issue twice is taken as last changed, and the other is reported', async () => {
    const read = await importOf(
      'beads',
      bead('x-1', { title: 'first' }),
      bead('x-1', { title: 'another', created_at: '2025-12-01T00:00:00Z' }),
      bead('x-1', { title: 'first, changed', updated_at: '2026-01-01T00:00:00Z' }),
    )
    expect([...read.issues].map(([key, issue]) => [key, issue.title])).toEqual([
      ['x-1#2', 'another'],
      ['x-1', 'first, changed'],
    ])
    expect(new Set([...read.issues.values()].map((issue) => issue.id)).size).toBe(2)
    expect(read.problems).toEqual([
      { line: 1, reason: 'x-1 is here a second time; the version on line 3, changed later, was taken.' },
    ])
  })
})

describe('beads changes over time', () => {
  it('whole lists are told as what was added, changed and removed', async () => {
    const comment = (id: number, text: string) => ({
      id,
      author: 'ada',
      text,
      created_at: `2025-10-1${id}T00:00:00Z`,
    })
    const read = await importOf(
      'beads-events',
      creation('x-1', { labels: ['a'] }),
      creation('x-2'),
      change('x-1', 'labels', ['a'], ['b']),
      change('x-1', 'comments', null, [comment(1, 'one'), comment(2, 'two')]),
      change('x-1', 'comments', null, [comment(1, 'one!')], { commit: 'c3' }),
      change('x-1', 'comments', null, [comment(1, 'one!'), comment(2, 'two')], { commit: 'c4' }),
      change('x-1', 'dependencies', null, [
        { depends_on_id: 'x-2', type: 'blocks' },
        { depends_on_id: 'x-2', type: 'parent-child' },
      ]),
      change(
        'x-1',
        'dependencies',
        [
          { depends_on_id: 'x-2', type: 'blocks' },
          { depends_on_id: 'x-2', type: 'parent-child' },
        ],
        [{ depends_on_id: 'x-2', type: 'parent-child' }],
        { commit: 'c5' },
      ),
    )
    expect(read.invalid).toEqual([])
    expect(read.eventsOf('x-1').map((event) => event.type)).toEqual([
      'created',
      'labeled',
      'labeled',
      'unlabeled',
      'labeled',
      'commented',
      'commented',
      'comment_deleted',
      'comment_edited',
      'commented',
      'linked',
    ])
    expect(read.eventsOf('x-2').map((event) => event.type)).toEqual([
      'created',
      'labeled',
      'linked',
      'unlinked',
    ])
    expect(
      Object.values(read.issues.get('x-1')?.comments ?? {}).filter((live) => !live.deleted),
    ).toHaveLength(2)
    expect(read.issues.get('x-1')?.links).toEqual([{ kind: 'parent', target: read.issues.get('x-2')?.id }])
  })

  it('times that run backwards do not set changes against each other', async () => {
    const read = await importOf(
      'beads-events',
      creation('x-1'),
      change('x-1', 'status', 'open', 'closed', { at: '2025-10-20T10:00:00Z' }),
      change('x-1', 'close_reason', null, 'done'),
      change('x-1', 'status', 'closed', 'open', { at: '2025-10-19T10:00:00+09:00', commit: 'c3' }),
      change('x-1', 'status', 'open', 'in_progress', { at: '2025-10-12T00:00:00Z', commit: 'c4' }),
    )
    expect(read.issues.get('x-1')).toMatchObject({ status: 'in_progress', superseded: [] })
    expect(
      read
        .eventsOf('x-1')
        .filter((event) => event.type === 'status_changed')
        .map((event) => [event.data.transition, event.data.reason]),
    ).toEqual([
      ['close', 'done'],
      ['reopen', undefined],
      ['start', undefined],
    ])
  })

  it('an unknown field is kept as a change of that field, and a broken creation is made up from what the changes replaced', async () => {
    const read = await importOf(
      'beads-events',
      '{"commit":"c1","issue":"x-1","kind":"created","value":{"title":"\\p"}}',
      change('x-1', 'title', 'Was', 'Is'),
      change('x-1', 'status', 'in_progress', 'closed'),
      change('x-1', 'mood', null, { good: true }),
    )
    expect(read.problems.map((problem) => problem.line)).toEqual([1])
    expect(read.eventsOf('x-1')[0]?.data).toMatchObject({ title: 'Was' })
    expect(read.issues.get('x-1')).toMatchObject({
      title: 'Is',
      status: 'closed',
      fields: { mood: { good: true } },
      superseded: [],
    })
  })
})

describe('every source', () => {
  const samples: Record<string, { format: ImportFormat; head: readonly Json[]; more: readonly Json[] }> = {
    jira: {
      format: 'jira',
      head: [jira('AB-1', { labels: ['x'] }), jira('AB-2')],
      more: [jira('AB-3', { reporter: { key: 'new', displayName: 'New' } })],
    },
    beads: {
      format: 'beads',
      head: [bead('x-1', { labels: ['x'] }), bead('x-2', { status: 'closed' })],
      more: [bead('x-3')],
    },
    'beads-events': {
      format: 'beads-events',
      head: [creation('x-1'), creation('x-2'), change('x-1', 'status', 'open', 'closed')],
      more: [change('x-1', 'status', 'closed', 'open', { commit: 'c9' }), creation('x-3')],
    },
  }
  it.each(Object.keys(samples))(
    '%s: the same file gives the same ids, and a longer one the old ids and new ones',
    async (name) => {
      const { format, head, more } = samples[name] as (typeof samples)[string]
      const first = await importOf(format, ...head)
      const again = await importOf(format, ...head)
      const longer = await importOf(format, ...head, ...more)
      expect(again.streams).toEqual(first.streams)
      expect(new Set(first.ids).size).toBe(first.ids.length)
      const known = new Set(longer.ids)
      expect(first.ids.filter((id) => !known.has(id))).toEqual([])
      expect(longer.ids.length).toBeGreaterThan(first.ids.length)
    },
  )
})
