import { expect, test } from './testing/docket-test.ts'

test.beforeEach(async ({ docket }) => {
  const bug = await docket.addLabel('bug')
  const me = (await docket.call('app.info', {})).me.id as never
  const [, , closed] = await docket.createAll([
    { title: 'Export loses umlauts', labels: [bug], priority: 'high', assignees: [me] },
    { title: 'Paste strips newlines', labels: [bug], priority: 'low' },
    { title: 'Old printer driver', labels: [bug], priority: 'urgent' },
    { title: 'Write a changelog' },
  ])
  if (closed) await docket.transition(closed, 'close')
  await docket.open('/issues?q=is%3Aopen')
})

test('a typed filter narrows the list, and the list says what it is', async ({ page }) => {
  const rows = page.getByRole('listbox', { name: 'Issues' }).getByRole('option')
  await expect(rows).toHaveCount(3)

  await page.keyboard.press('f')
  const field = page.getByRole('combobox', { name: 'Filter issues' })
  await expect(field).toBeFocused()
  await field.fill('is:open label:bug')
  await expect(rows).toHaveCount(2)
  await expect(page.getByRole('heading', { name: 'bug', level: 1 })).toBeVisible()

  await field.fill('is:open label:bug priority:>=high assignee:@me')
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('Export loses umlauts')

  await field.fill('-label:bug')
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('Write a changelog')

  await field.fill('"strips newlines"')
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('Paste strips newlines')
})

test('Escape closes the suggestions and takes nothing of what was typed', async ({ page }) => {
  await page.keyboard.press('f')
  const field = page.getByRole('combobox', { name: 'Filter issues' })
  await field.fill('is:open label:')
  await expect(page.getByRole('option', { name: 'bug' }).first()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(field).toHaveAttribute('aria-expanded', 'false')
  await expect(field).toHaveValue('is:open label:')
})

test('a mistake in a filter is named at its place, and the last list stays', async ({ page }) => {
  const rows = page.getByRole('listbox', { name: 'Issues' }).getByRole('option')
  await expect(rows).toHaveCount(3)
  const field = page.getByRole('combobox', { name: 'Filter issues' })
  await field.fill('is:open colour:red')
  const filter = page.getByRole('search', { name: 'Filter' })
  await expect(filter.getByRole('alert')).toContainText('colour')
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await expect(filter.locator('mark')).toHaveText(/colour/)

  await field.fill('is:open')
  await expect(filter.getByRole('alert')).toBeHidden()
  await expect(rows).toHaveCount(3)
})

test('menus write the filter, and a filter that finds nothing says so', async ({ page }) => {
  const rows = page.getByRole('listbox', { name: 'Issues' }).getByRole('option')
  await page.getByRole('button', { name: 'Filter by priority' }).click()
  await page.getByRole('option', { name: 'Low', exact: true }).click()
  await expect(rows).toHaveCount(1)
  await expect(page.getByRole('combobox', { name: 'Filter issues' })).toHaveValue(/priority:low/)

  await page.getByRole('button', { name: 'Filter by status' }).click()
  await page.getByRole('option', { name: 'Resolved', exact: true }).click()
  await expect(page.getByText('No issue matches this filter')).toBeVisible()
  await page.getByRole('button', { name: 'Show all open issues' }).click()
  await expect(rows).toHaveCount(3)
})

test('the filter is in the address, so a reload shows the same list', async ({ page }) => {
  await page.getByRole('combobox', { name: 'Filter issues' }).fill('label:bug is:closed')
  const rows = page.getByRole('listbox', { name: 'Issues' }).getByRole('option')
  await expect(rows).toHaveCount(1)
  await page.reload()
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('Old printer driver')
})
