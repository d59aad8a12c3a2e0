import { expect, test } from './testing/docket-test.ts'

/** How soon a change from elsewhere is to be seen. */
const soon = { timeout: 1_000 }

test('what a second window does is seen in the first within a second', async ({ page, docket }) => {
  await docket.open('/issues?q=is%3Aopen')
  await docket.create({ title: 'Seen by both' })
  const rows = page.getByRole('listbox', { name: 'Issues' }).getByRole('option')
  await expect(rows).toHaveCount(1)
  const second = await docket.secondWindow()
  await second.docket.create({ title: 'From the other window' })
  await expect(rows.filter({ hasText: 'From the other window' })).toBeVisible(soon)
})

test('what the docket command does is seen in the window within a second', async ({ page, docket }) => {
  const issue = await docket.create({ title: 'Started from the terminal' })
  await docket.open(`/issue/${issue.key}`)
  await expect(page.getByRole('heading', { name: 'Started from the terminal' })).toBeVisible()
  expect(await docket.cli('do', issue.key, 'start')).toMatchObject({ code: 0 })
  await expect(page.getByRole('button', { name: 'Resolve', exact: true })).toBeVisible(soon)

  await docket.open('/issues?q=is%3Aopen')
  expect(await docket.cli('new', 'Written in the terminal')).toMatchObject({ code: 0 })
  await page.getByRole('button', { name: 'Order changed' }).click(soon)
  await expect(page.getByRole('option', { name: /Written in the terminal/ })).toBeVisible(soon)
})

test('while the host is away the window says so, and it catches up once the host is back', async ({
  page,
  docket,
  expectedErrors,
}) => {
  const host = docket.process
  test.skip(host === null, 'the desktop host is its window')
  // What the window was still loading when the host went away is missing too.
  expectedErrors.push(
    /WebSocket connection to .* failed/,
    /Failed to load resource: (net::ERR_CONNECTION_(RESET|REFUSED)|.* 401 )/,
  )
  await docket.open('/issues?q=is%3Aopen')
  await expect(page.getByText('Nothing here yet')).toBeVisible()

  await host?.stop()
  await expect(page.getByText('Docket doesn’t answer')).toBeVisible()
  expect(await docket.ask('app.info', {})).toMatchObject({ ok: false, error: { code: 'busy' } })

  await host?.start()
  // It says what to do, instead of trying for ever.
  await expect(page.getByText('Open the one that it printed')).toBeVisible()
  expect(await docket.ask('app.info', {})).toMatchObject({
    ok: false,
    error: { code: 'busy', message: expect.stringContaining('started again') },
  })
  // Its new address, opened anywhere in the same browser, lets the old window in again.
  const second = await docket.secondWindow()
  await expect(second.page.getByText('Nothing here yet')).toBeVisible()
  await expect(page.getByText('Open the one that it printed')).toBeHidden()
  await docket.create({ title: 'Written after the break' })
  await expect(page.getByRole('option', { name: /Written after the break/ })).toBeVisible()
})

test('a title that another window changed meanwhile is offered both ways, and neither is lost', async ({
  page,
  docket,
}) => {
  const issue = await docket.create({ title: 'As it was' })
  await docket.open(`/issue/${issue.key}`)
  const title = page.getByRole('heading', { level: 2 }).getByRole('button')
  const field = page.getByRole('textbox', { name: 'Title' })
  await title.click()
  await field.fill('Mine')
  await docket.execute({ type: 'change_title', issueId: issue.id, title: 'Theirs' })
  const choice = page.getByRole('region', { name: 'This was changed while you were writing.' })
  await expect(choice).toContainText('Theirs')
  await expect(choice).toContainText('Mine')
  // Neither Enter nor leaving decides.
  await field.press('Enter')
  await field.blur()
  await expect(choice).toBeVisible()
  await choice.getByRole('button', { name: 'Take theirs' }).click()
  await expect(title).toHaveText('Theirs')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(field).toHaveValue('Mine')
  await field.press('Enter')
  await expect(title).toHaveText('Mine')

  // Where the window did not know yet, the host refuses.
  expect(
    await docket.ask('commands.execute', {
      command: { type: 'change_title', issueId: issue.id, title: 'Late', base: 'Theirs' },
    }),
  ).toMatchObject({ ok: false, error: { code: 'text_changed', details: { theirs: 'Mine' } } })
})

test('a description and a comment that another window changed meanwhile are offered both ways', async ({
  page,
  docket,
}) => {
  const issue = await docket.create({ title: 'Twice written', description: 'First' })
  await docket.comment(issue, 'Said')
  await docket.open(`/issue/${issue.key}`)
  const choice = page.getByRole('region', { name: 'This was changed while you were writing.' })
  const description = page.getByRole('region', { name: 'Description' })
  await description.hover()
  await page.getByRole('button', { name: 'Edit description' }).click()
  const field = page.getByRole('textbox', { name: 'Description' })
  // Nothing typed yet: there is nothing to choose.
  await docket.execute({ type: 'change_description', issueId: issue.id, description: 'Second' })
  await expect(field).toHaveValue('Second')
  await field.fill('Mine')
  await docket.execute({ type: 'change_description', issueId: issue.id, description: 'Third' })
  await expect(choice).toContainText('Third')
  await expect(page.getByRole('button', { name: 'Save' })).toBeHidden()
  // A draft that was left knows what it began from.
  await field.press('Escape')
  await page.getByRole('button', { name: 'Continue' }).click()
  await choice.getByRole('button', { name: 'Keep mine' }).click()
  await expect(description).toContainText('Mine')

  const comment = page.getByRole('article', { name: /^Comment/ })
  await comment.hover()
  await comment.getByRole('button', { name: 'Edit comment' }).click()
  await page.getByRole('textbox', { name: 'Edit comment' }).fill('Said better')
  const feed = await docket.call('feed.page', { scope: { kind: 'issue', issueId: issue.id } })
  const commentId = feed.items.find((item) => item.comment !== null)?.comment?.id as never
  await docket.execute({ type: 'edit_comment', issueId: issue.id, commentId, body: 'Said elsewhere' })
  await expect(choice).toContainText('Said elsewhere')
  await choice.getByRole('button', { name: 'Take theirs' }).click()
  await expect(page.getByRole('textbox', { name: 'Edit comment' })).toHaveValue('Said elsewhere')
})
