import type { Page } from '@playwright/test'
import { expect, test } from './testing/docket-test.ts'

const list = (page: Page) => page.getByRole('listbox', { name: 'Issues' })
const titles = async (page: Page) =>
  (await list(page).getByRole('option').allInnerTexts()).map((text) => /Seat \d+/.exec(text)?.[0])
const changed = (page: Page) => page.getByRole('button', { name: 'Order changed' })

test('a list keeps its order while it is open; what would move waits until it is asked for', async ({
  page,
  docket,
}) => {
  const made = await docket.createAll(Array.from({ length: 6 }, (_, at) => ({ title: `Seat ${at}` })))
  await docket.open('/issues?q=')
  await docket.open('/issues?q=is%3Aopen')
  const before = ['Seat 5', 'Seat 4', 'Seat 3', 'Seat 2', 'Seat 1', 'Seat 0']
  await expect(list(page).getByRole('option')).toHaveCount(6)
  expect(await titles(page)).toEqual(before)
  await expect(list(page)).toBeFocused()
  for (const key of ['g', 'g', 'j', 'j']) await page.keyboard.press(key)
  const cursor = list(page).locator('[data-active="true"]')
  await expect(cursor).toContainText('Seat 3')

  // Others change the last one, close one in the middle, and write a new one.
  const [first, , third] = made as [(typeof made)[0], unknown, (typeof made)[0]]
  await docket.cli('edit', first.key, '--priority', 'urgent')
  await docket.cli('do', third.key, 'close')
  await docket.cli('new', 'Seat 6')
  await expect(changed(page)).toBeVisible()
  await expect(list(page).getByRole('option', { name: /Urgent.*Seat 0/ })).toBeVisible()
  await expect(list(page).getByRole('option', { name: /Seat 2/ })).toContainText('No longer in this list')
  expect(await titles(page)).toEqual(before)
  await expect(cursor).toContainText('Seat 3')

  await changed(page).click()
  await expect(changed(page)).toBeHidden()
  await expect(list(page).getByRole('option')).toHaveCount(6)
  expect(await titles(page)).toEqual(['Seat 6', 'Seat 0', 'Seat 5', 'Seat 4', 'Seat 3', 'Seat 1'])
  await expect(cursor).toContainText('Seat 3')
})

test('what one makes or puts away oneself shows at once, and nothing else moves with it', async ({
  page,
  docket,
}) => {
  const made = await docket.createAll(Array.from({ length: 4 }, (_, at) => ({ title: `Seat ${at}` })))
  await docket.open('/activity')
  await docket.open('/issues?q=is%3Aopen')
  await expect(list(page).getByRole('option')).toHaveCount(4)
  await page.keyboard.press('j')
  await docket.cli('edit', made[0]?.key ?? '', '--priority', 'high')
  await expect(changed(page)).toBeVisible()

  await page.keyboard.press('c')
  await page.keyboard.type('Seat 4')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(list(page).getByRole('option', { name: /Seat 4/ })).toBeVisible()
  expect(await titles(page)).toEqual(['Seat 4', 'Seat 3', 'Seat 2', 'Seat 1', 'Seat 0'])
  for (const key of ['g', 'g', 'j', 'e']) await page.keyboard.press(key)
  await expect(list(page).getByRole('option', { name: /Seat 3/ })).toHaveCount(0)
  expect(await titles(page)).toEqual(['Seat 4', 'Seat 2', 'Seat 1', 'Seat 0'])
})

test('coming back to a list finds it in the order in which it was left', async ({ page, docket }) => {
  const made = await docket.createAll(Array.from({ length: 4 }, (_, at) => ({ title: `Seat ${at}` })))
  await docket.open('/activity')
  await docket.open('/issues?q=is%3Aopen')
  await expect(list(page).getByRole('option')).toHaveCount(4)
  await list(page)
    .getByRole('option', { name: /Seat 1/ })
    .click()
  await expect(page.getByRole('heading', { name: 'Seat 1' })).toBeVisible()
  await docket.cli('edit', made[1]?.key ?? '', '--priority', 'high')
  await page.keyboard.press('Escape')
  await expect(changed(page)).toBeVisible()
  expect(await titles(page)).toEqual(['Seat 3', 'Seat 2', 'Seat 1', 'Seat 0'])
  await expect(list(page).locator('[data-active="true"]')).toContainText('Seat 1')
  // Going there anew shows what is now.
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await page.keyboard.press('g')
  await page.keyboard.press('o')
  await expect.poll(() => titles(page)).toEqual(['Seat 1', 'Seat 3', 'Seat 2', 'Seat 0'])
})

