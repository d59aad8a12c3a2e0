import type { Page } from '@playwright/test'
import type { Docket } from './testing/docket.ts'
import { expect, test } from './testing/docket-test.ts'
import { type Receiver, startReceiver } from './testing/receiver.ts'

let receiver: Receiver
test.beforeEach(async () => {
  receiver = await startReceiver()
})
test.afterEach(() => receiver.close())

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const sendTo = (docket: Docket, { url }: Receiver) =>
  docket.call('inboxes.configure', {
    name: 'webhooks',
    enabled: true,
    settings: { endpoints: [{ id: 'ci', name: 'Build server', url, types: ['created'] }] },
    secrets: { 'secret:ci': secret },
  })
const log = (page: Page) => page.getByRole('region', { name: 'Log' })
const rows = (page: Page) => log(page).locator('[data-row]')
const health = (page: Page) => page.getByRole('row', { name: /Webhooks/ })

test('while a receiver refuses, a delivery is a dead letter with its reason; replayed once it is back, it arrives once', async ({
  page,
  docket,
}) => {
  receiver.answer(403, 'closed for repairs')
  await sendTo(docket, receiver)
  await docket.open('/deliveries')
  const { key } = await docket.create({ title: 'Told to the build server' })
  const row = rows(page).filter({ hasText: key })
  await expect(row).toContainText('Dead')
  await expect(row).toContainText('Build server')
  await expect(health(page).getByRole('button', { name: '1 dead of Webhooks: show them' })).toBeVisible()
  await expect(health(page)).toContainText('closed for repairs')
  await expect(page.getByRole('link', { name: /Deliveries 1 dead/ })).toBeVisible()

  await row.click()
  const attempts = log(page).getByRole('table', { name: 'Attempts' })
  await expect(attempts.getByRole('row')).toHaveCount(2)
  await expect(attempts).toContainText('Given up')
  await expect(attempts).toContainText('answered 403: closed for repairs')

  receiver.answer(200)
  await log(page).getByRole('button', { name: 'Replay' }).click()
  await expect(row).toContainText('Done')
  await expect(health(page).getByRole('button', { name: /dead/ })).toHaveCount(0)
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(1)
  await expect(log(page).getByText(String(ids[0]))).toBeVisible()
  expect(receiver.received.filter(({ status }) => status === 200)).toHaveLength(1)
})

test('once a receiver is back, all dead letters are replayed at once, and each event arrives once', async ({
  page,
  docket,
}) => {
  await sendTo(docket, receiver)
  receiver.answer(403)
  await docket.createAll([{ title: 'One' }, { title: 'Two' }, { title: 'Three' }])
  await docket.open('/deliveries')
  await expect(rows(page).filter({ hasText: 'Dead' })).toHaveCount(3)
  receiver.answer(200)
  await page.getByRole('button', { name: 'Dead 3' }).click()
  await page.getByRole('button', { name: 'Replay all 3' }).click()
  await expect(page.getByText('Nothing is dead')).toBeVisible()
  const arrived = () =>
    receiver.received.filter(({ status }) => status === 200).map(({ headers }) => headers['webhook-id'])
  await expect.poll(() => arrived().length).toBe(3)
  expect(new Set(arrived()).size).toBe(3)
})

test('a worker that keeps dying is given up where everybody sees it; started again, it does what waited', async ({
  page,
  docket,
  expectedErrors,
}) => {
  expectedErrors.push(/^The inbox worker was killed/)
  test.skip(docket.process === null || process.platform !== 'linux', 'needs the web host on Linux')
  test.setTimeout(180_000)
  await sendTo(docket, receiver)
  await docket.open('/deliveries')
  await expect(page.getByText('The worker runs')).toBeVisible()
  const givenUp = page.getByRole('alert').filter({ hasText: 'given up after it kept ending' })
  await expect(async () => {
    docket.process?.killWorker()
    await expect(givenUp).toBeVisible({ timeout: 300 })
  }).toPass({ timeout: 120_000 })
  const { key } = await docket.create({ title: 'Waits for the worker' })
  await givenUp.getByRole('button', { name: 'Start again' }).click()
  await expect(page.getByText('The worker runs')).toBeVisible()
  await expect(rows(page).filter({ hasText: key })).toContainText('Done')
  expect(receiver.received).toHaveLength(1)
})

