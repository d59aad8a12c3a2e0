import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket, type Ran } from './testing/run-docket.ts'

let folder: string
let remove: () => void
beforeAll(async () => {
  ;({ folder, remove } = temporaryFolder())
  expect(
    await docket(['init', '--name', 'Test', '--member', 'Ada Lovelace', '--workspace', folder]),
  ).toMatchObject({ code: 0, stderr: '' })
})
afterAll(() => remove())

const at = (...args: readonly string[]) => docket([...args, '--workspace', folder])
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await at(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}
/** Exactly one line on stderr, with the code in brackets; nothing on stdout. */
function expectRefused(ran: Ran, refusal: string): void {
  expect(ran).toMatchObject({ code: 1, stdout: '' })
  expect(ran.stderr).toMatch(new RegExp(`^docket: [^\\n]+ \\[${refusal}\\]\\n$`))
}

// Dozens of processes, one after another: on a busy machine that takes its time.
describe('docket', { timeout: 240_000 }, () => {
  it('takes an issue through its life, and every answer has its documented shape', async () => {
    const made = await json(
      'new',
      'Crash on start',
      '-l',
      'bug',
      '-l',
      'good first',
      '-p',
      'high',
      '-a',
      '@me',
      '--due',
      '2027-01-31',
      '-d',
      'It **crashes**.',
    )
    expect(made).toMatchObject({
      key: 'DOC-1',
      issueId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      position: expect.any(Number),
    })
    expect(made.events.map((event: { type: string }) => event.type)).toEqual([
      'label_created',
      'label_created',
      'created',
      'assigned',
      'labeled',
      'labeled',
    ])

    expect(await json('transitions', 'doc-1')).toEqual({
      key: 'DOC-1',
      status: 'open',
      transitions: [
        { name: 'start', label: 'Start', to: 'in_progress' },
        { name: 'close', label: 'Close', to: 'closed' },
      ],
    })
    expect(await json('do', '1', 'start')).toMatchObject({ key: 'DOC-1', status: 'in_progress' })
    expectRefused(await at('do', 'DOC-1', 'reopen'), 'transition_not_allowed')
    expect(await json('do', 'DOC-1', 'resolve', '--reason', 'Fixed in 2.0')).toMatchObject({
      status: 'resolved',
    })
    expect(await json('comment', 'DOC-1', 'Thanks!')).toMatchObject({
      key: 'DOC-1',
      commentId: expect.any(String),
    })

    const shown = await json('show', 'DOC-1')
    expect(shown).toMatchObject({
      key: 'DOC-1',
      title: 'Crash on start',
      status: 'resolved',
      priority: 'high',
      dueDate: '2027-01-31',
      description: 'It **crashes**.',
      comments: 1,
      archived: false,
      externalKey: null,
      asOf: null,
    })
    const text = (await at('show', 'DOC-1')).stdout
    for (const part of [
      'DOC-1  Crash on start',
      'Resolved',
      'Ada Lovelace',
      'bug, good first',
      '2027-01-31',
      'It **crashes**.',
      'close, reopen',
    ])
      expect(text).toContain(part)

    const list = await json('list', 'label:"good first"', 'is:closed')
    expect(list).toMatchObject({ total: 1, next: null, issues: [{ key: 'DOC-1', title: 'Crash on start' }] })
    expect((await at('list')).stdout).toMatch(
      /^KEY +STATUS.*\nDOC-1 +Resolved +high +Crash on start +Ada Lovelace/,
    )
  })

  it('shows an issue as of an earlier time', async () => {
    const before = (await json('feed', 'DOC-1')).events.findLast(
      (event: { type: string }) => event.type === 'labeled',
    ).occurredAt
    expect(await json('show', 'DOC-1', '--at', new Date(before).toISOString())).toMatchObject({
      status: 'open',
      comments: 0,
      asOf: before,
    })
    expectRefused(await at('show', 'DOC-1', '--at', '3d ago'), 'unknown_issue')
    expect((await at('show', 'DOC-1', '--at', 'yesterdayish')).code).toBe(2)
  })

  it('pages through a feed by position, each event once, newest first', async () => {
    const whole = (await json('feed', '--limit', '500')).events.map((event: { id: string }) => event.id)
    const paged: string[] = []
    let before: number | null = null
    do {
      const page: { events: { id: string }[]; next: number | null } = await json(
        'feed',
        '--limit',
        '5',
        ...(before === null ? [] : ['--before', String(before)]),
      )
      paged.push(...page.events.map((event) => event.id))
      before = page.next
    } while (before !== null)
    expect(paged).toEqual(whole)
    expect((await json('feed', '--actor', 'ada-lovelace')).events).toHaveLength(whole.length)
    const ofBoth = await json('feed', 'DOC-1', '--actor', 'Ada Lovelace', '--limit', '3')
    expect(ofBoth.events).toHaveLength(3)
    expect(whole).toContain(ofBoth.events[0].id)
    expect((await at('feed', 'DOC-1')).stdout).toContain('moved In progress → Resolved: Fixed in 2.0')
  })

  it('edits all of what is asked, or nothing', async () => {
    await json('new', 'To be edited')
    const before = (await json('stats')).events
    expectRefused(
      await at('edit', 'DOC-2', '--title', 'Edited', '--label', 'new one', '--assign', 'nobody-here'),
      'unknown_member',
    )
    expect((await at('edit', 'DOC-2', '--assign', 'lovelcae')).stderr).toContain(
      'Did you mean @ada-lovelace?',
    )
    expect((await at('edit', 'DOC-2', '--unlabel', 'bgu')).stderr).toContain('Did you mean "bug"?')
    expectRefused(
      await at('edit', 'DOC-2', '--title', 'Edited', '--label', 'new one', '--priority', 'enormous'),
      'invalid_command',
    )
    expect((await json('stats')).events).toBe(before)
    const edited = await json(
      'edit',
      'DOC-2',
      '--title',
      'Edited',
      '--due',
      '2027-02-01',
      '--blocks',
      'DOC-1',
      '--label',
      'bug',
      '--unlabel',
      'bug',
      '--archive',
    )
    expect(edited.events.map((event: { type: string }) => event.type)).toEqual([
      'title_changed',
      'due_date_changed',
      'labeled',
      'unlabeled',
      'linked',
      'archived',
    ])
    expectRefused(await at('edit', 'DOC-2', '--title', 'Again'), 'issue_archived')
    expect((await json('edit', 'DOC-2', '--restore', '--no-due', '--unlink', 'DOC-1')).events).toHaveLength(3)
    expect(await json('edit', 'DOC-2', '--unlink', 'DOC-1')).toMatchObject({ key: 'DOC-2', events: [] })
    expect(await json('edit', 'DOC-1', '--relates', 'DOC-2')).toMatchObject({ key: 'DOC-1' })
    expect(await json('edit', 'DOC-2', '--unlink', 'DOC-1')).toMatchObject({
      key: 'DOC-2',
      events: [{ type: 'unlinked' }],
    })
    expect((await at('edit', 'DOC-2')).code).toBe(2)
  })

  it('puts an issue into a project, and takes it out again', async () => {
    const made = await json('new', 'Of the site', '--project', 'Website')
    expect(made.events.map((event: { type: string }) => event.type)).toEqual([
      'project_created',
      'created',
      'project_changed',
    ])
    const { issues } = await json('list', 'project:website')
    expect(issues).toMatchObject([{ key: made.key, project: expect.any(String) }])
    expect((await at('show', made.key)).stdout).toMatch(/^Project +Website$/m)
    await json('edit', made.key, '--project', 'none')
    expect(await json('list', 'project:website')).toMatchObject({ total: 0 })
    expect((await at('feed', made.key)).stdout).toContain('took this out of the project “Website”')
  })

  it('reads long texts from standard input', async () => {
    const body = `# From a pipe\n\n${'line\n'.repeat(100)}`
    expect(await docket(['comment', 'DOC-2', '--workspace', folder], { input: body })).toMatchObject({
      code: 0,
    })
    await docket(['edit', 'DOC-2', '-d', '-', '--workspace', folder], { input: body })
    const binary = Buffer.from([0x66, 0xff, 0xfe])
    expectRefused(
      await docket(['comment', 'DOC-2', '-', '--workspace', folder], { input: binary }),
      'invalid_command',
    )
    expect((await json('show', 'DOC-2')).description).toBe(body)
  })

  it('tells refusals (1) from wrong usage (2), in one line each', async () => {
    expectRefused(await at('show', 'DOC-99'), 'unknown_issue')
    const query = await at('list', 'is:open colour:red')
    expectRefused(query, 'invalid_query')
    expect(query.stderr).toContain('at character 9')
    const priority = await at('new', 'Too pressing', '-p', 'hi')
    expectRefused(priority, 'invalid_command')
    expect(priority.stderr).toContain(
      'The priority must be none, low, medium, high or urgent. Nothing was changed.',
    )
    expectRefused(await at('new', '   '), 'invalid_command')
    expectRefused(await at('new', 'tab\there'), 'invalid_command')
    expectRefused(
      await docket(['comment', 'DOC-2', '-', '--workspace', folder], { input: 'x'.repeat(1_048_577) }),
      'body_too_large',
    )
    expectRefused(await docket(['stats', '--workspace', join(folder, 'nowhere')]), 'not_a_workspace')
    expectRefused(await at('init'), 'workspace_exists')
    for (const args of [
      ['explode'],
      ['new'],
      ['list', '--limit', '0'],
      ['import', 'x'],
      ['feed', '--before', '-1'],
      ['show', 'DOC-1', '--at', '2026-02-30'],
      ['serve', '--port', 'eighty'],
      ['lst'],
    ]) {
      const ran = await at(...args)
      expect({ args, code: ran.code, stdout: ran.stdout }).toEqual({ args, code: 2, stdout: '' })
      expect(ran.stderr).toMatch(/^docket: [^\n]+\n$/)
    }
    const limit = await docket(['comment', 'DOC-2', '-', '--workspace', folder], {
      input: 'x'.repeat(1_048_577),
    })
    expect(limit.stderr).toContain('1 MiB (1,048,576 bytes)')
  })

  it('finds its workspace by variable, and in the nearest folder above', async () => {
    const deep = join(folder, 'a', 'b')
    mkdirSync(deep, { recursive: true })
    expect(JSON.parse((await docket(['stats', '--json'], { cwd: deep })).stdout).workspace.name).toBe('Test')
    expect(
      JSON.parse((await docket(['stats', '--json'], { cwd: '/', env: { DOCKET_WORKSPACE: folder } })).stdout)
        .workspace.name,
    ).toBe('Test')
  })

  it('never lets a text drive the terminal', async () => {
    const file = join(folder, 'evil.ndjson')
    const fields = {
      summary: 'red\u001b[31m title\u0007\u202e\u009b31m',
      description: 'clear\u001b[2J',
      created: '2024-01-01T00:00:00.000+0000',
      status: { name: 'Open' },
      reporter: { name: 'e\u001b]0;x\u0007', displayName: 'E\u001b[5mve' },
    }
    writeFileSync(file, `${JSON.stringify({ id: '1', key: 'EVIL-1', fields })}\n`)
    expect((await json('import', file, '--format', 'jira')).issues).toBe(1)
    for (const args of [
      ['list', 'is:all'],
      ['show', 'EVIL-1'],
      ['feed', 'EVIL-1'],
      ['show', 'EVIL-1', '--json'],
      ['new', '\u009b31mred'],
      ['stats', '--workspace', join(folder, 'evil\u001b[31m\u009b')],
    ]) {
      const { stdout, stderr } = await docket(['--workspace', folder, ...args])
      expect(stdout + stderr).not.toBe('')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    }
  })

  it('exports what it holds; imported into a fresh workspace and exported again it is equal byte for byte', async () => {
    const [first, second, other] = [
      join(folder, 'first.jsonl'),
      join(folder, 'second.jsonl'),
      join(folder, 'other'),
    ]
    await json('export', '--format', 'jsonl', '--output', first)
    await docket(['init', '--workspace', other])
    const imported = await docket(['import', first, '--format', 'docket', '--json', '--workspace', other])
    expect(JSON.parse(imported.stdout)).toMatchObject({ issues: expect.any(Number), problemCount: 0 })
    await docket(['export', '--format', 'jsonl', '-o', second, '--workspace', other])
    // The last line names the chains that the events are in, which are others there.
    const events = (file: string) => readFileSync(file, 'utf8').replace(/,"heads":[^\n]*\n$/, '')
    expect(events(second)).toBe(events(first))
    const again = await docket(['import', first, '--format', 'docket', '--json', '--workspace', other])
    expect(JSON.parse(again.stdout)).toMatchObject({ issues: 0, events: 0 })
    expect((await docket(['verify', '--workspace', other])).stdout).toContain('chain intact')
    expect((await docket(['show', 'DOC-1', '--workspace', other])).stdout).toContain('Crash on start')
    const csv = (await at('export', '--format', 'csv')).stdout
    expect(csv.split('\r\n')[0]).toMatch(/^Key,Title,Status/)
    expect((await at('export', '--format', 'markdown')).stdout).toContain('Crash on start')
  })

  it('is quiet when its reader stops early', async () => {
    const { spawn } = await import('node:child_process')
    const shell = spawn(
      'sh',
      ['-c', `"${process.execPath}" src/cli/main.ts feed --limit 500 --workspace "${folder}" | head -n 1`],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let stderr = ''
    shell.stderr.on('data', (text) => {
      stderr += text
    })
    await new Promise((resolve) => shell.on('close', resolve))
    expect(stderr).toBe('')
  })

  it('verifies, rebuilds and counts', async () => {
    expect((await at('verify')).stdout).toMatch(/^\d+ events, chain intact\n/)
    expect(await json('rebuild')).toMatchObject({ identical: true })
    expect(await json('stats')).toMatchObject({
      workspace: { keyPrefix: 'DOC' },
      issues: expect.any(Number),
      labels: expect.any(Number),
      projects: expect.any(Number),
    })
  })
})
