import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { initWorkspace } from '#app/workspace/init-workspace.ts'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { noticeStore } from '#inboxes/store/notice-store.ts'
import { inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import { startDesktop } from './desktop.ts'
import {
  FakeBrowserWindow,
  FakeNotification,
  FakeUtilityProcess,
  fake,
  fakeElectron,
  resetFakeElectron,
} from './testing/fake-electron.ts'

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron())

let folder: string
const root = join(import.meta.dirname, '..', '..')
const files = {
  preload: '/app/preload.cjs',
  renderer: join(root, 'src/renderer'),
  migrations: join(root, 'db/migrations'),
  jobThread: pathToFileURL(join(root, 'src/app/jobs/job-thread.ts')),
  inboxWorker: pathToFileURL(join(root, 'inboxes/worker/worker.ts')),
}

beforeEach(() => {
  resetFakeElectron()
  folder = mkdtempSync(join(tmpdir(), 'docket-desktop-'))
  fake.app.paths.set('userData', folder)
})
afterEach(async () => {
  await quit()
  rmSync(folder, { recursive: true, force: true })
})

const start = (link: string | null = null) =>
  startDesktop(
    { folder: join(folder, 'workspace'), isDefault: false, link },
    { app: fake.app, session: { defaultSession: fake.defaultSession }, shell: fakeElectron().shell } as never,
    files,
  )

function quit(): Promise<void> {
  if (fake.handlers.size === 0 || fake.app.quits > 0) return Promise.resolve()
  const ended = new Promise<void>((resolve) => fake.app.once('quit', resolve))
  fake.app.quit()
  return ended
}

function call(name: string, input: unknown = {}) {
  const [{ webContents }] = FakeBrowserWindow.made as [FakeBrowserWindow]
  return fake.handlers.get(`docket:${name}`)?.(
    { sender: webContents, senderFrame: webContents.mainFrame },
    input,
  )
}

