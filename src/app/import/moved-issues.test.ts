import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { testFolder } from './testing/collected-import.ts'
import { type Json, workspaceFor } from './testing/workspace-for-imports.ts'

const files = testFolder()
afterAll(() => files.dispose())

const { entries } = JSON.parse(readFileSync('db/migrations/meta/_journal.json', 'utf8')) as {
  entries: { tag: string; when: number }[]
}
/** When the migration was written that looks for the keys. */
const addedAt = entries.find(({ tag }) => tag === '0011_keys_of_moved')?.when

const moves = (...keys: readonly string[]): Json => ({
  histories: keys.slice(1).map((key, move) => ({
    id: String(move),
    created: `2026-02-0${move + 1}T10:00:00.000+0000`,
    author: { accountId: 'x', displayName: 'X' },
    items: [{ field: 'Key', fromString: keys[move], toString: key }],
  })),
})
const jira = (id: string, key: string, day: number, more: Json = {}, fields: Json = {}): Json => ({
  id,
  key,
  fields: {
    summary: `Issue ${id}`,
    created: '2026-01-01T10:00:00.000+0000',
    updated: `2026-02-${String(day).padStart(2, '0')}T10:00:00.000+0000`,
    status: { name: 'Open' },
    ...fields,
  },
  ...more,
})

describe('an issue that was moved in its tracker', () => {
  it('is found by every key that it has or had, in a search too', async () => {
    const { bring, found, searched, issue, problems } = workspaceFor(files, 'jira')
    await bring(jira('1', 'P-1', 1))
    await bring(jira('1', 'Q-7', 10))
    await bring(jira('1', 'R-3', 20))
    for (const key of ['P-1', 'Q-7', 'R-3', 'r-3']) {
      expect(found(key)).toBe('P-1')
      expect(searched(key)).toBe('key')
    }
    expect(issue('P-1').formerKeys).toEqual(['q-7', 'r-3'])
    expect(problems()).toEqual([])
  })

  it('before it was first imported is found by the keys that its history tells', async () => {
    const { bring, found, problems } = workspaceFor(files, 'jira')
    await bring(jira('1', 'R-3', 20, { changelog: moves('P-1', 'Q-7', 'R-3') }))
    for (const key of ['P-1', 'Q-7', 'R-3']) expect(found(key)).toBe('R-3')
    expect(problems()).toEqual([])
  })

  it('is found so where an earlier Docket imported it', async () => {
    const { bring, found, look, problems } = workspaceFor(files, 'jira')
    await bring(jira('1', 'P-1', 1))
    await bring(jira('1', 'Q-7', 10))
    // As it was before the migration, and those after it.
    look(({ database: { client } }) => {
      client.exec(`DELETE FROM issue_keys WHERE key = 'q-7';
        DROP INDEX events_activity;
        DELETE FROM __drizzle_migrations WHERE created_at >= ${addedAt}`)
    })
    expect(found('Q-7')).toBe('P-1')
    expect(problems()).toEqual([])
  })

  it('is linked to by its new key', async () => {
    const { bring, issue } = workspaceFor(files, 'jira')
    await bring(jira('1', 'P-1', 1))
    await bring(jira('1', 'Q-7', 10))
    const issuelinks = [{ type: { outward: 'blocks' }, outwardIssue: { key: 'Q-7' } }]
    await bring(jira('2', 'P-2', 11, {}, { issuelinks }))
    expect(issue('P-2').links).toEqual([{ kind: 'blocks', target: issue('P-1').id }])
  })

  it('to another repository is found by both names', async () => {
    const { bring, found } = workspaceFor(files, 'github')
    const issue = (repository: string, day: string): Json => ({
      id: 77,
      number: 1,
      title: 'T',
      user: { login: 'ada', id: 1 },
      created_at: '2026-01-01T10:00:00Z',
      updated_at: `2026-02-${day}T10:00:00Z`,
      html_url: `https://github.com/${repository}/issues/1`,
    })
    await bring(issue('o/old', '01'))
    await bring(issue('o/new', '02'))
    expect(found('o/new#1')).toBe('o/old#1')
    expect(found('o/old#1')).toBe('o/old#1')
  })
})
