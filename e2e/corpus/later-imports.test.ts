import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runJob } from '#app/jobs/run-job.ts'
import { frozenStates, importedFile, opened, thaw } from './frozen.ts'

type Json = Record<string, unknown>

describe.each(frozenStates)('a later snapshot of what $name imported', (state) => {
  let thawed: ReturnType<typeof thaw>
  beforeAll(() => {
    thawed = thaw(state)
  })
  afterAll(() => thawed.remove())

  /** Imports records into what was imported then. @returns the report, and what is there afterwards. */
  async function brought(format: 'github' | 'jira', records: readonly Json[]) {
    const folder = thawed.folder(`import-${format}`)
    const file = join(thawed.root, `${format}-later.json`)
    writeFileSync(file, JSON.stringify(records))
    const first = await runJob(folder, { kind: 'import', format, file }, {})
    const again = await runJob(folder, { kind: 'import', format, file }, {})
    const workspace = opened(folder)
    const list = (query: string) => workspace.database.client.prepare(query).pluck().all()
    const there = {
      titles: list('SELECT title FROM issues ORDER BY title'),
      members: list('SELECT name FROM members ORDER BY name'),
    }
    workspace.close()
    return { first, again, ...there }
  }

  it('goes on with GitHub’s issues and people under their ids of then, renamed as they are', async () => {
    const [one] = JSON.parse(readFileSync(importedFile('github.json'), 'utf8')) as [Json]
    const { first, again, titles, members } = await brought('github', [
      {
        ...one,
        id: 77,
        title: 'Later title',
        user: { login: 'ada-renamed', id: 1 },
        html_url: 'https://github.com/O/R/issues/1',
        updated_at: '2026-05-01T10:00:00Z',
      },
    ])
    expect(first).toMatchObject({
      ok: true,
      value: {
        result: { issues: 0, changed: [{ changes: ['title “First title” → “Later title”'] }] },
      },
    })
    // A title, a person's name, and what that Docket did not read yet.
    const { events = 0 } = state.workspaces['import-github'] ?? {}
    expect(first).toMatchObject({ value: { result: { events: 29 - events } } })
    expect(again).toMatchObject({ ok: true, value: { result: { events: 0 } } })
    expect(titles).toEqual(['Later title', 'With a timeline'])
    expect(members).toContain('ada-renamed')
    expect(members).not.toContain('ada')
  })

  it('goes on with a Jira issue that was moved to another key; a text that is only read better did not change', async () => {
    const [line = ''] = readFileSync(importedFile('jira.ndjson'), 'utf8').split('\n')
    const one = JSON.parse(line) as Json & { fields: Json }
    const { first, again, titles } = await brought('jira', [
      {
        ...one,
        key: 'ZZ-9',
        fields: { ...one.fields, project: { name: 'Zebra' }, updated: '2026-05-01T10:00:00.000+0000' },
      },
    ])
    expect(first).toMatchObject({
      ok: true,
      value: { result: { issues: 0, changed: [{ changes: expect.not.arrayContaining(['description']) }] } },
    })
    expect(again).toMatchObject({ ok: true, value: { result: { events: 0 } } })
    expect(titles).toHaveLength(3)
  })
})
