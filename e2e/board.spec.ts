import type { Locator, Page } from '@playwright/test'
import { expect, test } from './testing/docket-test.ts'

const column = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: new RegExp(`^${name}, \\d+$`) })

async function drag(page: Page, card: Locator, onto: Locator): Promise<void> {
  const from = await card.boundingBox()
  const to = await onto.boundingBox()
  if (!from || !to) throw new Error('Nothing to drag, or nowhere to drop it')
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await page.mouse.down()
  await page.mouse.move(from.x + from.width / 2 + 12, from.y + from.height / 2, { steps: 3 })
  // The columns show where the card may go once the host has answered that.
  await expect(page.locator('[data-target="open"]').first()).toBeVisible()
  await page.mouse.move(to.x + to.width / 2, to.y + 200, { steps: 8 })
  await page.mouse.up()
}

test('a card dragged to another column moves its issue', async ({ page, docket }) => {
  const issue = await docket.create({ title: 'Drag me along' })
  await docket.open('/board')
  const card = (name: string) => column(page, name).getByRole('link', { name: /Drag me along/ })
  await drag(page, card('Open'), column(page, 'In progress'))
  await expect(card('In progress')).toBeVisible()
  await expect(card('Open')).toBeHidden()
  await expect(column(page, 'In progress')).toHaveAccessibleName('In progress, 1')
  await expect
    .poll(async () => (await docket.call('issues.get', { key: issue.key })).status)
    .toBe('in_progress')
})

test('a card dropped where the workflow has no way stays where it was', async ({ page, docket }) => {
  const issue = await docket.create({ title: 'Not so fast' })
  await docket.open('/board')
  const card = column(page, 'Open').getByRole('link', { name: /Not so fast/ })
  await drag(page, card, column(page, 'Resolved'))
  await expect(page.locator('[data-target="open"]')).toHaveCount(0)
  await expect(card).toBeVisible()
  expect(await docket.call('issues.get', { key: issue.key })).toMatchObject({ status: 'open', version: 1 })
})

test('the keyboard moves a card as far as the workflow lets it', async ({ page, docket }) => {
  const issue = await docket.create({ title: 'By keys alone' })
  await docket.open('/board')
  const card = (name: string) => column(page, name).getByRole('link', { name: /By keys alone/ })
  await expect(card('Open')).toBeVisible()
  await page.locator('[data-board]').focus()
  await page.keyboard.press('Shift+ArrowRight')
  await expect(card('In progress')).toBeVisible()
  await page.keyboard.press('Shift+ArrowRight')
  await expect(card('Resolved')).toBeVisible()
  // There is no way back to in progress: the nearest column to the left is open.
  await page.keyboard.press('Shift+ArrowLeft')
  await expect(card('Open')).toBeVisible()
  await expect.poll(async () => (await docket.call('issues.get', { key: issue.key })).status).toBe('open')

  await card('Open').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'By keys alone' })).toBeVisible()
})

test('a filter narrows the board, every state stays a column', async ({ page, docket }) => {
  const [, , done] = await docket.createAll([{ title: 'Alpha' }, { title: 'Beta' }, { title: 'Alpha done' }])
  if (done) await docket.transition(done, 'close')
  await docket.open('/board')
  await expect(column(page, 'Open').getByRole('listitem')).toHaveCount(2)
  await page.getByRole('combobox', { name: 'Filter issues' }).fill('alpha')
  await expect(column(page, 'Open').getByRole('listitem')).toHaveCount(1)
  await expect(column(page, 'Closed').getByRole('listitem')).toHaveCount(1)
  for (const name of ['Open', 'In progress', 'Resolved', 'Closed'])
    await expect(column(page, name)).toBeVisible()
})
