import { expect, test } from './testing/docket-test.ts'

test('the whole main job, from a new issue to its end, without touching the mouse', async ({
  page,
  docket,
}) => {
  await docket.addLabel('bug')
  await docket.addMember('Ada Lovelace')
  await docket.create({ title: 'First of all' })
  await expect(page.getByRole('option', { name: /First of all/ })).toBeVisible()
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())

  await press('c')
  await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused()
  await page.keyboard.type('Done by hand')
  await press('Tab')
  await page.keyboard.type('With *no* mouse.')
  await press('ControlOrMeta+Enter')
  const row = page.getByRole('option', { name: /Done by hand/ })
  await expect(row).toBeVisible()

  await press('g', 'g')
  await press('x')
  await expect(page.getByRole('toolbar', { name: 'Selected issues' })).toContainText('1 selected')
  await press('Escape')
  await expect(page.getByRole('toolbar', { name: 'Selected issues' })).toBeHidden()
  await press('Enter')
  await expect(page.getByRole('heading', { name: 'Done by hand' })).toBeVisible()

  /** Waits until Enter would take what was typed. */
  const chosen = (typed: string) =>
    expect(page.getByRole('option', { name: new RegExp(typed, 'i') }).first()).toHaveAttribute(
      'data-highlighted',
      '',
    )
  const pick = async (
    key: string,
    field: string,
    typed: string,
    closes: 'by itself' | 'by Escape' = 'by Escape',
  ) => {
    await press(key)
    await expect(page.getByRole('combobox', { name: field })).toBeFocused()
    await page.keyboard.type(typed)
    await chosen(typed)
    await press('Enter')
    // Where one alone can be chosen that was it; where several can, the picker stays for the next.
    if (closes === 'by itself') await expect(page.getByRole('combobox', { name: field })).toBeHidden()
    else await press('Escape')
    await expect(page.getByRole('combobox', { name: field })).toBeHidden()
  }
  const side = page.getByRole('complementary', { name: 'Properties' })
  await pick('a', 'Assign to', 'ada')
  await expect(side.getByRole('button', { name: /Change assignees/ })).toContainText('Ada Lovelace')
  await pick('l', 'Labels', 'bug')
  await expect(side.getByRole('button', { name: /Change labels/ })).toContainText('bug')
  await pick('Shift+P', 'Move to project', 'Website', 'by itself')
  await expect(side.getByRole('button', { name: /Change project/ })).toContainText('Website')
  await pick('p', 'Set priority', 'high', 'by itself')
  await expect(side.getByRole('button', { name: /Change priority/ })).toContainText('High')

  await press('Shift+L')
  const link = page.getByRole('combobox', { name: 'Issue to link to' })
  await expect(link).toBeFocused()
  await page.keyboard.type('First of')
  await expect(page.getByRole('option', { name: /First of all/ })).toBeVisible()
  await press('Enter')
  await expect(side.getByRole('region', { name: 'Links' })).toContainText('First of all')

  await press('m')
  const comment = page.getByRole('textbox', { name: 'Write a comment' })
  await expect(comment).toBeFocused()
  await page.keyboard.type('Typed, not clicked')
  await press('ControlOrMeta+Enter')
  await expect(page.getByRole('article')).toContainText('Typed, not clicked')
  await press('Escape')
  await expect(comment).not.toBeFocused()

  for (const [typed, status] of [
    ['start', 'In progress'],
    ['resolve', 'Resolved'],
    ['close', 'Closed'],
  ] as const) {
    await press('s')
    await expect(page.getByRole('combobox', { name: /status|move/i })).toBeFocused()
    await page.keyboard.type(typed)
    await chosen(typed)
    await press('Enter')
    await expect(page.getByRole('combobox', { name: /status|move/i })).toBeHidden()
    await expect(side.getByRole('button', { name: /Change status/ })).toContainText(status)
  }

  await press('g', 'a')
  await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Feed' })).toContainText('Done by hand')
  await press('g', 'b')
  await expect(page.getByRole('heading', { name: 'Board' })).toBeVisible()
  await expect(
    page.getByRole('region', { name: 'Closed, 1' }).getByRole('link', { name: /Done by hand/ }),
  ).toBeVisible()
})

test('what is written in a new issue is kept when the dialog is closed, and after a reload', async ({
  page,
  docket,
}) => {
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  await page.keyboard.press('c')
  const title = page.getByRole('textbox', { name: 'Title' })
  await title.fill('Half a thought')
  await page.keyboard.press('Escape')
  await expect(title).toBeHidden()
  await page.reload()
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  await page.keyboard.press('c')
  await expect(title).toHaveValue('Half a thought')

  await title.fill('')
  await page.getByRole('button', { name: /Create issue/ }).click()
  await expect(page.getByRole('alert')).toContainText('title')
  await title.fill('A whole thought')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('option', { name: /A whole thought/ })).toBeVisible()
  expect((await docket.call('issues.count', { query: '' })).total).toBe(1)
})
