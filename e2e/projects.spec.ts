import { expect, test } from './testing/docket-test.ts'

test('an issue is written into a new project, found by it, moved out, and the project is renamed', async ({
  page,
  docket,
}) => {
  await docket.create({ title: 'Of no project' })
  await docket.open('/issues?q=is%3Aopen')
  await page.getByRole('button', { name: 'New issue' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New issue' })
  await dialog.getByRole('textbox', { name: 'Title' }).fill('A broken link')
  await dialog.getByRole('button', { name: 'Project: none' }).click()
  await page.getByRole('combobox', { name: 'Project' }).fill('Web site')
  await page.getByRole('option', { name: 'Create project “Web site”' }).click()
  await expect(dialog.getByRole('button', { name: 'Project: Web site' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Create issue' }).click()
  await expect(dialog).toBeHidden()

  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Web site' }).click()
  await expect(page.getByRole('heading', { name: 'Web site' })).toBeVisible()
  await expect(page.getByRole('option')).toHaveCount(1)
  await expect(page.getByRole('option')).toContainText('Web site')
  await page.getByRole('option').click()
  const side = page.getByRole('complementary', { name: 'Properties' })
  await side.getByRole('button', { name: /Change project/ }).click()
  await page.getByRole('option', { name: 'No project' }).click()
  await expect(side.getByRole('button', { name: /Change project/ })).toContainText('None')
  const feed = page.getByRole('region', { name: 'Feed' })
  await feed.getByRole('button', { name: '2 events' }).click()
  await expect(feed).toContainText('moved this to the project Web site')
  await expect(feed).toContainText('took this out of the project Web site')

  await page.keyboard.press('g')
  await page.keyboard.press('p')
  const name = page.getByRole('textbox', { name: 'Name of the project Web site' })
  await name.fill('The site')
  await name.press('Enter')
  await expect(page.getByRole('navigation', { name: 'Workspace' })).toContainText('The site')
})
