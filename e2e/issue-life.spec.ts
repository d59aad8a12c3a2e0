import type { Page } from '@playwright/test'
import { expect, test } from './testing/docket-test.ts'

const feed = (page: Page) => page.getByRole('region', { name: 'Feed' })

/** Small events that happened together stand in one line until it is opened. */
async function openFolds(page: Page): Promise<void> {
  const closed = feed(page).locator('button[aria-expanded="false"]')
  await expect(feed(page)).toHaveAttribute('aria-busy', 'false')
  while ((await closed.count()) > 0) await closed.first().click()
}

test('an issue’s life, from a click to the feeds', async ({ page, docket }) => {
  await docket.addLabel('bug')
  await docket.addMember('Ada Lovelace')
  const blocked = await docket.create({ title: 'Ship the release' })
  await docket.open('/issues?q=is%3Aopen')
  await expect(page.getByRole('option', { name: /Ship the release/ })).toBeVisible()

  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog', { name: 'New issue' })
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Sync stalls after waking')
  await dialog.getByRole('textbox', { name: 'Description' }).fill('It **hangs** on a laptop.')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(dialog).toBeHidden()
  await page.getByRole('option', { name: /Sync stalls after waking/ }).click()
  await expect(page.getByRole('heading', { name: 'Sync stalls after waking' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Description' }).locator('strong')).toHaveText('hangs')

  const move = (name: string) => page.getByRole('button', { name, exact: true })
  await expect(move('Resolve')).toBeHidden()
  await move('Start').click()
  await expect(move('Stop')).toBeVisible()
  await page.getByRole('button', { name: 'Give a reason with the next move' }).click()
  await page.getByRole('textbox', { name: 'Reason for the next move' }).fill('fixed by the new driver')
  await move('Resolve').click()
  await expect(move('Reopen')).toBeVisible()
  await expect(move('Start')).toBeHidden()

  const side = page.getByRole('complementary', { name: 'Properties' })
  await side.getByRole('button', { name: /Change assignees/ }).click()
  await page.getByRole('combobox', { name: 'Assign to' }).fill('ada')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect(side.getByRole('button', { name: /Change assignees/ })).toContainText('Ada Lovelace')

  await side.getByRole('button', { name: /Change labels/ }).click()
  await page.getByRole('option', { name: 'bug' }).click()
  await page.keyboard.press('Escape')
  await expect(side.getByRole('button', { name: /Change labels/ })).toContainText('bug')

  await side.getByLabel('Due date').fill('2027-03-03')
  await side.getByLabel('Due date', { exact: true }).press('Enter')
  await side.getByRole('button', { name: 'Add a link' }).click()
  const link = page.getByRole('dialog', { name: /to another issue/ })
  await link.getByText('Blocks', { exact: true }).click()
  await link.getByRole('combobox', { name: 'Issue to link to' }).fill(blocked.key)
  await link.getByRole('option', { name: /Ship the release/ }).click()
  await expect(side.getByRole('region', { name: 'Links' })).toContainText('Ship the release')

  const write = page.getByRole('textbox', { name: 'Write a comment' })
  await write.fill('Happens with `driver 12` as well')
  await page.getByRole('button', { name: /^Comment/ }).click()
  const comment = feed(page).getByRole('article')
  await expect(comment.locator('code')).toHaveText('driver 12')
  await expect(write).toHaveValue('')
  await comment.hover()
  await comment.getByRole('button', { name: 'Edit comment' }).click()
  await comment.getByRole('textbox', { name: 'Edit comment' }).fill('Happens with `driver 13` as well')
  await comment.getByRole('button', { name: /^Save/ }).click()
  await expect(comment).toContainText('driver 13')
  await expect(comment).toContainText('edited')
  await comment.getByRole('button', { name: 'Delete comment' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect(comment).toContainText('This comment was deleted')

  await openFolds(page)
  const lines = [
    /created this issue/,
    /moved .*Open.*In progress/,
    /moved .*In progress.*Resolved/,
    /fixed by the new driver/,
    /assigned this to Ada Lovelace/,
    /added the label bug/,
    /set the due date/,
    /Ship the release/,
    /edited a comment/,
    /deleted a comment/,
  ]
  for (const line of lines) await expect(feed(page)).toContainText(line)

  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Activity' }).click()
  await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible()
  await openFolds(page)
  for (const line of [/Sync stalls after waking/, /In progress.*Resolved/, /bug/])
    await expect(feed(page)).toContainText(line)
})

test('what was typed and not sent is there again after a reload, and after the host was away', async ({
  page,
  docket,
  expectedErrors,
}) => {
  const issue = await docket.create({ title: 'Half written' })
  await docket.open(`/issue/${issue.key}`)
  const write = page.getByRole('textbox', { name: 'Write a comment' })
  await write.fill('I was just about to say')
  await page.reload()
  await expect(write).toHaveValue('I was just about to say')

  if (!docket.process) return
  expectedErrors.push(
    /WebSocket connection to .* failed/,
    /Failed to load resource: net::ERR_CONNECTION_REFUSED/,
  )
  await docket.process.stop()
  await expect(page.getByText('Docket doesn’t answer')).toBeVisible()
  await page.getByRole('button', { name: /^Comment/ }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Your text is kept' })).toBeVisible({
    timeout: 10_000,
  })
  await expect(write).toHaveValue('I was just about to say')
  await docket.process.start()
  await docket.secondWindow()
  await page.bringToFront()
  await expect(page.getByText('Docket doesn’t answer')).toBeHidden()
  await page.getByRole('button', { name: /^Comment/ }).click()
  await expect(feed(page).getByRole('article')).toContainText('I was just about to say')
  await expect(write).toHaveValue('')
})

test('a refused change says why and changes nothing', async ({ page, docket }) => {
  const issue = await docket.create({ title: 'Careful' })
  await docket.open(`/issue/${issue.key}`)
  await page.getByRole('textbox', { name: 'Write a comment' }).fill('x'.repeat(1_100_000))
  await page.getByRole('button', { name: /^Comment/ }).click()
  await expect(page.getByRole('alert').filter({ hasText: '1 MiB' })).toBeVisible()
  await expect(feed(page).getByRole('article')).toHaveCount(0)
  expect((await docket.call('issues.get', { key: issue.key })).comments).toBe(0)
})

test('title and description are changed where they stand, and a change can be undone', async ({
  page,
  docket,
}) => {
  const issue = await docket.create({ title: 'Befor', priority: 'low' })
  await docket.open(`/issue/${issue.key}`)
  await page.getByRole('button', { name: 'Befor' }).click()
  await page.getByRole('textbox', { name: 'Title' }).fill('After')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'After' })).toBeVisible()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(page.getByRole('heading', { name: 'Befor' })).toBeVisible()

  await page.keyboard.press('d')
  await page.getByRole('textbox', { name: 'Description' }).fill('- one\n- two')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(page.getByRole('region', { name: 'Description' }).getByRole('listitem')).toHaveCount(2)
})
