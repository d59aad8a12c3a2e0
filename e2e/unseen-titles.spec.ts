import { expect, test } from './testing/docket-test.ts'

test('a title with nothing to see in it is refused by a sentence, and what stood stays', async ({
  page,
  docket,
}) => {
  const issue = await docket.create({ title: 'Seen' })
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog', { name: 'New issue' })
  await dialog.getByRole('textbox', { name: 'Title' }).fill('\u200b\u3164')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(dialog.getByRole('alert')).toBeVisible()
  await expect(dialog.getByRole('textbox', { name: 'Title' })).toBeFocused()
  expect((await docket.call('issues.count', { query: '' })).total).toBe(1)

  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await docket.open(`/issue/${issue.key}`)
  await page.getByRole('button', { name: 'Seen', exact: true }).click()
  await page.getByRole('textbox', { name: 'Title' }).fill('\u2800')
  await page.keyboard.press('Enter')
  // As with one that was emptied, the old one is back.
  await expect(page.getByRole('heading', { name: 'Seen' })).toBeVisible()
  expect((await docket.call('issues.get', { key: issue.key })).title).toBe('Seen')
})
