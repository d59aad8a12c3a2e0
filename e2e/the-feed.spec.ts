import { expect, test } from './testing/docket-test.ts'

test('the workspace feed goes on as one scrolls, to where it began', async ({ page, docket }) => {
  await docket.createAll(Array.from({ length: 160 }, (_, index) => ({ title: `Feed issue ${index + 1}` })))
  const first = await docket.create({ title: 'The newest one' })
  for (let turn = 0; turn < 8; turn++)
    await docket.comment(first, `Remark ${turn}\n\n${'More to read. '.repeat(40)}`)
  await docket.open('/activity')
  const feed = page.getByRole('region', { name: 'Feed' })
  await expect(feed.getByRole('article').first()).toContainText('Remark 7')

  const end = page.getByText('That is where it began.')
  await feed.hover()
  await expect(async () => {
    await page.mouse.wheel(0, 4_000)
    await expect(end).toBeInViewport({ timeout: 300 })
  }).toPass()
})

test('small changes of one person fold into a line that opens', async ({ page, docket }) => {
  const { id: issueId } = await docket.create({ title: 'Much fiddled with' })
  for (const priority of ['low', 'high', 'urgent'] as const)
    await docket.execute({ type: 'change_priority', issueId, priority })
  await docket.execute({ type: 'change_due_date', issueId, dueDate: '2027-03-03' })
  await docket.open('/activity')
  const toggle = page.getByRole('region', { name: 'Feed' }).getByRole('button', { name: /\d+ events/ })
  await toggle.click()
  await expect(toggle).toHaveAttribute('aria-expanded', 'true')
  await expect(page.getByRole('region', { name: 'Feed' })).toContainText('Urgent')
})

test('a person’s own feed tells what they did, and nothing else', async ({ page, docket }) => {
  const ada = await docket.addMember('Ada Lovelace')
  await docket.create({ title: 'For Ada', assignees: [ada] })
  const me = (await docket.call('app.info', {})).me
  await docket.open(`/member/${me.id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(me.name)
  await expect(page.getByRole('region', { name: 'Feed' })).toContainText('For Ada')

  await page
    .getByRole('navigation', { name: 'Workspace' })
    .getByRole('link', { name: /Ada Lovelace/ })
    .click()
  await expect(page.getByRole('heading', { name: 'Ada Lovelace' })).toBeVisible()
  await expect(page.getByText('1 open issue')).toBeVisible()
  await expect(page.getByText('Nothing has happened here yet')).toBeVisible()
})

test('the history strip jumps to a moment', async ({ page, docket }) => {
  await docket.createAll([{ title: 'One' }, { title: 'Two' }])
  await docket.open('/activity')
  const strip = page.getByRole('slider', { name: /History: \d+ events/ })
  await strip.focus()
  await page.keyboard.press('Home')
  await expect(strip).toHaveAttribute('aria-valuetext', /created|changed/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Feed' })).toContainText('Two')
})
