import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { verifyLog } from '#db/log/verify.ts'
import { digestOf, projectionDigests } from '#db/projections/projection-digest.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { issueDetail } from '../calls/issue-detail.ts'
import { issueQueries } from '../calls/issue-queries.ts'
import { entityIdOf } from '../commands/entity-id.ts'
import { anyCommandInput, commandsOf, type Wished } from '../testing/random-commands.ts'
import { initWorkspace } from './init-workspace.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

let folder: string
let workspace: Workspace

function open(): Workspace {
  const opened = openWorkspace(folder, { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-workspace-'))
  initWorkspace({ folder, name: 'Test', memberName: 'Ada Lovelace' })
  workspace = open()
})
afterEach(() => {
  workspace.close()
  rmSync(folder, { recursive: true })
})

const execute = (wish: Record<string, unknown>) => workspace.commands.execute(command.parse(wish))
function create(title: string, more: Record<string, unknown> = {}): string {
  const issueId = uuidv7()
  const result = execute({ type: 'create', issueId, title, ...more })
  if (!result.ok) throw new Error(result.error.message)
  return issueId
}
const rebuild = () => rebuildProjections(workspace.database, { registry: eventRegistry(), newId: uuidv7 })
const detail = (key: string, at?: number) => {
  const found = issueDetail(workspace, key, at)
  if (!found.ok) throw new Error(found.error.message)
  return found.value
}

describe('a workspace', () => {
  it('the first command introduces the workspace and the member, once', () => {
    create('One')
    create('Two')
    expect(workspace.log.readAll(0 as never).map((event) => event.type)).toEqual([
      'workspace_created',
      'member_joined',
      'created',
      'created',
    ])
  })

  it('a refused first command leaves the log empty', () => {
    const result = execute({ type: 'archive', issueId: uuidv7() })
    expect(result.ok).toBe(false)
    expect(workspace.log.position()).toBe(0)
  })

  it('one issue’s life is folded, found by its key, and fed', () => {
    const label = entityIdOf('label', 'bug')
    execute({ type: 'create_label', labelId: label, name: 'bug' })
    const id = create('Crash on start', {
      description: 'It **crashes**.',
      labels: [label],
      assignees: [workspace.me.memberId],
    })
    execute({ type: 'transition', issueId: id, transition: 'start' })
    const commentId = uuidv7()
    execute({ type: 'comment', issueId: id, commentId, body: 'Looking' })
    execute({ type: 'edit_comment', issueId: id, commentId, body: 'Found it' })
    execute({ type: 'transition', issueId: id, transition: 'resolve', reason: 'Fixed' })
    const issue = detail('doc-1')
    expect(issue).toMatchObject({
      key: 'DOC-1',
      status: 'resolved',
      comments: 1,
      labels: [label],
      assignees: [workspace.me.memberId],
    })
    expect(issue.transitions.map((transition) => transition.name)).toEqual(['close', 'reopen'])
    const feed = workspace.feed.page({ kind: 'issue', issueId: id }, { limit: 50 })
    expect(feed.map((entry) => entry.event.type).toReversed()).toEqual([
      'created',
      'assigned',
      'labeled',
      'status_changed',
      'commented',
      'comment_edited',
      'status_changed',
    ])
    expect(feed.find((entry) => entry.event.type === 'commented')?.comment).toMatchObject({
      body: 'Found it',
      deleted: false,
    })
    expect(feed.find((entry) => entry.event.type === 'labeled')?.names[label]).toEqual({ name: 'bug' })
  })

  it('an issue is made in a project, found by it, and keeps it when the project is renamed', () => {
    const projectId = entityIdOf('project', 'Website')
    expect(execute({ type: 'create_project', projectId, name: 'Website' })).toMatchObject({ ok: true })
    expect(execute({ type: 'create_project', projectId: uuidv7(), name: 'website' })).toMatchObject({
      error: { code: 'name_taken' },
    })
    const id = create('A broken link', { projectId })
    create('Elsewhere')
    execute({ type: 'rename_project', projectId, name: 'The site' })
    expect(detail('DOC-1').project).toBe(projectId)
    const queries = issueQueries(workspace)
    const keysOf = (query: string) => {
      const page = queries.list({ query, limit: 9, cursor: undefined, offset: undefined })
      return page.ok ? page.value.rows.map((row) => row.key) : page.error.code
    }
    expect(['project:"the site"', 'project:none', 'project:website'].map(keysOf)).toEqual([
      ['DOC-1'],
      ['DOC-2'],
      'invalid_query',
    ])
    expect(workspace.entities.counted('project', (status) => status === 'open')).toEqual([
      { id: projectId, name: 'The site', open: 1 },
    ])
    const [entry] = workspace.feed.page({ kind: 'issue', issueId: id }, { limit: 1 })
    expect(entry).toMatchObject({
      event: { type: 'project_changed' },
      names: { [projectId]: { name: 'The site' } },
    })
    execute({ type: 'change_project', issueId: id, projectId: null })
    expect(detail('DOC-1').project).toBeNull()
    expect(workspace.entities.counted('project', () => true)).toMatchObject([{ open: 0 }])
  })

  it('a deleted comment’s words are in no feed and in no search any more', () => {
    const id = create('Talk')
    const commentId = uuidv7()
    execute({ type: 'comment', issueId: id, commentId, body: 'indiscreet' })
    execute({ type: 'delete_comment', issueId: id, commentId })
    const entry = workspace.feed
      .page({ kind: 'workspace' }, { limit: 9 })
      .find(({ event }) => event.type === 'commented')
    expect(entry?.comment).toMatchObject({ body: '', deleted: true })
    while (workspace.projections.step(10));
    expect(
      workspace.database.client.prepare(`SELECT rowid FROM search WHERE search MATCH 'indiscreet'`).all(),
    ).toEqual([])
  })

  it('an issue is shown as of an earlier instant', async () => {
    const id = create('Before')
    const [first] = workspace.log.readStream({ type: 'issue', id })
    const at = first?.occurredAt ?? 0
    while (Date.now() <= at) await new Promise((resolve) => setImmediate(resolve))
    execute({ type: 'change_title', issueId: id, title: 'After' })
    expect(detail('DOC-1').title).toBe('After')
    expect(detail('DOC-1', at)).toMatchObject({ title: 'Before', transitions: [], asOf: at })
    expect(issueDetail(workspace, 'DOC-1', at - 1).ok).toBe(false)
  })

  it('who is mentioned hears of it; who mutes it is no subscriber, and a list does not move for that', () => {
    const ben = uuidv7()
    execute({ type: 'add_member', memberId: ben, name: 'Ben', handle: 'ben' })
    const id = create('Talk')
    execute({ type: 'comment', issueId: id, commentId: uuidv7(), body: 'What do you say, @Ben? `@nobody`' })
    expect(workspace.log.readStream({ type: 'issue', id }).at(-1)?.data).toMatchObject({ mentions: [ben] })
    expect(detail('DOC-1').subscribers).toEqual([workspace.me.memberId, ben])
    const { updatedAt } = detail('DOC-1')
    execute({ type: 'mute', issueId: id })
    expect(detail('DOC-1')).toMatchObject({ subscribers: [ben], muted: true, updatedAt })
    execute({ type: 'unmute', issueId: id })
    expect(detail('DOC-1')).toMatchObject({ subscribers: [workspace.me.memberId, ben], muted: false })
  })

  it('two views within five minutes are one', () => {
    const id = create('Seen')
    execute({ type: 'mark_viewed', issueId: id })
    execute({ type: 'mark_viewed', issueId: id })
    expect(workspace.log.streamVersion({ type: 'issue', id })).toBe(2)
    expect(workspace.feed.page({ kind: 'issue', issueId: id }, { limit: 9 })).toHaveLength(1)
  })

  it('a stale expected version is refused with the actual one', () => {
    const id = create('One')
    const stale = workspace.commands.execute(
      command.parse({ type: 'change_title', issueId: id, title: 'x' }),
      { expectedVersion: 0 },
    )
    expect(!stale.ok && stale.error).toMatchObject({
      code: 'concurrency',
      details: { expected: 0, actual: 1 },
    })
    expect(detail('DOC-1').title).toBe('One')
  })

  it('two connections on one file number and chain on from each other', () => {
    const other = open()
    try {
      create('One')
      other.commands.execute(command.parse({ type: 'create', issueId: uuidv7(), title: 'Two' }))
      create('Three')
      expect(other.findIssue('DOC-3')).toBeDefined()
      expect(verifyLog(workspace.database).problems).toEqual([])
    } finally {
      other.close()
    }
  })

  it('the database refuses to change or delete an event, whoever asks', () => {
    create('One')
    const { client } = workspace.database
    expect(() => client.prepare(`UPDATE events SET occurred_at = 1 WHERE position = 3`).run()).toThrow(
      /never changed/,
    )
    expect(() => client.prepare(`DELETE FROM events WHERE position = 3`).run()).toThrow(/never deleted/)
    expect(() => client.prepare(`UPDATE streams SET type = 'label'`).run()).toThrow(/never changed/)
  })
})

it('after any work, every projection equals its rebuild and the chain is intact', () => {
  fc.assert(
    fc.property(fc.array(anyCommandInput, { minLength: 1, maxLength: 60 }), (wishes) => {
      const wished: Wished = { issues: [], comments: [] }
      for (const wish of wishes) for (const wanted of commandsOf(wish, wished, workspace)) execute(wanted)
      while (workspace.projections.step(7));
      const live = digestOf(projectionDigests(workspace.database))
      expect(rebuild()).toMatchObject({ before: live, after: live, repaired: [] })
      expect(verifyLog(workspace.database).problems).toEqual([])
    }),
    { numRuns: 25 },
  )
})

it('rebuilding twice while there are edited comments, archived and superseded ones changes nothing', () => {
  create('One')
  const first = rebuild()
  expect(rebuild()).toEqual(first)
  expect(first.before).toBe(first.after)
})
