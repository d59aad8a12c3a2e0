import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { appUrl } from './app-protocol.ts'
import { FakeBrowserWindow, fake, resetFakeElectron } from './testing/fake-electron.ts'
import { readWindowState, writeWindowState } from './window-state.ts'
import { createWindows } from './windows.ts'

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron())

let folder: string
beforeEach(() => {
  resetFakeElectron()
  folder = mkdtempSync(join(tmpdir(), 'docket-windows-'))
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function opened(askAfterCrashes = async () => false) {
  const stateFile = join(folder, 'window.json')
  const windows = createWindows({
    preload: '/app/preload.cjs',
    stateFile,
    devServer: null,
    askAfterCrashes,
    greeting: () => [{ kind: 'worker', state: 'running', detail: null }],
  })
  return { windows, stateFile, latest: () => FakeBrowserWindow.made.at(-1) as FakeBrowserWindow }
}

describe('the window', () => {
  test('has no Node, a sandbox, a world of its own for the preload, and web security', () => {
    const { windows, latest } = opened()
    windows.open()
    expect(latest().options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    })
  })

  test('shows itself when it has something to show, at the place that was asked for', () => {
    const { windows, latest } = opened()
    windows.open('/issue/DOC-1')
    expect(latest().webContents.mainFrame.url).toBe(`${appUrl}#/issue/DOC-1`)
    expect(latest().shown).toBe(0)
    latest().emit('ready-to-show')
    expect(latest().shown).toBe(1)
  })

  test('opens where it was closed', () => {
    const { windows, stateFile, latest } = opened()
    windows.open()
    latest().bounds = { x: 40, y: 50, width: 900, height: 700 }
    latest().maximised = true
    latest().close()
    expect(readWindowState(stateFile)).toMatchObject({ maximised: true })
    windows.open()
    expect(latest().options).toMatchObject({ x: 40, y: 50, width: 900, height: 700 })
    expect(latest().maximised).toBe(true)
  })

  test('that was on a screen that is gone opens on one that is there', () => {
    const { windows, stateFile, latest } = opened()
    writeWindowState(stateFile, {
      bounds: { x: 9_000, y: 9_000, width: 900, height: 700 },
      maximised: false,
      fullScreen: false,
    })
    windows.open()
    expect(latest().options).toMatchObject({ x: 510, y: 190, width: 900, height: 700 })
  })

  test('is told what it must know whenever its page is loaded', () => {
    const { windows, latest } = opened()
    windows.open()
    latest().webContents.emit('did-finish-load')
    expect(latest().webContents.sent).toEqual([
      { channel: 'docket:message', message: { kind: 'worker', state: 'running', detail: null } },
    ])
  })

  test('is brought before the person by a link, and goes where the link leads', () => {
    const { windows, latest } = opened()
    windows.open()
    latest().minimised = true
    windows.show('/issue/DOC-7')
    expect(FakeBrowserWindow.made).toHaveLength(1)
    expect(latest()).toMatchObject({ minimised: false, focused: 1 })
    expect(latest().webContents.sent.at(-1)?.message).toEqual({ kind: 'navigate', to: '/issue/DOC-7' })
    latest().close()
    windows.show('/issue/DOC-8')
    expect(latest().webContents.mainFrame.url).toBe(`${appUrl}#/issue/DOC-8`)
  })

  test('has the same workspace as a second one beside it, and both hear of changes', () => {
    const { windows } = opened()
    windows.open()
    windows.open()
    windows.send({ kind: 'navigate', to: '/board' })
    expect(FakeBrowserWindow.made.map(({ webContents }) => webContents.sent.length)).toEqual([1, 1])
    FakeBrowserWindow.made[1]?.close()
    expect(windows.front()).toBe(FakeBrowserWindow.made[0])
  })
})

describe('a page whose process dies', () => {
  const dies = (window: FakeBrowserWindow, reason = 'crashed') =>
    window.webContents.emit('render-process-gone', {}, { reason, exitCode: 1 })

  test('is loaded again, and after the third time the person is asked', async () => {
    const ask = vi.fn(async () => true)
    const { windows, latest } = opened(ask)
    windows.open()
    for (let time = 0; time < 3; time += 1) dies(latest())
    expect(latest().webContents.reloads).toBe(3)
    expect(ask).not.toHaveBeenCalled()
    dies(latest())
    await vi.waitFor(() => expect(latest().webContents.reloads).toBe(4))
    expect(ask).toHaveBeenCalledOnce()
  })

  test('is closed where the person has had enough', async () => {
    const { windows, latest } = opened(async () => false)
    windows.open()
    for (let time = 0; time < 4; time += 1) dies(latest())
    await vi.waitFor(() => expect(latest().destroyed).toBe(true))
    expect(windows.all()).toEqual([])
  })

  test('on purpose is left alone, and a crashed page is sent nothing', () => {
    const { windows, latest } = opened()
    windows.open()
    dies(latest(), 'clean-exit')
    expect(latest().webContents.reloads).toBe(0)
    latest().webContents.crashed = true
    windows.send({ kind: 'navigate', to: '/board' })
    expect(latest().webContents.sent).toEqual([])
    expect(fake.app.quits).toBe(0)
  })
})
