import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { TextNames } from '#contract/answers/answers.ts'
import type { ImportFormat } from '#contract/import-formats.ts'
import { command } from '#core/commands.ts'
import { feedItem } from '../calls/feed-items.ts'
import { issueDetail } from '../calls/issue-detail.ts'
import { newId } from '../commands/new-id.ts'
import { runJob } from '../jobs/run-job.ts'
import { openedWorkspace } from '../testing/temporary-workspace.ts'
import { initWorkspace } from '../workspace/init-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'

import type { ImportReport } from './import-file.ts'
import { testFolder } from './testing/collected-import.ts'

type Json = Record<string, unknown>

const files = testFolder()
afterAll(() => files.dispose())
let made = 0

/** A workspace whose first issue, DOC-1, somebody here wrote. */
function workspaceFor(format: ImportFormat) {
  const folder = join(files.folder, `workspace-${++made}`)
  const begun = initWorkspace({ folder, memberName: 'Bob' })
  if (!begun.ok) throw new Error(begun.error.message)
  function look<T>(at: (workspace: Workspace) => T): T {
    const workspace = openedWorkspace(folder)
    try {
      return at(workspace)
    } finally {
      workspace.close()
    }
  }
  const does = (wish: Json): void =>
    look((workspace) => {
      const done = workspace.commands.execute(command.parse(wish))
      if (!done.ok) throw new Error(done.error.message)
    })
  const found = (workspace: Workspace, key: string) => {
    const detail = issueDetail(workspace, key)
    if (!detail.ok) throw new Error(detail.error.message)
    return detail.value
  }
  /** With the handles of people in place of their ids. */
  const named = (workspace: Workspace, names: TextNames | null | undefined) => {
    const handles = new Map(workspace.entities.rows('member').map(({ id, handle }) => [id, handle]))
    return (
      names && {
        issues: names.issues,
        people: Object.fromEntries(
          Object.entries(names.people).map(([written, id]) => [written, handles.get(id)]),
        ),
      }
    )
  }
  does({ type: 'create', issueId: newId(), title: 'Ours' })
  return {
    does,
    async bring(...records: readonly Json[]): Promise<ImportReport> {
      const ended = await runJob(
        folder,
        { kind: 'import', format, file: files.file(JSON.stringify(records)) },
        {},
      )
      if (!ended.ok) throw new Error(ended.error.message)
      return ended.value.result as unknown as ImportReport
    },
    id: (key: string) => look((workspace) => found(workspace, key).id),
    key: (key: string) => look((workspace) => found(workspace, key).key),
    description: (key: string) =>
      look((workspace) => {
        const { description, descriptionNames, subscribers } = found(workspace, key)
        return { text: description, names: named(workspace, descriptionNames), heardBy: subscribers.length }
      }),
    comments: (key: string) =>
      look((workspace) =>
        workspace.feed
          .page({ kind: 'issue', issueId: found(workspace, key).id }, { limit: 100 })
          .map((entry) => feedItem(entry, 'DOC', 0, workspace.textNames))
          .flatMap(({ comment }) =>
            comment ? [{ text: comment.body, names: named(workspace, comment.bodyNames) }] : [],
          ),
      ),
  }
}

describe('a text from GitHub', () => {
  const issue = (number: number, body: string, more: Json = {}): Json => ({
    number,
    title: `Issue ${number}`,
    body,
    user: { login: 'Ada-L', id: 1 },
    created_at: '2026-01-01T10:00:00Z',
    html_url: `https://github.com/o/r/issues/${number}`,
    ...more,
  })

  it('leads to the imported issues and people that it names, and to nothing of ours', async () => {
    const { bring, description, comments, key } = workspaceFor('github')
    const said = 'Dup of #9, O/R#9 and GH-9; not #1, x/y#9, DOC-1 or a#9. @ada-l and @Bob, ask @ada-l.'
    await bring(
      issue(5, said, {
        comments_data: [{ id: 1, user: { login: 'cy' }, body: 'See #5', created_at: '2026-01-02T10:00:00Z' }],
      }),
      issue(9, 'x'),
    )
    const nine = key('o/r#9')
    expect(nine).toMatch(/^DOC-/)
    expect(description('o/r#5')).toEqual({
      // Byte for byte what the source says.
      text: said,
      names: { issues: { '#9': nine, 'O/R#9': nine, 'GH-9': nine }, people: { 'ada-l': 'ada-l' } },
      heardBy: 2,
    })
    expect(comments('o/r#5')).toEqual([
      { text: 'See #5', names: { issues: { '#5': key('o/r#5') }, people: {} } },
    ])
  })

  it('is one of ours once somebody here changes it', async () => {
    const { bring, description, does, id } = workspaceFor('github')
    await bring(issue(5, 'Dup of #9'), issue(9, 'x'))
    does({ type: 'change_description', issueId: id('o/r#5'), description: 'Dup of #9 and DOC-1' })
    expect(description('o/r#5').names).toBeNull()
    expect(description('DOC-1').names).toBeNull()
  })
})

