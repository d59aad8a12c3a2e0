import { expect, test } from './testing/docket-test.ts'

test('the palette finds issues, actions and places', async ({ page, docket }) => {
  await docket.addLabel('hardware')
  await docket.createAll([{ title: 'Printer is on fire' }, { title: 'Scanner hums' }])
  await docket.open('/issues?q=is%3Aopen')
  await expect(page.getByRole('option', { name: /Scanner hums/ })).toBeVisible()

  await page.keyboard.press('ControlOrMeta+k')
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  const field = palette.getByRole('combobox')
  await expect(field).toBeFocused()
  await expect(palette.getByRole('option', { name: /New issue/ })).toContainText('C')
  await field.fill('fire')
  await expect(palette.getByRole('option', { name: /Printer is on fire/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Printer is on fire' })).toBeVisible()

  await page.keyboard.press('ControlOrMeta+k')
  await field.fill('go board')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Board' })).toBeVisible()

  await page.keyboard.press('ControlOrMeta+k')
  await field.fill('hardware')
  await palette.getByRole('option', { name: /hardware label/ }).click()
  await expect(page.getByRole('heading', { name: 'hardware' })).toBeVisible()

  // Issues arrive after labels and people; the mark is on the first line all the same.
  await docket.create({ title: 'Hardware is late' })
  await page.keyboard.press('ControlOrMeta+k')
  await field.pressSequentially('hardware')
  await expect(palette.getByRole('option', { name: /Hardware is late/ })).toHaveAttribute(
    'aria-selected',
    'true',
  )
  await page.keyboard.press('ArrowDown')
  await expect(palette.getByRole('option', { name: /Hardware is late/ })).toHaveAttribute(
    'aria-selected',
    'false',
  )
  await page.keyboard.press('Escape')
  await expect(palette).toBeHidden()
})

test('every key is on one sheet', async ({ page }) => {
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(sheet).toContainText('Open the command palette')
  await expect(sheet).toContainText('Move the card right')
  await page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
})

test('the theme is switched by a key and remembered', async ({ page }) => {
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const before = await ground()
  await page.keyboard.press('ControlOrMeta+Shift+L')
  await expect.poll(ground).not.toBe(before)
  const dark = await ground()
  await page.reload()
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  expect(await ground()).toBe(dark)
})
