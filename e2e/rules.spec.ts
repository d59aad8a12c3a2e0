import type { Page } from '@playwright/test'
import { expect, test } from './testing/docket-test.ts'
import { noFindings } from './testing/no-serious-findings.ts'

const field = (page: Page, name: string) => page.getByRole('textbox', { name })
const query = (page: Page) => page.getByRole('combobox', { name: /The issue matches/ })
const list = (page: Page) => page.getByRole('region', { name: 'Rules' }).getByRole('listitem')

test('a rule is written, tried over the past and added; what it then does is what the dry run said', async ({
  page,
  docket,
}) => {
  await docket.addLabel('triage')
  await docket.create({ title: 'The cart empties itself', priority: 'high' })
  await docket.create({ title: 'A comma is missing' })
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await expect(page.getByText('No rules yet')).toBeVisible()
  await page.getByRole('button', { name: 'New rule' }).click()
  await field(page, 'Name').fill('Pressing')
  await query(page).fill('is:open priority:>=high')
  await expect(page.getByText('Matches 1 issue now.')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add action' }).click()
  await expect(page.getByRole('button', { name: /Label: triage/ })).toBeVisible()
  await page.getByRole('button', { name: 'Add action' }).click()
  await page.getByRole('combobox', { name: 'Action 2' }).selectOption('Comment')
  await field(page, 'Comment').fill('{{issue.key}} is looked at today.')

  await page.getByRole('button', { name: 'Try it' }).click()
  const tried = page.getByRole('region', { name: 'What it would have done' })
  await expect(tried).toContainText('It would have acted on 1 issue.')
  // Two places of one name can't be told apart.
  await noFindings(page, 'the rule form after a dry run')
  await expect(tried.getByRole('listitem')).toContainText('The cart empties itself')
  await expect(tried.getByRole('listitem')).toContainText('add the label triage')

  await page.getByRole('button', { name: 'Add rule' }).click()
  await expect(list(page)).toHaveCount(1)
  await expect(list(page)).toContainText(
    /When created, if is:open priority:>=high, then add the label triage and comment “\{\{issue\.key\}\} is looked at today\.”\./,
  )
  const next = await docket.create({ title: 'Nobody can pay', priority: 'urgent' })
  const other = await docket.create({ title: 'Another comma' })
  await docket.open(`/issue/${next.key}`)
  await expect(page.getByText(`${next.key} is looked at today.`)).toBeVisible()
  await expect(page.getByText(/by rule “Pressing”, because .* created this issue/).first()).toBeVisible()
  expect((await docket.call('issues.get', { key: other.key })).labels).toEqual([])
})

test('what is wrong with a rule is said where it is, and what was entered waits', async ({
  page,
  docket,
}) => {
  await docket.open('/rules/new')
  await page.getByRole('button', { name: 'Add rule' }).click()
  await expect(field(page, 'Name')).toBeFocused()
  await field(page, 'Name').fill('Stale')
  await page.getByRole('combobox', { name: 'Kind of occasion' }).selectOption('Nothing happens to an issue')
  await page.getByRole('button', { name: 'Add rule' }).click()
  await expect(page.getByText('Add at least one thing to do.')).toBeVisible()
  await page.getByRole('button', { name: 'Add action' }).click()
  await page.getByRole('combobox', { name: 'Action 1' }).selectOption('Comment')
  await field(page, 'Comment').fill('Hello {{issue.nothing}}')
  await page.getByRole('button', { name: 'Add rule' }).click()
  await expect(page.getByRole('alert').filter({ hasText: '{{issue.nothing}}' })).toBeVisible()
  await field(page, 'Comment').fill('Is {{issue.title}} still wanted?')
  await query(page).fill('is:open assignee:@me')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add rule' }).click()
  await expect(query(page)).toHaveAccessibleDescription(/can not ask for @me/)

  await docket.open('/board')
  await docket.open('/rules')
  await page.getByRole('link', { name: 'Go on with the rule that you began' }).click()
  await expect(field(page, 'Comment')).toHaveValue('Is {{issue.title}} still wanted?')
  await expect(field(page, 'Days without a change')).toHaveValue('14')
  await query(page).fill('is:open')
  await page.keyboard.press('ControlOrMeta+s')
  await expect(list(page)).toContainText('When nothing happened for 14 days')
})

test('a rule is switched off and on, changed, removed, and brought back as it was', async ({
  page,
  docket,
}) => {
  const labelId = await docket.addLabel('triage')
  const ruleId = '0193c0de-0000-7000-8000-000000000001' as never
  await docket.execute({
    type: 'add_rule',
    ruleId,
    rule: {
      name: 'Triage',
      when: { kind: 'event', types: ['created'] },
      query: '',
      then: [{ type: 'label', labelId }],
    },
  })
  const known = async () => await docket.call('rules.list', {})
  await docket.open('/rules')
  await page.getByRole('switch', { name: 'Triage is on' }).click()
  await expect.poll(known).toMatchObject([{ enabled: false }])
  await list(page).getByRole('link', { name: 'Triage' }).click()
  await field(page, 'Name').fill('Sorting')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(list(page)).toContainText('Sorting')
  await page.getByRole('button', { name: 'More for Sorting' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await expect(page.getByText('No rules yet')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(list(page)).toContainText('Sorting')
  await expect.poll(known).toMatchObject([{ id: ruleId, enabled: false, rule: { name: 'Sorting' } }])
})
