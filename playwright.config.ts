import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import type { HostOptions } from './e2e/testing/docket-test.ts'

/** Set by `scripts/e2e.mjs` where Electron's runtime is there and a display to show it on. */
const hasElectron = Boolean(process.env.DOCKET_ELECTRON)

/** What `scripts/e2e.mjs` found or installed; run by hand, the distribution's; else Playwright's own. */
const chromium =
  process.env.DOCKET_CHROMIUM ??
  ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path))

// The hosts and commands under test leave what is the person's own as it is.
process.env.XDG_CONFIG_HOME = join(tmpdir(), 'docket-test-config')

export default defineConfig<HostOptions>({
  testDir: './e2e',
  testMatch: '**/*.spec.ts',
  outputDir: './test-results',
  workers: 2,
  retries: 0,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // The unit tests run beside these, on two cores: patience, not speed, is what a wait is for.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['./e2e/host/which-hosts.ts']],
  use: {
    // `DOCKET_TRACE=1` keeps a trace of what fails; it takes a fifth of the time of all that does not.
    trace: process.env.DOCKET_TRACE ? 'retain-on-failure' : 'off',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      // Nothing but the page under test talks to anybody.
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'web', testIgnore: '**/*.desktop.spec.ts', use: { host: 'web' } },
    // A window on a display takes the focus: one at a time.
    ...(hasElectron ? [{ name: 'electron', workers: 1, use: { host: 'electron' as const } }] : []),
  ],
})
