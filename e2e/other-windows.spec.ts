import { expect, test } from './docket-test.ts'

/** How soon a change from elsewhere is to be seen. */
const soon = { timeout: 1_000 }

test('what a second window does is seen in the first within a second', async ({ page, docket }) => {
  await docket.create({ title: 'Seen by both' })
  await docket.open('/issues?q=is%3Aopen')
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
