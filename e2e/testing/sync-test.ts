import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { type SyncServer, startSyncServer } from '../host/sync-server.ts'
import { startWebHost } from '../host/web-host.ts'
import { createDocket, type Docket, runCli } from './docket.ts'
import { test as base, expect } from './docket-test.ts'
import { watchConsole } from './watch-console.ts'

/** A window on a workspace of its own, as somebody else has it on another machine. */
export type Colleague = { readonly page: Page; readonly docket: Docket }

type Fixtures = {
  server: SyncServer
  ben: Colleague
}

/** Beside the window of every test: a sync server, and Ben Okri's window on his own workspace. */
export const test = base.extend<Fixtures>({
  server: async ({ browserName: _ }, use) => {
    const data = await mkdtemp(join(tmpdir(), 'docket-e2e-server-'))
    const server = await startSyncServer(data)
    await use(server)
    await server.stop()
    await rm(data, { recursive: true, force: true })
  },

  ben: async ({ chromium, expectedErrors }, use) => {
    if (!chromium) throw new Error('Two hosts side by side need the web host.')
    const root = await mkdtemp(join(tmpdir(), 'docket-e2e-ben-'))
    const folder = join(root, 'Ben')
    await runCli(folder, 'init', '--name', 'Ben alone', '--member', 'Ben Okri')
    const host = await startWebHost(folder)
    const context = await chromium.newContext()
    const problems: string[] = []
    const newPage = async () => {
      const page = await context.newPage()
      await watchConsole(page, (line) => void problems.push(line))
      await page.goto(host.url)
      return page
    }
    const page = await newPage()
    await use({ page, docket: createDocket({ page, newPage, folder, host: 'web', process: null }) })
    await context.close()
    const code = await host.stop()
    expect([code, host.complaints()], 'how Ben’s host ended').toEqual([0, ''])
    const unexpected = problems.filter((line) => !expectedErrors.some((pattern) => pattern.test(line)))
    expect(unexpected, 'errors in Ben’s console').toEqual([])
    await rm(root, { recursive: true, force: true })
  },
})

/** The line at the foot of the sidebar that says how sync stands. */
export const syncLine = (page: Page, says: RegExp | string) =>
  page.getByRole('button', { name: typeof says === 'string' ? `Sync: ${says}` : says })

/** Has a round of sync made now, by the popover over the sidebar's foot. */
export async function syncNow(page: Page): Promise<void> {
  await syncLine(page, /^Sync:/).click()
  const popover = page.getByRole('dialog', { name: 'Sync' })
  await popover.getByRole('button', { name: 'Sync now' }).click()
  await expect(popover.getByRole('button', { name: 'Sync now' })).toBeEnabled()
  await page.keyboard.press('Escape')
  await expect(popover).toBeHidden()
}

/** Joins by the form in the settings, and waits until both copies have met. */
export async function joinTeam(
  { page, docket }: Colleague,
  invite: string,
  device: string,
  timeout?: number,
): Promise<void> {
  await docket.open('/settings/team')
  await page.getByRole('textbox', { name: 'Invite' }).fill(invite)
  await page.getByRole('textbox', { name: 'Name of this device' }).fill(device)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(syncLine(page, 'Up to date')).toBeVisible({ timeout })
}

/** Makes an invite by the dialog. @returns its text */
export async function inviteSomebody({ page, docket }: Colleague, role: string): Promise<string> {
  await docket.open('/settings/team')
  await page.getByRole('button', { name: 'Invite…' }).click()
  await page.getByRole('combobox', { name: 'Role' }).selectOption(role)
  await page.getByRole('button', { name: 'Make an invite' }).click()
  const text = await page.getByRole('textbox', { name: 'The invite’s text' }).inputValue()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  return text
}

export { expect }
