import type { ElectronApplication, Page, PlaywrightWorkerArgs } from '@playwright/test'
import { root } from './project-root.ts'

/** The desktop host and its first window. */
export type ElectronHost = {
  readonly app: ElectronApplication
  readonly page: Page
  readonly newPage: () => Promise<Page>
  close(): Promise<void>
}

/** What the app is started with: its folder and a profile of its own beside the workspace. */
export function launchArguments(folder: string): readonly string[] {
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return [...sandbox, root, '--workspace', folder, `--user-data-dir=${folder}-user-data`]
}

/** Starts the built app on a workspace, with settings and secrets of its own. */
export async function startElectronHost(
  playwright: PlaywrightWorkerArgs['playwright'],
  folder: string,
): Promise<ElectronHost> {
  const executablePath = process.env.DOCKET_ELECTRON
  const app = await playwright._electron.launch({
    ...(executablePath ? { executablePath } : {}),
    args: [...launchArguments(folder)],
    cwd: root,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  })
  const page = await app.firstWindow()
  return {
    app,
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
