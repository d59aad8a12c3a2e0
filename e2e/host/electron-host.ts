import type { Page, PlaywrightWorkerArgs } from '@playwright/test'
import { root } from './project-root.ts'

/** The desktop host and its first window. */
export type ElectronHost = {
  readonly page: Page
  readonly newPage: () => Promise<Page>
  close(): Promise<void>
}

/** Starts the built app on a workspace, with settings and secrets of its own. */
export async function startElectronHost(
  playwright: PlaywrightWorkerArgs['playwright'],
  folder: string,
): Promise<ElectronHost> {
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const executablePath = process.env.DOCKET_ELECTRON
  const app = await playwright._electron.launch({
    ...(executablePath ? { executablePath } : {}),
    args: [...sandbox, root, '--workspace', folder, `--user-data-dir=${folder}-user-data`],
    cwd: root,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  })
  const page = await app.firstWindow()
  return {
    page,
    async newPage() {
      const opened = app.waitForEvent('window')
      // Menu shortcuts belong to the system; Playwright's keys reach the page alone.
      await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('new-window')?.click())
      return await opened
    },
    close: () => app.close(),
  }
}
