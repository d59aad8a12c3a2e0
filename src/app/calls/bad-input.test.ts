import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { verifyLog } from '#db/log/verify.ts'
import { docket } from '../../cli/testing/run-docket.ts'
import type { AppService } from '../app-service.ts'
import { newId } from '../commands/new-id.ts'
import { runJob } from '../jobs/run-job.ts'
import { openAppService } from '../open-app-service.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { withInboxWorker } from '../with-inbox-worker.ts'
import { initWorkspace, logFile } from '../workspace/init-workspace.ts'

let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
})
afterEach(() => remove())

const isRoot = process.getuid?.() === 0
const nobody = 65_534

async function openApp(): Promise<AppService> {
  const opened = await openAppService({
    folder,
    host: 'web',
    jobThread: new URL('../jobs/job-thread.ts', import.meta.url),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

/** Whether somebody without rights can run the program at all: it may lie in a folder that only root may enter. */
async function othersMayRun(): Promise<boolean> {
  try {
    return !isRoot || (await docket(['--version'], { uid: nobody, cwd: '/' })).code === 0
  } catch {
    return false
  }
}

/** That the log has this many events, its chain holds, and nothing waits half-written. */
function expectEvents(count: number): void {
  const workspace = openedWorkspace(folder)
  expect(workspace.log.position()).toBe(count)
  expect(verifyLog(workspace.database).problems).toEqual([])
  workspace.close()
}

describe('a call from outside', () => {
  it.each([
    ['a name that is none', 'issues.explode', {}, 'invalid_input'],
    ['a name from the prototype', 'constructor', {}, 'invalid_input'],
    ['a name that is no text', { toString: 'app.info' }, {}, 'invalid_input'],
    ['no input', 'issues.get', undefined, 'invalid_input'],
    ['an unknown field', 'app.info', { extra: 1 }, 'invalid_input'],
    ['a limit out of range', 'issues.list', { query: '', limit: 1e9 }, 'invalid_input'],
    ['a query out of measure', 'issues.list', { query: 'x'.repeat(3_000) }, 'invalid_input'],
    ['a query of a thousand terms', 'issues.list', { query: 'a '.repeat(1_000) }, 'invalid_query'],
    ['a forged cursor', 'issues.list', { query: '', cursor: 'e30' }, 'invalid_cursor'],
    [
      'a forged feed cursor',
      'feed.page',
      { scope: { kind: 'workspace' }, before: "1' OR 1=1" },
      'invalid_cursor',
    ],
    ['a command of no known type', 'commands.execute', { command: { type: 'explode' } }, 'invalid_command'],
    [
      'an id that is SQL',
      'commands.execute',
      { command: { type: 'archive', issueId: "'; DROP TABLE events; --" } },
      'invalid_command',
    ],
    [
      'an unknown issue',
      'commands.execute',
      { command: { type: 'archive', issueId: newId() } },
      'unknown_issue',
    ],
    [
      'a body over the limit',
      'commands.execute',
      { command: { type: 'create', issueId: newId(), title: 'x', description: 'x'.repeat(1_048_577) } },
      'body_too_large',
    ],
    [
      'control characters',
      'commands.execute',
      { command: { type: 'create', issueId: newId(), title: 'a\u0000b' } },
      'invalid_command',
    ],
    [
      'half a character',
      'commands.execute',
      { command: { type: 'create', issueId: newId(), title: 'a\ud800' } },
      'invalid_command',
    ],
    [
      'ten thousand labels',
      'commands.execute',
      { command: { type: 'create', issueId: newId(), title: 'x', labels: Array(10_000).fill(newId()) } },
      'invalid_command',
    ],
    ['an unknown job', 'jobs.cancel', { id: 'none' }, 'unknown_job'],
  ])('with %s is refused with a sentence and a code, and the app goes on', async (_, name, input, code) => {
    const app = await openApp()
    const answer = await app.callUnchecked(name, input)
    expect(answer).toMatchObject({
      ok: false,
      error: { code, message: expect.stringMatching(/^.{10,300}$/s) },
    })
    expect(await app.call('app.info', {})).toMatchObject({ ok: true })
    await app.close()
    expectEvents(0)
  })

  it('of any shape is answered, never thrown at, and writes nothing', async () => {
    const app = await openApp()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          'commands.execute',
          'issues.list',
          'issues.get',
          'feed.page',
          'history.strip',
          'search.issues',
          'jobs.cancel',
        ),
        fc.anything({ withNullPrototype: true, maxDepth: 3 }),
        async (name, input) => {
          expect(typeof (await app.callUnchecked(name, input)).ok).toBe('boolean')
        },
      ),
      { numRuns: 300 },
    )
    await app.close()
    expectEvents(0)
  })

  it('finds words however they are written, and no operator of the search engine among them', async () => {
    const app = await openApp()
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.constantFrom(
            '"',
            '""',
            'a" OR "b',
            'NEAR(a b)',
            '*',
            '-',
            'title:x',
            '^a',
            '(',
            'a AND',
            "'; --",
          ),
        ),
        async (text) => {
          expect((await app.call('search.issues', { text })).ok).toBe(true)
          expect(typeof (await app.call('issues.list', { query: text })).ok).toBe('boolean')
        },
      ),
      { numRuns: 200 },
    )
    await app.close()
  })
})

