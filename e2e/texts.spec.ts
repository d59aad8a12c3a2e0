import { expect, test } from './testing/docket-test.ts'

test('line breaks of a description and a comment are kept, in code and lists too', async ({
  page,
  docket,
}) => {
  const issue = await docket.create({
    title: 'Broken lines',
    description: 'Kind regards\nAda\n\n- one\n  still one\n\n```\ncode\nmore\n```',
  })
  await docket.comment(issue, 'first @nobody\nsecond **bold\nthird**')
  await docket.open(`/issue/${issue.key}`)
  const description = page.getByRole('region', { name: 'Description' })
  await expect(description.locator('p').first()).toBeVisible()
  expect(await description.locator('p').first().innerText()).toBe('Kind regards\nAda')
  expect(await description.locator('li').innerText()).toBe('one\nstill one')
  await expect(description.locator('pre br')).toHaveCount(0)
  const comment = page.getByRole('article', { name: /^Comment/ }).locator('p')
  expect(await comment.innerText()).toBe('first @nobody\nsecond bold\nthird')
})

test('each text is laid out by its own direction', async ({ page, docket }) => {
  const issue = await docket.create({
    title: 'שגיאה ב-parser: קריסה!',
    description: 'כותרת קצרה!\n\nAn English paragraph.\n\n- פריט\n- item\n\n> ציטוט\n\n`code` ואז עברית',
  })
  await docket.open(`/issue/${issue.key}`)
  const rightToLeft = (selector: string) =>
    page
      .locator(selector)
      .evaluateAll((all) => all.map((element) => getComputedStyle(element).direction === 'rtl'))
  const description = page.getByRole('region', { name: 'Description' })
  await expect(description.locator('p')).toHaveCount(4)
  expect(await rightToLeft('section[aria-label="Description"] p')).toEqual([true, false, true, true])
  expect(await rightToLeft('section[aria-label="Description"] li')).toEqual([true, false])
  expect(await rightToLeft('section[aria-label="Description"] blockquote')).toEqual([true])
  expect(await rightToLeft('section[aria-label="Description"] code')).toEqual([false])
  expect(await rightToLeft('h2:has-text("parser")')).toEqual([true])

  // The mark of an item stands within the text's measure, on the side where its line begins.
  const [item, list] = await Promise.all([
    description.locator('li').first().boundingBox(),
    description.locator('ul').boundingBox(),
  ])
  expect((list?.x ?? 0) + (list?.width ?? 0) - ((item?.x ?? 0) + (item?.width ?? 0))).toBeGreaterThan(15)

  await page.getByRole('button', { name: /parser/ }).click()
  await expect(page.getByRole('textbox', { name: 'Title' })).toHaveCSS('direction', 'rtl')
  await page.keyboard.press('Escape')
  const box = page.getByRole('textbox', { name: 'Write a comment' })
  await box.fill('שלום')
  await expect(box).toHaveCSS('direction', 'rtl')

  await docket.open('/issues?q=is%3Aopen')
  await expect(page.getByRole('option').getByText('parser')).toHaveCSS('direction', 'rtl')
  await docket.open('/board')
  await expect(page.locator('[data-card]').getByText('parser')).toHaveCSS('direction', 'rtl')
})

test('a text that would hold up the window is laid out aside, or shown as it was typed', async ({
  page,
  docket,
}) => {
  const deep = await docket.create({ title: 'Deep', description: '- '.repeat(3_000) })
  const wide = await docket.create({ title: 'Wide', description: 'a\n=\n'.repeat(400) })
  await docket.comment(deep, `${'> '.repeat(200)}far in`)
  await docket.comment(deep, 'said **plainly**')
  await docket.open(`/issue/${deep.key}`)
  const description = page.getByRole('region', { name: 'Description' })
  await expect(description.getByText('Shown as it was typed')).toBeVisible()
  await expect(description.getByText('- - - - -')).toBeVisible()
  await expect(
    page.getByRole('article', { name: /^Comment/ }).getByText('Shown as it was typed'),
  ).toBeVisible()
  await expect(page.locator('strong', { hasText: 'plainly' })).toBeVisible()
  await docket.open(`/issue/${wide.key}`)
  await expect(description.locator('h3')).toHaveCount(400)
})
