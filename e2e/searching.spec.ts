import { expect, test } from './testing/docket-test.ts'

test('words found as they are typed lead to their issue', async ({ page, docket }) => {
  await docket.create({
    title: 'Connection errors after sleep',
    description: 'The laptop wakes and nothing syncs.',
  })
  await docket.create({ title: 'Dark theme flickers' })
  await page.keyboard.press('/')
  const field = page.getByRole('combobox', { name: 'Search issues' })
  await expect(field).toBeFocused()

  await field.pressSequentially('conn err')
  const found = page.getByRole('listbox', { name: 'Issues found' }).getByRole('option')
  await expect(found).toHaveCount(1)
  await expect(found.locator('mark').first()).toHaveText(/conn/i)

  await field.fill('wakes')
  await expect(found).toContainText('in the description')
  await field.fill('no such words')
  await expect(page.getByText('Nothing found')).toBeVisible()
  await field.fill('flick')
  await expect(found).toContainText('Dark theme flickers')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Dark theme flickers' })).toBeVisible()
})