describe('an import', () => {
  it.each([
    ['a folder', () => folder],
    ['nothing', () => join(folder, 'missing.json')],
    ['a binary', () => logFile(folder)],
    ['an empty file', () => write('empty.json', '')],
  ])('of %s is refused, and nothing is written', async (_, file) => {
    const done = await runJob(folder, { kind: 'import', format: 'jira', file: file() }, {})
    expect(done).toMatchObject({
      ok: false,
      error: { code: expect.stringMatching(/^import_/), message: expect.stringMatching(/\.$/) },
    })
    expectEvents(0)
  })

  it.each([
    ['200,000 arrays inside each other', () => '['.repeat(200_000) + ']'.repeat(200_000)],
    ['200,000 objects inside each other', () => `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`],
    ['a line of 70 MiB', () => `{"key":"${'x'.repeat(70 * 2 ** 20)}"}`],
  ])('that holds %s names the line, and takes the rest', async (_, bomb) => {
    const good = (n: number) =>
      JSON.stringify({
        id: String(n),
        key: `A-${n}`,
        fields: { summary: `Good ${n}`, created: '2024-01-01T00:00:00.000+0000', status: { name: 'Open' } },
      })
    const file = write('bomb.ndjson', `${good(1)}\n${bomb()}\n${good(2)}\n`)
    const done = await runJob(folder, { kind: 'import', format: 'jira', file }, {})
    expect(done).toMatchObject({
      ok: true,
      value: { result: { issues: 2, problemCount: 1, problems: [{ line: 2, reason: expect.any(String) }] } },
    })
  })

  it('that may not be read is refused', async ({ skip }) => {
    if (isRoot) skip('root may read everything')
    const file = write('secret.json', '{}')
    chmodSync(file, 0)
    expect(await runJob(folder, { kind: 'import', format: 'jira', file }, {})).toMatchObject({
      ok: false,
      error: { code: 'import_unreadable' },
    })
  })

  function write(name: string, text: string): string {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
})

describe('a workspace', () => {
  it('that is read-only can be read, a command is refused in one line, and it is as it was', async ({
    skip,
  }) => {
    if (!(await othersMayRun())) skip('the program is not readable for another user than root')
    const workspace = openedWorkspace(folder)
    workspace.commands.execute(command.parse({ type: 'create', issueId: newId(), title: 'Kept' }))
    workspace.close()
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444)
    chmodSync(folder, 0o555)
    const before = readFileSync(logFile(folder))
    // Permissions do not bind root: somebody else tries.
    const asOther = (...args: readonly string[]) =>
      docket([...args, '--workspace', folder], isRoot ? { uid: nobody } : {})
    const ran = await asOther('new', 'Not written')
    expect(ran).toMatchObject({ code: 1, stdout: '' })
    expect(ran.stderr).toMatch(/^docket: [^\n]*read-only[^\n]* \[read_only\]\n$/)
    expect(await asOther('list')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Kept'),
      stderr: '',
    })
    for (const args of [['feed'], ['export', '--format', 'jsonl']])
      expect(await asOther(...args)).toMatchObject({ code: 0, stderr: '' })
    chmodSync(folder, 0o755)
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
    expect(readFileSync(logFile(folder)).equals(before)).toBe(true)
    expectEvents(3)
  })

  it('that is read-only opens in the app, which says so, answers, and refuses commands', async () => {
    const workspace = openedWorkspace(folder)
    workspace.commands.execute(command.parse({ type: 'create', issueId: newId(), title: 'Kept' }))
    workspace.close()
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444)
    chmodSync(folder, 0o555)
    // Permissions do not bind root.
    if (isRoot) process.seteuid?.(nobody)
    try {
      const app = await openApp()
      expect(await app.call('app.info', {})).toMatchObject({
        ok: true,
        value: { readOnly: true, position: 3 },
      })
      expect(await app.call('issues.list', { query: 'is:open' })).toMatchObject({
        value: { rows: [{ title: 'Kept' }] },
      })
      expect(await app.call('issues.get', { key: 'DOC-1' })).toMatchObject({ ok: true })
      expect(await app.call('feed.page', { scope: { kind: 'workspace' }, limit: 10 })).toMatchObject({
        ok: true,
      })
      const wish = { type: 'create', issueId: newId(), title: 'Not written' } as const
      expect(await app.call('commands.execute', { command: wish })).toMatchObject({
        ok: false,
        error: { code: 'read_only' },
      })
      expect(await app.call('inboxes.list', {})).toMatchObject({ ok: false, error: { code: 'read_only' } })
      const start = () => {
        throw new Error('a worker was started')
      }
      const hosted = withInboxWorker(app, { start, notify: () => false })
      expect(hosted.worker.state).toMatchObject({
        state: 'stopped',
        detail: expect.stringContaining('read-only'),
      })
      expect(initWorkspace({ folder })).toMatchObject({ ok: false, error: { code: 'workspace_exists' } })
      await hosted.close()
    } finally {
      if (isRoot) process.seteuid?.(0)
      chmodSync(folder, 0o755)
      for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
    }
    expectEvents(3)
    const after = await openApp()
    expect(await after.call('app.info', {})).toMatchObject({ value: { readOnly: false } })
    await after.close()
  })

  it('on a full disk refuses the command, keeps what it has, and goes on once there is room', async ({
    skip,
  }) => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      skip('a small file system can not be mounted here (it takes root)')
    }
    try {
      makeWorkspace(disk)
      const workspace = openedWorkspace(disk, { durability: 'FULL' })
      workspace.close()
      const opened = await openAppService({
        folder: disk,
        host: 'web',
        jobThread: new URL('../jobs/job-thread.ts', import.meta.url),
      })
      if (!opened.ok) throw new Error(opened.error.message)
      const app = opened.value
      let kept = 0
      let refused: unknown
      for (let n = 0; n < 100 && !refused; n++) {
        const done = await app.call('commands.execute', {
          command: {
            type: 'create',
            issueId: newId() as never,
            title: `Issue ${n}`,
            description: 'x'.repeat(100_000),
          },
        })
        if (done.ok) kept += 1
        else refused = done.error
      }
      expect(refused).toMatchObject({ code: 'disk_full', message: expect.stringContaining('full') })
      expect(kept).toBeGreaterThan(0)
      const count = await app.call('issues.count', { query: '' })
      expect(count.ok && count.value.total).toBe(kept)
      execFileSync('mount', ['-o', 'remount,size=30m', disk])
      expect(
        await app.call('commands.execute', {
          command: { type: 'create', issueId: newId() as never, title: 'There is room again' },
        }),
      ).toMatchObject({ ok: true })
      await app.close()
      const after = openedWorkspace(disk)
      expect(verifyLog(after.database).problems).toEqual([])
      expect(after.log.position()).toBe(kept + 3)
      after.close()
    } finally {
      execFileSync('umount', [disk])
    }
  })

  it('of a newer Docket is left as it is', async () => {
    const workspace = openedWorkspace(folder)
    workspace.database.client
      .prepare(`INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 9999999999999)`)
      .run()
    workspace.close()
    const ran = await docket(['list', '--workspace', folder])
    expect(ran).toMatchObject({ code: 1, stdout: '' })
    expect(ran.stderr).toMatch(/^docket: [^\n]*newer Docket[^\n]* \[newer_version\]\n$/)
  })

  it.each([
    ['its header is overwritten', 0],
    ['a page in its middle is overwritten', 3],
  ])('that is damaged is said to be, with what to do, where %s', async (_, page) => {
    const workspace = openedWorkspace(folder)
    for (let n = 0; n < 50; n++)
      workspace.commands.execute(
        command.parse({
          type: 'create',
          issueId: newId(),
          title: `Issue ${n}`,
          description: 'x'.repeat(500),
        }),
      )
    workspace.close()
    const bytes = readFileSync(logFile(folder))
    if (page === 0) bytes.fill(0x55, 0, 100)
    // Every page of the tables that a list reads, but not the schema's own.
    else bytes.fill(0x55, 4_096 * page)
    writeFileSync(logFile(folder), bytes)
    const ran = await docket(['list', '--workspace', folder])
    expect(ran).toMatchObject({ code: 1, stdout: '' })
    expect(ran.stderr).toMatch(/^docket: [^\n]*damaged[^\n]* \[corrupt\]\n$/)
    expect(readFileSync(logFile(folder)).equals(bytes)).toBe(true)
  })

  it('is not made over a file', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, 'mine')
    const ran = await docket(['init', '--workspace', file])
    expect(ran).toMatchObject({ code: 1, stdout: '' })
    expect(ran.stderr).toMatch(/\[invalid_input\]\n$/)
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })
})

describe('an export', () => {
  it('to a full disk fails in one line', async ({ skip }) => {
    if (process.platform !== 'linux') skip('there is no /dev/full here')
    const workspace = openedWorkspace(folder)
    workspace.commands.execute(command.parse({ type: 'create', issueId: newId(), title: 'Exported' }))
    workspace.close()
    const shell = spawn(
      'sh',
      [
        '-c',
        `"${process.execPath}" src/cli/main.ts export --format jsonl --workspace "${folder}" > /dev/full`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let stderr = ''
    shell.stderr.on('data', (text) => {
      stderr += text
    })
    const code = await new Promise((resolve) => shell.on('close', resolve))
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^docket: [^\n]* \[disk_full\]\n$/),
    })
  })

  it('over a folder is refused', async () => {
    const ran = await docket(['export', '--format', 'csv', '--output', folder, '--workspace', folder])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(/\[invalid_input\]\n$/)
  })
})