describe('a text from Jira', () => {
  const issue = (id: string, key: string, description: unknown, more: Json = {}): Json => ({
    id,
    key,
    fields: {
      summary: key,
      description,
      created: '2026-01-01T10:00:00.000+0000',
      updated: '2026-01-01T10:00:00.000+0000',
      reporter: { accountId: '557058:a-b', displayName: 'Ada Lovelace' },
      assignee: { key: 'JIRAUSER7', name: 'Cy_Coder', displayName: 'Cy' },
      status: { name: 'Open' },
      ...more,
    },
  })
  const adf = (...content: readonly Json[]): Json => ({
    type: 'doc',
    version: 1,
    content: [{ type: 'paragraph', content }],
  })

  it('mentions people who are known by their handles, and leads to the imported issue of a key that we have too', async () => {
    const { bring, description, key } = workspaceFor('jira')
    await bring(
      issue('1', 'DOC-9', '[~accountid:557058:a-b], [~Cy_Coder], [~JIRAUSER7]; [~Bob]. DOC-1, DOC-2, UTF-8'),
      issue('2', 'DOC-1', 'x'),
    )
    expect(key('DOC-1')).toBe('DOC-1')
    expect(description('DOC-9')).toEqual({
      text: '@ada-lovelace, @cy_coder, @cy_coder; @Bob. DOC-1, DOC-2, UTF-8',
      names: {
        issues: { 'DOC-1': 'DOC-3' },
        people: { 'ada-lovelace': 'ada-lovelace', cy_coder: 'cy_coder' },
      },
      heardBy: 2,
    })
  })

  it('mentions them in documents too, whoever is not known by the name shown there', async () => {
    const { bring, description } = workspaceFor('jira')
    const mention = (id: string, text: string): Json => ({ type: 'mention', attrs: { id, text } })
    const said = adf(mention('557058:a-b', '@Ada Lovelace'), mention('gone', '@Bob'))
    await bring(issue('1', 'P-1', said))
    expect(description('P-1')).toMatchObject({
      text: '@ada-lovelace@Bob',
    })
    await bring(issue('2', 'P-2', adf({ type: 'text', text: 'by ' }, mention('557058:a-b', '@Ada'))))
    expect(description('P-2')).toMatchObject({
      text: 'by @ada-lovelace',
      names: { people: { 'ada-lovelace': 'ada-lovelace' } },
    })
  })

  it('that mentions somebody is no change when it is imported again, also where an earlier import left the name', async () => {
    const { bring, description } = workspaceFor('jira')
    const one = issue('1', 'P-1', 'ask [~Zed]')
    await bring(one)
    expect(description('P-1').text).toBe('ask @Zed')
    const zed = issue('2', 'P-2', 'x', { reporter: { name: 'Zed', displayName: 'Zed Z' } })
    await bring(zed)
    expect(await bring(one, zed)).toMatchObject({ events: 0 })
    expect(description('P-1')).toMatchObject({ text: 'ask @Zed', names: { people: { zed: 'zed' } } })
  })
})

it('a text from beads leads to the beads that it names', async () => {
  const { bring, description, key } = workspaceFor('beads')
  const bead = (id: string, text: string): Json => ({
    id,
    title: id,
    description: text,
    status: 'open',
    created_at: '2026-01-01T10:00:00Z',
    created_by: 'ada',
  })
  await bring(bead('gt-a1b.2', 'After gt-x-7f. By @ada; well-known, DOC-1, #1'), bead('gt-x-7f', 'y'))
  expect(description('gt-a1b.2').names).toEqual({
    issues: { 'gt-x-7f': key('gt-x-7f') },
    people: { ada: 'ada' },
  })
})
