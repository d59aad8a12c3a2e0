import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** Fails the test, at its end, where what is shown now has a serious or critical finding. @param where names it in the failure */
export const noSeriousFindings = (page: Page, where: string): Promise<void> =>
  noneOf(['serious', 'critical'], page, where)

/** As above, of moderate ones too. @param where names it in the failure */
export const noFindings = (page: Page, where: string): Promise<void> =>
  noneOf(['moderate', 'serious', 'critical'], page, where)

async function noneOf(impacts: readonly string[], page: Page, where: string): Promise<void> {
  // Colours are judged as they are once nothing moves any more.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  )
  const { violations } = await new AxeBuilder({ page })
    // No view has frames: to look for some takes as long as to look at the view.
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .analyze()
  const found = violations
    .filter(({ impact }) => impacts.includes(impact ?? ''))
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary})`)
          .join('\n  ')}`,
    )
  expect.soft(found, where).toEqual([])
}
