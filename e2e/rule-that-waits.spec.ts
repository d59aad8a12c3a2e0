import { expect, test } from './testing/docket-test.ts'

const soon = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

test('a rule that would act on many issues waits and asks; what is answered is what happens', async ({
  page,
  docket,
}) => {
  await docket.addLabel('near')
  await docket.createAll(Array.from({ length: 21 }, (_, at) => ({ title: `Seat ${at}`, dueDate: soon(1) })))
  for (const [name, label, answer] of [
    ['Near', 'near', 'Leave them alone'],
    ['Nearer', 'near', 'Act on 21 issues'],
  ] as const) {
    expect(
      await docket.cli('rule', 'add', '--name', name, '--when', 'due:30d', '--then', `label:${label}`),
    ).toMatchObject({ code: 0 })
    await docket.open('/rules')
    const question = page.getByRole('region', { name: `${name} waits`, exact: true })
    await expect(question).toContainText('It would act on 21 issues at once, so it waits.')
    await question.getByRole('button', { name: 'Look first' }).click()
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue(name)
    await question.getByRole('button', { name: answer }).click()
    await expect(question).toBeHidden()
    const acts = answer.startsWith('Act')
    await expect
      .poll(async () => (await docket.call('issues.count', { query: 'label:near' })).total)
      .toBe(acts ? 21 : 0)
  }
})

test('a label that a rule asks for and that is not there is offered, and made', async ({ page, docket }) => {
  await docket.createAll([{ title: 'Seat 1' }])
  await docket.open('/rules/new')
  const query = page.getByRole('combobox', { name: /The issue matches/ })
  await query.fill('is:open label:stale')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Make the label “stale”' }).click()
  await expect(page.getByText('Matches 0 issues now.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Make the label “stale”' })).toBeHidden()
  expect((await docket.call('labels.list', {})).map(({ name }) => name)).toEqual(['stale'])
})
