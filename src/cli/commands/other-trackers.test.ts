import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket } from '../testing/run-docket.ts'

let folder: string
let remove: () => void
beforeAll(async () => {
  ;({ folder, remove } = temporaryFolder())
  await docket(['init', '--member', 'Ada Lovelace', '--workspace', folder])
})
afterAll(() => remove())

const at = (...args: readonly string[]) => docket([...args, '--workspace', folder])
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await at(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}
const lines = (records: readonly unknown[]) =>
  records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n')

const bead = {
  title: 'From beads',
  status: 'closed',
  priority: 1,
  issue_type: 'bug',
  created_at: '2025-10-12T00:43:03Z',
  updated_at: '2025-10-14T00:00:00Z',
  closed_at: '2025-10-14T00:00:00Z',
}
const person = { login: 'octocat', id: 1 }
const samples = {
  jira: lines([
    {
      id: '7',
      key: 'OLD-7',
      fields: {
        summary: 'From Jira',
        created: '2015-01-02T03:04:05.678+0000',
        status: { name: 'Open' },
        reporter: { name: 'grace', displayName: 'Grace Hopper' },
        labels: ['legacy'],
        comment: {
          comments: [
            {
              id: '1',
              author: { name: 'grace', displayName: 'Grace Hopper' },
              body: 'h1. Note',
              created: '2015-02-01T00:00:00.000+0000',
            },
          ],
        },
      },
    },
    '{"key": "OLD-8", "fields"',
  ]),
  github: JSON.stringify([
    {
      id: 1,
      number: 3,
      title: 'From GitHub',
      body: 'Text',
      user: person,
      state: 'closed',
      created_at: '2022-01-01T00:00:00Z',
      updated_at: '2022-02-01T00:00:00Z',
      closed_at: '2022-01-20T00:00:00Z',
      closed_by: person,
      repository_url: 'https://api.github.com/repos/acme/app',
      labels: [{ name: 'bug', color: 'd73a4a' }],
      assignees: [person],
      comments: 0,
    },
  ]),
  beads: lines([
    { ...bead, id: 'bd-1' },
    { ...bead, id: 'bd-2', dependencies: [] },
  ]),
  'beads-events': lines([
    {
      commit: 'c1',
      issue: 'ev-1',
      at: '2025-10-12T08:00:00Z',
      kind: 'created',
      value: { ...bead, id: 'ev-1', status: 'open', closed_at: undefined },
    },
    {
      commit: 'c2',
      issue: 'ev-1',
      at: '2025-10-20T10:00:00Z',
      kind: 'set:status',
      from: 'open',
      to: 'in_progress',
    },
  ]),
}

