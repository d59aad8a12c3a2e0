import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { AppService } from '#app/app-service.ts'
import { callNames } from '#contract/calls.ts'
import { done } from '#core/values/refusal.ts'
import { appUrl } from './app-protocol.ts'
import { registerCalls } from './ipc.ts'
import { isOurPage } from './sender-check.ts'
import { FakeBrowserWindow, FakeFrame, fake, resetFakeElectron } from './testing/fake-electron.ts'

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron())
beforeEach(resetFakeElectron)

function registered() {
  const window = new FakeBrowserWindow({ webPreferences: {} })
  window.webContents.mainFrame.url = `${appUrl}#/board`
  const asked: unknown[] = []
  const service = {
    callUnchecked: async (name: unknown, input: unknown) => {
      asked.push({ name, input })
      return done('answer')
    },
  } as AppService
  const remove = registerCalls(service, { all: () => [window as never] })
  const invoke = (event: unknown) => fake.handlers.get('docket:app.info')?.(event, {})
  return { window, asked, invoke, remove }
}

describe('calls over IPC', () => {
  test('there is one channel for each call of the contract, and no other', () => {
    const { remove } = registered()
    expect([...fake.handlers.keys()].sort()).toEqual(callNames.map((name) => `docket:${name}`).sort())
    remove()
    expect(fake.handlers.size).toBe(0)
  })

  test('our own page is answered', async () => {
    const { window, invoke, asked } = registered()
    const event = { sender: window.webContents, senderFrame: window.webContents.mainFrame }
    expect(await invoke(event)).toEqual(done('answer'))
    expect(asked).toEqual([{ name: 'app.info', input: {} }])
  })

  test.each<[string, (window: FakeBrowserWindow) => unknown]>([
    [
      'a frame inside of our page',
      ({ webContents }) => ({ sender: webContents, senderFrame: new FakeFrame(appUrl) }),
    ],
    ['a frame that is gone', ({ webContents }) => ({ sender: webContents, senderFrame: null })],
    [
      'a window that is not ours',
      () => {
        const { webContents } = new FakeBrowserWindow({ webPreferences: {} })
        webContents.mainFrame.url = appUrl
        return { sender: webContents, senderFrame: webContents.mainFrame }
      },
    ],
    [
      'our frame with a foreign sender',
      ({ webContents }) => ({
        sender: new FakeBrowserWindow({ webPreferences: {} }).webContents,
        senderFrame: webContents.mainFrame,
      }),
    ],
    [
      'our window showing a foreign page',
      ({ webContents }) => {
        webContents.mainFrame.url = 'https://example.org/'
        return { sender: webContents, senderFrame: webContents.mainFrame }
      },
    ],
    [
      'a window that was closed',
      (window) => {
        window.destroyed = true
        return { sender: window.webContents, senderFrame: window.webContents.mainFrame }
      },
    ],
  ])('%s is refused, and the service never hears of it', async (_name, eventOf) => {
    const { window, invoke, asked } = registered()
    expect(await invoke(eventOf(window))).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
    expect(asked).toEqual([])
  })

  test.each([
    'docket-app://window.example.org/index.html',
    'docket-app://other/index.html',
    'docket-app:window',
    'https://window/index.html',
    'file:///index.html',
    'about:blank',
    'data:text/html,x',
    '',
  ])('%j is not our page', (address) => {
    expect(isOurPage(address)).toBe(false)
  })

  test('the development server’s page is ours while developing, and only then', () => {
    expect(isOurPage('http://localhost:5173/#/board', 'http://localhost:5173')).toBe(true)
    expect(isOurPage('http://localhost:51730/', 'http://localhost:5173')).toBe(false)
    expect(isOurPage('http://localhost:5173/')).toBe(false)
  })
})
