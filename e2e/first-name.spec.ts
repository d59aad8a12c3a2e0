import { expect, test } from './testing/docket-test.ts'
import { noSeriousFindings } from './testing/no-serious-findings.ts'

test.use({ named: false })

test('at the first run the window asks what the person is called, and the first issue is theirs', async ({
  page,
  docket,
}) => {
  const question = page.getByRole('form', { name: 'Your name' })
  await expect(question).toBeVisible()
  await noSeriousFindings(page, 'the first run')
  await question.getByRole('textbox').fill('Ada Lovelace')
  await question.getByRole('textbox').press('Enter')
  await expect(question).toBeHidden()
  const issue = await docket.create({ title: 'The first one' })
  await docket.open(`/issue/${issue.key}`)
  await expect(page.getByRole('region', { name: 'Feed' })).toContainText('Ada Lovelace created')
})
