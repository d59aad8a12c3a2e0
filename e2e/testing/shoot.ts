import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { root } from '../host/project-root.ts'

/** `DOCKET_SCREENSHOTS=1 npm run e2e -- screenshots` renews those in the documentation; else they are the run's own. */
const renew = process.env.DOCKET_SCREENSHOTS === '1'

/** The two sizes that every view is shown in. */
export const wide = { width: 1440, height: 900 }
export const narrow = { width: 430, height: 860 }

/** Takes a picture of the window once nothing in it is waited for. */
export async function shoot(page: Page, name: string): Promise<void> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
  // Messages of what was done go by themselves.
  await expect(page.locator('[data-sonner-toast]')).toHaveCount(0)
  await page.evaluate(() => document.fonts.ready)
  // Away from anything that shows itself to a pointer.
  await page.mouse.move(0, 0)
  const path = renew ? join(root, 'docs/screenshots', `${name}.png`) : test.info().outputPath(`${name}.png`)
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
}

/** Looks at what is shown now in light and in dark, one after the other: only colours differ, so that nothing is built twice. */
export async function inBothThemes(
  page: Page,
  look: (theme: 'light' | 'dark') => Promise<void>,
): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await look(theme)
  }
}
