import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { verifyLog } from '#db/log/verify.ts'
import { docket } from '../../cli/testing/run-docket.ts'
import type { AppService } from '../app-service.ts'
import { newId } from '../commands/new-id.ts'
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
