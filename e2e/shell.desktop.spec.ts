import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { ElectronApplication } from '@playwright/test'
import { launchArguments } from './host/electron-host.ts'
import { test as base, expect } from './testing/docket-test.ts'

/** What only the real shell can show; run where Electron's runtime is there. */
const test = base.extend<{ app: ElectronApplication }>({
  app: async ({ hosted }, use) => {
    if (!hosted.app) throw new Error('These specs are about the desktop.')
    await use(hosted.app)
  },
})

const windows = (app: ElectronApplication): Promise<number> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)

test('a page has the bridge, and nothing of Node or Electron', async ({ page }) => {
  await page.waitForFunction(() => 'docket' in window)
  const reached = await page.evaluate(() =>
    ['process', 'require', 'module', 'global', 'Buffer', 'ipcRenderer', 'electron'].filter(
      (name) => name in globalThis,
    ),
  )
  expect(reached).toEqual([])
})

test('a page runs no code but the app’s own, and asks nobody outside', async ({ page, expectedErrors }) => {
  expectedErrors.push(/policy:|Content Security Policy|Refused|Failed to fetch/)
  const outcome = await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.injected = true'
    document.head.append(script)
    let evaluated = true
    try {
      // biome-ignore lint/security/noGlobalEval: that it is refused is what is tested
      evaluated = eval('true')
    } catch {
      evaluated = false
    }
    const asked = await fetch('http://127.0.0.1:9/').then(
      () => true,
      () => false,
    )
    return { injected: 'injected' in window, evaluated, asked }
  })
  expect(outcome).toEqual({ injected: false, evaluated: false, asked: false })
})

test('a page goes nowhere and opens nothing', async ({ page, app }) => {
  await page.waitForFunction(() => 'docket' in window)
  const address = page.url()
  expect(await page.evaluate(() => window.open('about:blank') === null)).toBe(true)
  await page.evaluate(() => {
    location.href = 'file:///etc/hostname'
  })
  // Answered by the same page, after it was told to go.
  expect(await page.evaluate(() => document.readyState)).not.toBe('')
  expect(page.url()).toBe(address)
  expect(await windows(app)).toBe(1)
})

test('permissions are denied without asking', async ({ page }) => {
  const answers = await page.evaluate(async () => [
    await Notification.requestPermission(),
    await navigator.mediaDevices.getUserMedia({ audio: true }).then(
      () => 'granted',
      () => 'denied',
    ),
    await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('granted'),
        () => resolve('denied'),
      ),
    ),
  ])
  expect(answers).toEqual(['denied', 'denied', 'denied'])
})

test('a page whose process dies comes back', async ({ app, docket, expectedErrors }) => {
  expectedErrors.push(/crashed/)
  await docket.create({ title: 'Survives the crash' })
  await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  )
  const text = () =>
    app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      if (!contents || contents.isCrashed() || contents.isLoading()) return ''
      return String(await contents.executeJavaScript('document.body.innerText').catch(() => ''))
    })
  await expect.poll(text).toContain('Survives the crash')
})

test('an inbox worker that dies is started again, and the window goes on', async ({ app, docket, page }) => {
  const worker = () =>
    app.evaluate(
      ({ app: main }) =>
        main.getAppMetrics().find(({ serviceName, name }) => /Docket inboxes/.test(`${serviceName} ${name}`))
          ?.pid ?? 0,
    )
  await expect.poll(worker).not.toBe(0)
  const first = await worker()
  process.kill(first, 'SIGKILL')
  await expect.poll(async () => [0, first].includes(await worker())).toBe(false)
  const { key } = await docket.create({ title: 'Written after the worker died' })
  await docket.open(`/issue/${key}`)
  await expect(page.getByRole('heading', { name: 'Written after the worker died' })).toBeVisible()
})

test('a second start shows the first', async ({ app, folder }) => {
  const program = await app.evaluate(() => process.execPath)
  const { stderr } = await promisify(execFile)(program, [...launchArguments(folder)])
  expect(stderr).not.toContain('could not start')
  expect(await windows(app)).toBe(1)
})
