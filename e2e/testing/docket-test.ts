import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, test as base, type ElectronApplication, expect, type Page } from '@playwright/test'
import { startElectronHost } from '../host/electron-host.ts'
import { startWebHost } from '../host/web-host.ts'
import { createDocket, type Docket, type HostProcess, runCli } from './docket.ts'
import { watchConsole } from './watch-console.ts'

export type HostOptions = {
  /** Which of the two hosts the specs run against. */
  readonly host: 'web' | 'electron'
}

type WorkerFixtures = HostOptions & {
  /** One for all tests of a worker; the desktop brings its own. */
  chromium: Browser | null
}

type Fixtures = {
  /** A workspace's folder of this test's own; gone afterwards. */
  folder: string
  /** Who sits at this copy of the workspace; left out, whoever runs the tests. */
  member: string | null
  /** Whether the person has said what they are called, so that the window does not ask. */
  named: boolean
  /** Console lines that the test causes on purpose; any other error or warning of the policy fails it. */
  expectedErrors: RegExp[]
  /** A running host on the folder, and its first window. */
  hosted: {
    readonly page: Page
    readonly newPage: () => Promise<Page>
    readonly process: HostProcess | null
    /** The main process, where the host is the desktop. */
    readonly app: ElectronApplication | null
  }
  docket: Docket
}

/** `page` is the window, whichever the host; `docket` is everything that a spec does beside clicking. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  host: ['web', { option: true, scope: 'worker' }],

  chromium: [
    async ({ playwright, host, launchOptions }, use) => {
      const browser = host === 'web' ? await playwright.chromium.launch(launchOptions) : null
      await use(browser)
      await browser?.close()
    },
    { scope: 'worker' },
  ],

  member: [null, { option: true }],

  folder: async ({ member }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'docket-e2e-'))
    const workspace = join(folder, 'Acme')
    if (member) await runCli(workspace, 'init', '--name', 'Saltwater', '--member', member)
    await use(workspace)
    await rm(folder, { recursive: true, force: true })
  },

  expectedErrors: async ({ browserName: _ }, use) => {
    await use([])
  },

  named: [true, { option: true }],

  hosted: async ({ playwright, chromium, folder, expectedErrors, named }, use) => {
    const problems: string[] = []
    const isUnexpected = (line: string) => !expectedErrors.some((pattern) => pattern.test(line))
    const watch = (page: Page) => watchConsole(page, (line) => void problems.push(line))
    if (chromium) {
      let running = await startWebHost(folder)
      const context = await chromium.newContext()
      const newPage = async () => {
        const page = await context.newPage()
        await watch(page)
        await page.goto(running.url)
        if (named) await sayName(page)
        return page
      }
      const process: HostProcess = {
        stop: async () => void (await running.stop()),
        killWorker: () => running.killWorker(),
        start: async () => {
          running = await startWebHost(folder, running.port)
        },
      }
      await use({ page: await newPage(), newPage, process, app: null })
      await context.close()
      const code = await running.stop()
      const complaints = running.complaints().split('\n').filter(Boolean).filter(isUnexpected)
      expect([code, complaints], 'how the host ended').toEqual([0, []])
    } else {
      const app = await startElectronHost(playwright, folder)
      await watch(app.page)
      if (named) await sayName(app.page)
      await use({ page: app.page, newPage: app.newPage, process: null, app: app.app })
      await app.close()
    }
    expect(problems.filter(isUnexpected), 'errors in the console').toEqual([])
  },

  page: async ({ hosted }, use) => {
    await use(hosted.page)
  },

  docket: async ({ hosted, folder, host }, use) => {
    await use(createDocket({ ...hosted, folder, host }))
  },
})

export { expect }

/** Keeps the name of the account, as a person would by a click. */
async function sayName(page: Page): Promise<void> {
  await page.waitForFunction(() => 'docket' in window)
  await page.evaluate(async () => {
    type Answer = { ok: boolean; value: { asksForName: boolean; me: { name: string } } }
    const { docket } = window as unknown as {
      docket: { call(name: string, input: unknown): Promise<Answer> }
    }
    const info = await docket.call('app.info', {})
    if (info.ok && info.value.asksForName) await docket.call('me.set', { name: info.value.me.name })
  })
}
