import { expect, test } from './testing/docket-test.ts'

test('an empty workspace says how to begin', async ({ page }) => {
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  await expect(page.getByRole('main').getByRole('button', { name: 'New issue' })).toBeVisible()
  await expect(page.getByRole('main').getByRole('button', { name: 'Import issues…' })).toBeVisible()
})

test('an issue that is not there, and a place that is not there, lead on', async ({ page, docket }) => {
  await docket.open('/issue/DOC-999')
  await expect(page.getByText('There is no issue DOC-999 here')).toBeVisible()
  await page.getByRole('button', { name: 'Search for it' }).click()
  await expect(page.getByRole('combobox', { name: 'Search issues' })).toHaveValue('DOC-999')
  await docket.open('/nowhere')
  await expect(page.getByText('There is nothing at this address')).toBeVisible()
  await docket.open('/member/00000000-0000-7000-8000-000000000000')
  await expect(page.getByText('Nobody here has this address')).toBeVisible()
})

test('text that looks like markup stays text', async ({ page, docket }) => {
  const title = '<img src=x onerror=alert(1)> <script>alert(2)</script>'
  const description =
    '<script>alert(3)</script> [link](javascript:alert(4)) ![](http://127.0.0.1:9/pixel.png) <b onclick="alert(5)">b</b>'
  const issue = await docket.create({ title, description })
  await docket.comment(issue, '<iframe src="http://127.0.0.1:9/"></iframe> said')
  await docket.open(`/issue/${issue.key}`)
  await expect(page.getByRole('heading', { name: title })).toBeVisible()
  await expect(page.getByRole('article')).toContainText('said')
  const loose = page.locator(
    'main script, main iframe, main [onclick], main [onerror], main a[href^="javascript"], main img[src^="http"]',
  )
  await expect(loose).toHaveCount(0)
})

test('very long words and very many labels break no view', async ({ page, docket }) => {
  const labels = []
  for (let index = 0; index < 12; index++)
    labels.push(await docket.addLabel(`label-with-a-long-name-${index}`))
  const issue = await docket.create({ title: 'W'.repeat(480), description: 'v'.repeat(4_000), labels })
  await docket.comment(issue, 'u'.repeat(3_000))
  for (const place of ['/issues', '/board', '/activity', `/issue/${issue.key}`, '/search?text=w']) {
    await docket.open(place)
    await expect(
      page
        .getByRole('main')
        .getByText(/W{20}|u{20}/)
        .first(),
    ).toBeVisible()
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(sideways, `${place} scrolls sideways`).toBeLessThanOrEqual(0)
  }
})