test('a board’s cards stay in their places, too, but for those moved by one’s own hand', async ({
  page,
  docket,
}) => {
  const made = await docket.createAll(Array.from({ length: 4 }, (_, at) => ({ title: `Seat ${at}` })))
  await docket.open('/board')
  const cards = (name: RegExp) => page.getByRole('region', { name }).locator('[data-card]')
  await expect(cards(/^Open/)).toHaveCount(4)
  await page.keyboard.press('j')
  await docket.cli('edit', made[0]?.key ?? '', '--priority', 'high')
  await docket.cli('do', made[1]?.key ?? '', 'start')
  await expect(changed(page)).toBeVisible()
  await expect(cards(/^Open/)).toHaveCount(4)
  await expect(cards(/^Open/).nth(3)).toContainText('Seat 0')

  await cards(/^Open/).filter({ hasText: 'Seat 2' }).focus()
  await page.keyboard.press('Shift+ArrowRight')
  await expect(cards(/^In progress/)).toHaveCount(1)
  await expect(cards(/^In progress/)).toContainText('Seat 2')
  await expect(cards(/^Open/)).toHaveCount(3)
  await expect(cards(/^Open/).nth(2)).toContainText('Seat 0')

  await page.keyboard.press('Shift+U')
  await expect(cards(/^In progress/)).toHaveCount(2)
  await expect(cards(/^Open/).first()).toContainText('Seat 0')
})

test('a list that nobody has touched keeps its order all the same, and says within a second that others wrote', async ({
  page,
  docket,
}) => {
  await docket.createAll(Array.from({ length: 3 }, (_, at) => ({ title: `Seat ${at}` })))
  await docket.open('/activity')
  await docket.open('/issues?q=is%3Aopen')
  await page.reload()
  await expect(list(page).getByRole('option')).toHaveCount(3)
  await docket.cli('new', 'Seat 3')
  await expect(changed(page)).toBeVisible()
  expect(await titles(page)).toEqual(['Seat 2', 'Seat 1', 'Seat 0'])
  await changed(page).click()
  await expect(list(page).getByRole('option')).toHaveCount(4)
  expect(await titles(page)).toEqual(['Seat 3', 'Seat 2', 'Seat 1', 'Seat 0'])
})

test('what was changed and undone waits no more', async ({ page, docket }) => {
  await docket.createAll(Array.from({ length: 3 }, (_, at) => ({ title: `Seat ${at}` })))
  await docket.open('/activity')
  await docket.open('/issues?q=is%3Aopen')
  await expect(list(page).getByRole('option')).toHaveCount(3)
  for (const key of ['g', 'g', 'j', 'j', 'i']) await page.keyboard.press(key)
  await expect(changed(page)).toBeVisible()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(page.getByText(/^Undone/)).toBeVisible()
  await expect(changed(page)).toBeHidden()
  expect(await titles(page)).toEqual(['Seat 2', 'Seat 1', 'Seat 0'])
})

test('a list behind a query that was refused is renewed by nothing, and complains of nothing', async ({
  page,
  docket,
}) => {
  await docket.open('/issues?q=is%3Aopen')
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  await docket.open('/issues?q=colour%3Ared')
  await expect(page.getByText(/There is no filter/).first()).toBeVisible()
  await docket.create({ title: 'Seat 0' })
  await expect.poll(async () => (await docket.call('issues.count', { query: '' })).total).toBe(1)
  await page.keyboard.press('Shift+U')
  await docket.open('/issues?q=is%3Aopen')
  await expect(list(page).getByRole('option', { name: /Seat 0/ })).toBeVisible()
})