describe('docket import', () => {
  it.each([
    ['jira', 'OLD-7', 'open', 1, 1],
    ['github', 'acme/app#3', 'closed', 1, 0],
    ['beads', 'bd-1', 'closed', 2, 0],
    ['beads-events', 'ev-1', 'in_progress', 1, 0],
  ] as const)(
    'takes %s with its own times and keys, and adds nothing the second time',
    async (format, key, status, issues, problems) => {
      const file = join(folder, `sample.${format}`)
      writeFileSync(file, samples[format])
      const first = await json('import', file, '--format', format)
      expect(first).toMatchObject({
        format,
        file,
        issues,
        problemCount: problems,
        cancelled: false,
      })
      expect(first.problems).toHaveLength(problems)
      const shown = await json('show', key)
      expect(shown).toMatchObject({ externalKey: key, status, title: expect.stringMatching(/^From /) })
      expect(shown.createdAt).toBeLessThan(Date.UTC(2025, 11, 1))
      const again = await at('import', file, '--format', format)
      expect(again).toMatchObject({ code: 0, stderr: '' })
      expect(again.stdout.split('\n')[0]).toBe(
        `0 issues, 0 events imported; ${first.events + first.skipped} events were here already.`,
      )
      if (problems) expect(again.stdout).toMatch(/\n {2}line 2: [^\n]+\n1 record could not be taken/)
    },
  )

  it('lists imported history by the days on which it happened, and knows its people and labels', async () => {
    expect((await json('list', 'created:<2016-01-01')).issues).toMatchObject([{ title: 'From Jira' }])
    expect((await json('list', 'author:"Grace Hopper"', 'label:legacy')).total).toBe(1)
    expect((await json('list', 'label:bug')).total).toBe(4)
    expect((await json('list', 'note')).issues).toMatchObject([{ title: 'From Jira' }])
    expect((await at('show', 'OLD-7')).stdout).toMatch(/Author +Grace Hopper, 2015-01-02T03:04:05\.678Z/)
  })

  it('reads standard input, counts pull requests, shows ten problems and lists all of them in a file', async () => {
    const own = join(folder, 'pipe')
    await docket(['init', '--workspace', own])
    const issue = (number: number, more = {}) => ({
      number,
      title: `From a pipe ${number}`,
      state: 'open',
      created_at: '2026-01-01T10:00:00Z',
      html_url: `https://github.com/acme/pipe/issues/${number}`,
      ...more,
    })
    const pages = [
      [
        issue(1),
        issue(2, { pull_request: {} }),
        ...Array.from({ length: 12 }, () => ({ message: 'Not Found' })),
      ],
      [issue(3), issue(4, { pull_request: {} })],
    ]
    const input = pages.map((page) => JSON.stringify(page)).join('\n')
    const ran = await docket(['import', '-', '--format', 'github', '--workspace', own], { input })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const [first, passed, ...rest] = ran.stdout.trimEnd().split('\n')
    expect(first).toMatch(/^2 issues, /)
    expect(passed).toBe('2 pull requests passed over; --with-pull-requests takes them as issues.')
    expect(rest.filter((line) => line.startsWith('  line 1: '))).toHaveLength(10)
    const listed = /^12 records could not be taken; the rest is in\. All of them are listed in (.+)\.$/.exec(
      rest.at(-1) ?? '',
    )
    expect(
      readFileSync(listed?.[1] ?? '', 'utf8')
        .trimEnd()
        .split('\n'),
    ).toHaveLength(12)
    const all = await docket(
      ['import', '-', '--format', 'github', '--with-pull-requests', '--json', '--workspace', own],
      { input },
    )
    expect(JSON.parse(all.stdout)).toMatchObject({
      issues: 2,
      pullRequestsPassedOver: 0,
      problemCount: 12,
      file: '-',
    })
  })

  it.each([
    ['a format that is none', ['import', 'x', '--format', 'trello'], 2, /^docket: [^\n]+\n$/],
    ['a missing file', ['import', '/nowhere/x', '--format', 'jira'], 1, / \[import_unreadable\]\n$/],
    ['a folder', ['import', '/', '--format', 'github'], 1, / \[import_unreadable\]\n$/],
  ])('refuses %s in one line', async (_, args, code, stderr) => {
    const ran = await at(...args)
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).toMatch(stderr)
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe('a history whose events did not arrive in the order in which they happened', () => {
  it('is paged through by position, each event once, newest first', async () => {
    const whole = (await json('feed', '--limit', '500')).events as { id: string; occurredAt: number }[]
    expect(whole.map((event) => event.occurredAt)).toEqual(
      whole.map((event) => event.occurredAt).sort((a, b) => b - a),
    )
    const paged: string[] = []
    for (let before: number | null = null, pages = 0; pages < 50; pages++) {
      const page: { events: { id: string }[]; next: number | null } = await json(
        'feed',
        '--limit',
        '7',
        ...(before === null ? [] : ['--before', String(before)]),
      )
      paged.push(...page.events.map((event) => event.id))
      before = page.next
      if (before === null) break
    }
    expect(paged).toEqual(whole.map((event) => event.id))
  })

  it('is shown as of any time', async () => {
    expect(await json('show', 'ev-1', '--at', '2025-10-15')).toMatchObject({ status: 'open' })
    expect(await json('show', 'acme/app#3', '--at', '2022-01-10T12:00Z')).toMatchObject({ status: 'open' })
    const before = await at('show', 'OLD-7', '--at', '2014-12-31')
    expect(before).toMatchObject({ code: 1, stdout: '' })
    expect(before.stderr).toMatch(/^docket: [^\n]+ \[unknown_issue\]\n$/)
  })

  it('goes through an export into a fresh workspace and out again byte for byte, and both are intact', async () => {
    const files = ['first', 'second'].map((name) => join(folder, `${name}.jsonl`)) as [string, string]
    const other = join(folder, 'other')
    await json('export', '--format', 'jsonl', '-o', files[0])
    await docket(['init', '--workspace', other])
    const there = (...args: readonly string[]) => docket([...args, '--workspace', other])
    const imported = JSON.parse((await there('import', files[0], '--format', 'docket', '--json')).stdout)
    expect(imported).toMatchObject({ issues: 5, problemCount: 0, skipped: 0 })
    expect((await there('export', '--format', 'jsonl', '-o', files[1])).code).toBe(0)
    const events = (text: string) => text.replace(/,"heads":[^\n]*\n$/, '')
    expect(events(readFileSync(files[1], 'utf8'))).toBe(events(readFileSync(files[0], 'utf8')))
    expect(await there('verify')).toEqual({
      code: 0,
      stdout: expect.stringContaining(`${imported.events} events, chain intact\n`),
      stderr: '',
    })
    expect(JSON.parse((await there('rebuild', '--json')).stdout)).toMatchObject({
      identical: true,
      issues: 5,
      events: imported.events,
    })
    // Without a file, standard output gets the same bytes.
    expect((await there('export', '--format', 'jsonl')).stdout).toBe(readFileSync(files[1], 'utf8'))
  })
})

describe('a reader that stops early', () => {
  beforeAll(async () => {
    await json('new', 'Long', '-d', 'x'.repeat(100_000))
    for (const body of ['a', 'b']) await json('comment', 'OLD-7', body.repeat(80_000))
  })

  it.each([
    ['feed', ['feed', '--limit', '500']],
    ['a JSON document', ['feed', '--limit', '500', '--json']],
    ['an export', ['export', '--format', 'markdown']],
  ])('hears nothing of it on stderr, of %s of more than a pipe holds', async (_, args) => {
    const main = fileURLToPath(new URL('../main.ts', import.meta.url))
    const child = spawn(process.execPath, [main, ...args, '--workspace', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})
