import type { Page } from '@playwright/test'

/** Reports errors in the console, uncaught ones, and every violation of the content security policy. Call before the page loads. */
export async function watchConsole(page: Page, report: (line: string) => void): Promise<void> {
  page.on('console', (message) => {
    if (message.type() === 'error') report(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => report(`uncaught: ${error.stack ?? error.message}`))
  page.on('crash', () => report('the page crashed'))
  await page.addInitScript(() => {
    document.addEventListener(
      'securitypolicyviolation',
      ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
        console.error(`policy: ${violatedDirective} blocked ${blockedURI} at ${sourceFile}:${lineNumber}`)
      },
    )
  })
}