test('the log is narrowed by state; all dead letters are discarded after one question', async ({
  page,
  docket,
}) => {
  await sendTo(docket, receiver)
  await docket.open('/deliveries')
  await docket.create({ title: 'Arrives' })
  await expect(rows(page).filter({ hasText: 'Done' })).toHaveCount(1)
  receiver.answer(403)
  await docket.createAll([{ title: 'Does not' }, { title: 'Nor this' }])
  await expect(rows(page).filter({ hasText: 'Dead' })).toHaveCount(2)

  await page.getByRole('button', { name: 'Dead 2' }).click()
  await expect(rows(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Discard all…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Discard dead letters' })
  await dialog.getByRole('button', { name: 'Keep' }).click()
  await expect(rows(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Discard all…' }).click()
  await dialog.getByRole('button', { name: 'Discard', exact: true }).click()
  await expect(page.getByText('Nothing is dead')).toBeVisible()
  await page.getByRole('button', { name: 'Discarded', exact: true }).click()
  await expect(rows(page)).toHaveCount(2)
  await page.getByRole('combobox', { name: 'Inbox' }).selectOption('E-mail')
  await expect(page.getByText('Nothing is discarded')).toBeVisible()
  await page.getByRole('button', { name: 'Show all deliveries' }).click()
  await expect(rows(page)).toHaveCount(3)
})

test('the page is used by keys alone: rows, attempts, replay, and the plot', async ({ page, docket }) => {
  receiver.answer(404)
  await sendTo(docket, receiver)
  await docket.createAll([{ title: 'One' }, { title: 'Two' }])
  await page.keyboard.press('g')
  await page.keyboard.press('d')
  await expect(rows(page).filter({ hasText: 'Dead' })).toHaveCount(2)
  await page.keyboard.press('j')
  await expect(rows(page).nth(0)).toBeFocused()
  await page.keyboard.press('j')
  await expect(rows(page).nth(1)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(log(page).getByRole('table', { name: 'Attempts' })).toBeVisible()
  receiver.answer(200)
  await page.keyboard.press('r')
  await expect(rows(page).nth(1)).toContainText('Done')
  await expect(rows(page).nth(0)).toContainText('Dead')

  const plot = page.getByRole('slider')
  await expect(plot).toHaveAccessibleName(/1 delivered, 2 dead letters/)
  await plot.focus()
  await page.keyboard.press('End')
  await expect(plot).toHaveAttribute('aria-valuetext', /1 delivered, 2 dead letters/)
  await page.keyboard.press('ArrowLeft')
  await expect(plot).toHaveAttribute('aria-valuetext', /nothing/)
})

test('a long log holds only the rows that are seen, and is loaded to its beginning', async ({
  page,
  docket,
}) => {
  await sendTo(docket, receiver)
  const made = await docket.createAll(
    Array.from({ length: 240 }, (_, index) => ({ title: `Issue ${index}` })),
  )
  await expect.poll(() => receiver.received.length).toBe(240)
  await docket.open('/deliveries')
  await expect(rows(page).first()).toContainText(made.at(-1)?.key ?? '-')
  expect(await rows(page).count()).toBeLessThan(60)
  const first = rows(page).filter({ hasText: new RegExp(`${made[0]?.key}(?!\\d)`) })
  await expect
    .poll(async () => {
      await page.keyboard.press('Shift+G')
      return await first.count()
    })
    .toBe(1)
  expect(await rows(page).count()).toBeLessThan(60)
})
