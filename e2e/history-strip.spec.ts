import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import type { Docket } from './testing/docket.ts'
import { expect, test } from './testing/docket-test.ts'
import { wide } from './testing/shoot.ts'

const month = (at: number): string =>
  `${2010 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
/** One issue in 1998, one a month for eight years, and three in November 2014, each commented upon once in that month. */
const history = [
  { id: 'old-1', created: '1998-05-04' },
  ...Array.from({ length: 96 }, (_, at) => ({ id: `a-${at}`, created: `${month(at)}-05` })),
  { id: 'n-1', created: '2014-11-10', comment: '2014-11-12' },
  { id: 'n-2', created: '2014-11-11', comment: '2014-11-12' },
].map(({ id, created, ...more }) => ({
  id,
  title: `Issue ${id}`,
  status: 'open',
  priority: 2,
  created_at: `${created}T12:00:00Z`,
  updated_at: `${'comment' in more ? more.comment : created}T12:00:00Z`,
  created_by: 'ada',
  comments:
    'comment' in more
      ? [{ id: 1, issue_id: id, author: 'ada', text: 'Hello', created_at: `${more.comment}T12:00:00Z` }]
      : [],
}))

async function imported(docket: Docket): Promise<void> {
  const file = join(dirname(docket.folder), 'history.jsonl')
  await writeFile(file, history.map((line) => JSON.stringify(line)).join('\n'))
  const ended = await docket.cli('import', '--format', 'beads', file)
  expect(ended.code, ended.stderr).toBe(0)
}

const strip = (page: Page) => page.getByRole('slider', { name: /^History: / })
/** Where the bars are, and how high: the axis and the scale. */
const picture = (page: Page) =>
  strip(page)
    .locator('svg > rect:not([class*="cursor"])')
    .evaluateAll((all) =>
      all.map((rect) => ['x', 'y', 'width', 'height'].map((name) => rect.getAttribute(name)).join(' ')),
    )
/** Walks along the bars until the one of a month. */
async function walkTo(page: Page, name: string): Promise<void> {
  await strip(page).focus()
  await page.keyboard.press('Home')
  await expect(async () => {
    if (!(await strip(page).getAttribute('aria-valuetext'))?.startsWith(name))
      await page.keyboard.press('ArrowRight')
    expect(await strip(page).getAttribute('aria-valuetext')).toContain(`${name}: `)
  }).toPass({ intervals: [10] })
}

for (const [view, path] of [
  ['list', '/issues?q=is%3Aopen'],
  ['board', '/board?q='],
] as const)
  test(`a bar of the strip shows what was active then, on the ${view}: same axis, same scale, and back`, async ({
    page,
    docket,
  }) => {
    await page.setViewportSize(wide)
    await imported(docket)
    await docket.open(path)
    await expect(strip(page)).toHaveAttribute('aria-label', /^History: 101 events/)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()

    await walkTo(page, 'November 2014')
    await expect(strip(page)).toHaveAttribute('aria-valuetext', 'November 2014: 3 created, 2 talked')
    const before = await picture(page)
    expect(before.length).toBeGreaterThan(90)
    await page.keyboard.press('Enter')
    const said = page.getByRole('status').filter({ hasText: /events? on / })
    await expect(said).toHaveText('5 events on 3 issues, November 2014')
    await expect(page.getByRole('combobox', { name: 'Filter issues' })).toHaveValue(/active:2014-11$/)
    await expect(strip(page)).toHaveAttribute('aria-valuetext', /^November 2014: .*, shown$/)
    if (view === 'list')
      await expect(page.getByRole('listbox', { name: 'Issues' }).getByRole('option')).toHaveCount(3)
    expect(await picture(page)).toEqual(before)
    await page.screenshot({ path: test.info().outputPath(`${view}-chosen.png`) })

    // Another bar takes its place; the pointer does the same as the keys.
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await expect(said).toHaveText('1 event on 1 issue, December 2014')
    await expect(page.getByRole('combobox', { name: 'Filter issues' })).toHaveValue(/active:2014-12$/)
    expect(await picture(page)).toEqual(before)
    await strip(page).click({ position: { x: 5, y: 12 } })
    await expect(said).toHaveText('1 event on 1 issue, before January 2010')
    if (view === 'list')
      await expect(page.getByRole('listbox', { name: 'Issues' }).getByRole('option')).toContainText(
        'Issue old-1',
      )

    await page.getByRole('button', { name: 'clear: show all of the time' }).click()
    await expect(said).toBeHidden()
    await expect(page.getByRole('combobox', { name: 'Filter issues' })).not.toHaveValue(/active:/)
    expect(await picture(page)).toEqual(before)
  })

test('a list and a board of the same issues have one axis and one scale, whatever the order', async ({
  page,
  docket,
}) => {
  await page.setViewportSize(wide)
  await imported(docket)
  const pictures: string[][] = []
  for (const path of ['/issues?q=', '/issues?q=sort%3Atitle', '/board?q=']) {
    await docket.open(path)
    await expect(strip(page)).toHaveAttribute('aria-label', /^History: 101 events/)
    pictures.push(await picture(page))
  }
  expect(pictures[1]).toEqual(pictures[0])
  expect(pictures[2]).toEqual(pictures[0])
})

test('where nothing happened there is no line', async ({ page, docket }) => {
  await docket.open('/issues?q=')
  await expect(page.getByRole('slider', { name: 'History: no events' })).toBeVisible()
  await expect(strip(page).locator('svg > rect')).toHaveCount(0)
})
