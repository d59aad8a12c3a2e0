import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDisplay } from './display.mjs'
import { ensureChromium, noChromium } from './find-chromium.mjs'
import { fetchElectron, findElectron } from './find-electron.mjs'
import { appNode, tool } from './project.mjs'
import { capture, slots } from './steps.mjs'

/** Unit, property and integration tests. */
export const unitStep = (args = []) => ({
  name: 'unit, property and integration tests',
  weight: 2,
  run: () =>
    withReport(async (report) => {
      const { code, output } = await capture(appNode, [
        tool('vitest'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        `--maxWorkers=${slots}`,
        ...args,
      ])
      const json = readReport(report)
      if (!json) return { passed: 0, failed: 1, skipped: 0, output }
      const passed = json.numPassedTests
      // A file that could not be loaded has no tests to fail; it fails itself.
      const failed = Math.max(json.numFailedTests, code === 0 ? 0 : 1)
      const skipped = json.numPendingTests + json.numTodoTests
      return { passed, failed, skipped, output, skippedTests: skippedTests(json) }
    }),
})

/** The Playwright suite in a real browser against the web host and, where Electron's runtime is there, in the app itself. */
export const e2eStep = (args = []) => ({
  name: 'end-to-end tests',
  weight: 2,
  after: ['build'],
  run: () =>
    withReport(async (report) => {
      const chromium = ensureChromium()
      if (!chromium) return { passed: 0, failed: 1, skipped: 0, output: `${noChromium}\n`, ran: [] }
      await fetchElectron()
      const electron = findElectron()
      const display = electron ? await openDisplay() : null
      const { code, output } = await capture(
        appNode,
        [tool('@playwright/test', 'playwright'), 'test', '--reporter=dot,json', ...args],
        {
          DOCKET_CHROMIUM: chromium,
          ...(display ? { DOCKET_ELECTRON: electron, ...display.env } : {}),
          PLAYWRIGHT_JSON_OUTPUT_FILE: report,
        },
      )
      display?.close()
      const json = readReport(report)
      if (!json) return { passed: 0, failed: 1, skipped: 0, output, ran: [] }
      const { expected, unexpected, flaky, skipped } = json.stats
      const failed = Math.max(unexpected, code === 0 ? 0 : 1)
      return {
        passed: expected + flaky,
        failed,
        skipped,
        output,
        ran: hostsRun(json),
        note: flaky ? `${flaky} passed only when repeated` : undefined,
      }
    }),
})

/** One line that says in which hosts the end-to-end tests ran, and if not in Electron, why. */
export function hostsLine(ran) {
  const web = ran.some((project) => !/electron/i.test(project))
  const electron = ran.some((project) => /electron/i.test(project))
  const whyNot = findElectron()
    ? 'there is no display, or no test of it ran'
    : 'its runtime is missing and could not be downloaded'
  return `end-to-end tests ran in: web host ${web ? 'yes' : 'no'}; Electron ${electron ? 'yes' : `no (${whyNot})`}`
}

/** A line for what was left out: a title says which service or file was not there. */
export const skippedLine = (titles) => (titles.length > 0 ? `left out: ${titles.join('; ')}\n` : '')

/** What was skipped: the title of a group of which nothing ran, else those of its tests; each once. */
function skippedTests(json) {
  const titles = json.testResults.flatMap(({ assertionResults }) => {
    const ran = new Set(
      assertionResults.filter(({ status }) => status === 'passed').map((test) => test.ancestorTitles[0]),
    )
    return assertionResults
      .filter(({ status }) => status === 'pending' || status === 'skipped' || status === 'todo')
      .map(({ ancestorTitles: [group], title }) =>
        group === undefined ? title : ran.has(group) ? `${group}: ${title}` : group,
      )
  })
  return [...new Set(titles)]
}

/** Names of the Playwright projects in which at least one test was really run. */
function hostsRun(json) {
  const ran = new Set()
  const visit = (suite) => {
    for (const spec of suite.specs ?? [])
      for (const test of spec.tests) if (test.status !== 'skipped') ran.add(test.projectName || 'web')
    for (const inner of suite.suites ?? []) visit(inner)
  }
  for (const suite of json.suites) visit(suite)
  return [...ran]
}

async function withReport(work) {
  const folder = mkdtempSync(join(tmpdir(), 'docket-tests-'))
  try {
    return await work(join(folder, 'report.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
