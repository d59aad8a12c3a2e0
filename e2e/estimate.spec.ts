import { expect, test } from './testing/docket-test.ts'

test('estimates are set beside an issue, shown with their unit and added up above lists and columns', async ({
  page,
  docket,
}) => {
  const first = await docket.create({ title: 'Small', estimate: 2 })
  const second = await docket.create({ title: 'Large' })
  await docket.open(`/issue/${second.key}`)
  const field = page.getByRole('spinbutton', { name: 'Estimate' })
  await field.fill('5.5')
  await field.press('Enter')
  await expect.poll(async () => (await docket.call('issues.get', { key: second.key })).estimate).toBe(5.5)

  await docket.open('/board')
  const open = page.getByRole('region', { name: 'Open, 2' })
  await expect(open.getByRole('heading')).toContainText('7.5 points')
  await expect(open.getByRole('link', { name: /Small/ })).toContainText('2 points')
  await docket.open('/issues')
  await expect(page.getByRole('banner').or(page.locator('header')).first()).toContainText('7.5 points')

  await docket.call('commands.execute', {
    command: { type: 'choose_unit', field: 'estimate', unit: 'hours' },
  })
  await expect(page.locator('header').first()).toContainText('7.5 h')
  await docket.transition(first, 'close')
  await docket.open('/board')
  await expect(page.getByRole('region', { name: 'Open, 1' }).getByRole('heading')).toContainText('5.5 h')
})