describe('the desktop host', () => {
  test('makes the workspace at the first start, and its window can use it', async () => {
    await start()
    expect(FakeBrowserWindow.made).toHaveLength(1)
    expect(await call('app.info')).toMatchObject({
      ok: true,
      value: { picksFiles: true, linkBase: 'docket:/', workspace: { name: 'workspace' } },
    })
    const title = 'From the desktop'
    const issueId = '0199e0a0-0000-7000-8000-000000000001'
    const made = await call('commands.execute', { command: { type: 'create', issueId, title } })
    expect(made).toMatchObject({ ok: true, value: { key: 'DOC-1' } })
    const messages = FakeBrowserWindow.made[0]?.webContents.sent.map(({ message }) => message)
    expect(messages).toContainEqual(expect.objectContaining({ kind: 'changed' }))
  })

  test('opens a workspace that is there', async () => {
    initWorkspace({ folder: join(folder, 'workspace'), name: 'Ours' })
    await start()
    expect(await call('app.info')).toMatchObject({ value: { workspace: { name: 'Ours' } } })
  })

  test('the badge counts what is unread from the start', async () => {
    await start()
    expect(fake.app.badge).toBe(0)
    const issueId = '0199e0a0-0000-7000-8000-000000000001'
    await call('commands.execute', { command: { type: 'create', issueId, title: 'One' } })
    const inboxDatabase = openInboxDatabase(inboxDatabaseFile(join(folder, 'workspace')))
    if (!inboxDatabase.ok) throw new Error(inboxDatabase.error.message)
    const notice = {
      streamId: issueId,
      eventId: issueId,
      position: 1,
      reason: 'subscribed',
      occurredAt: 1,
    } as const
    noticeStore(inboxDatabase.value, Date.now).add(notice)
    inboxDatabase.value.client.close()
    await quit()
    resetFakeElectron()
    fake.app.paths.set('userData', folder)
    await start()
    expect(fake.app.badge).toBe(1)
  })

  test('says why where there can be no workspace', async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'workspace'), 'a file')
    await expect(start()).rejects.toThrow(/is a file/)
    expect(FakeBrowserWindow.made).toEqual([])
  })

  test('starts the inbox worker on the log and wakes it when the log grows', async () => {
    await start()
    const [worker] = FakeUtilityProcess.made as [FakeUtilityProcess]
    expect(worker.args).toEqual(['--log', join(folder, 'workspace', 'log.db')])
    worker.emit('message', { kind: 'ready', position: 0 })
    expect(worker.sent).toEqual([expect.objectContaining({ kind: 'configure', secrets: {} })])
    worker.emit('message', { kind: 'working' })
    await call('commands.execute', {
      command: { type: 'create', issueId: '0199e0a0-0000-7000-8000-000000000002', title: 'One' },
    })
    expect(worker.sent).toContainEqual({ kind: 'wake', position: expect.any(Number) })
  })

  test('shows what the worker notifies of, tells it so, and a click leads to the issue', async () => {
    await start()
    const [worker] = FakeUtilityProcess.made as [FakeUtilityProcess]
    worker.emit('message', { kind: 'ready', position: 0 })
    worker.emit('message', { kind: 'working' })
    const notification = { tag: 'one', title: 'DOC-4 Crash', body: 'Ada commented', to: '/issue/DOC-4' }
    worker.emit('message', { kind: 'notify', id: 7, notification })
    await expect.poll(() => worker.sent.at(-1)).toEqual({ kind: 'answer', id: 7, value: true })
    expect(FakeNotification.made[0]).toMatchObject({ state: 'shown', options: { title: 'DOC-4 Crash' } })
    FakeNotification.made[0]?.emit('click')
    const [window] = FakeBrowserWindow.made as [FakeBrowserWindow]
    expect(window.webContents.sent.at(-1)?.message).toEqual({ kind: 'navigate', to: '/issue/DOC-4' })
  })

  test('a link at the start opens the window there; one that comes later leads the open window', async () => {
    await start('docket://issue/DOC-3')
    const [window] = FakeBrowserWindow.made as [FakeBrowserWindow]
    expect(window.webContents.mainFrame.url).toMatch(/#\/issue\/DOC-3$/)
    fake.app.emit('second-instance', {}, [], '/', { link: 'docket://issue/DOC-4' })
    expect(window.webContents.sent.at(-1)?.message).toEqual({ kind: 'navigate', to: '/issue/DOC-4' })
    const before = window.webContents.sent.length
    fake.app.emit('second-instance', {}, [], '/', { link: 'docket://issue/../settings' })
    fake.app.emit('second-instance', {}, [], '/', null)
    expect(window.webContents.sent).toHaveLength(before)
    expect(window.focused).toBe(3)
  })

  test('a file of the person’s runs only if they say so in the system’s own dialog', async () => {
    await start()
    mkdirSync(join(folder, 'workspace', 'inboxes'))
    writeFileSync(
      join(folder, 'workspace', 'inboxes', 'mine.mjs'),
      '// hosts: hooks.example.org\nexport const inbox = {}',
    )
    const mine = async () => {
      const listed = (await call('inboxes.list')) as { value: InboxView[] }
      return listed.value.find(({ name }) => name === 'own-mine')?.own
    }
    const hash = (await mine())?.hash
    const trust = () => call('inboxes.trust', { name: 'own-mine', hash, trusted: true })
    fake.answers.button = 1
    expect(await trust()).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    expect(await mine()).toMatchObject({ trusted: false })
    fake.answers.button = 0
    expect(await trust()).toMatchObject({ ok: true, value: { own: { trusted: true } } })
    expect(fake.asked.at(-1)?.detail).toContain('hooks.example.org')
    expect(fake.asked.at(-1)?.detail).toContain(hash)
  })

  test('the dialogs answer what the person chose', async () => {
    await start()
    expect(await call('files.pick', { purpose: 'import' })).toEqual({ ok: true, value: { file: null } })
    fake.answers.open = ['/data/issues.jsonl']
    const token = expect.stringMatching(/^[\w-]{43}$/)
    const chosen = (await call('files.pick', { purpose: 'import' })) as { value: { file: { token: string } } }
    expect(chosen).toEqual({ ok: true, value: { file: { token, name: 'issues.jsonl' } } })
    fake.answers.save = '/data/out.csv'
    expect(await call('files.pick', { purpose: 'export' })).toEqual({
      ok: true,
      value: { file: { token, name: 'out.csv' } },
    })
    // What it was chosen for is all that it is good for, and a place that nobody chose is none.
    const wrong = { kind: 'export', format: 'csv', token: chosen.value.file.token }
    expect(await call('jobs.start', wrong)).toMatchObject({ ok: false, error: { code: 'unknown_file' } })
    expect(await call('jobs.start', { kind: 'export', format: 'csv' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_input' },
    })
  })

  test('quitting waits until worker and workspace are closed, and a second quit changes nothing', async () => {
    await start()
    const ended = quit()
    fake.app.quit()
    expect(fake.app.quits).toBe(0)
    await ended
    expect(fake.app.quits).toBe(1)
    expect(FakeUtilityProcess.made[0]?.sent.at(-1)).toEqual({ kind: 'stop' })
    expect(await call('app.info')).toMatchObject({ ok: false })
  })
})
