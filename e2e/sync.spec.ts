import { randomUUID } from 'node:crypto'
import type { Rule } from '#core/rules/rule.ts'
import type { RuleCommand } from '#core/rules/rule-commands.ts'
import type { LabelId } from '#core/values/ids.ts'
import { expect, inviteSomebody, joinTeam, syncLine, syncNow, test } from './testing/sync-test.ts'

test.use({ member: 'Nora Falk' })
test.skip(({ host }) => host !== 'web', 'two hosts side by side, each with a window')

test('two windows join by invite, change the same while apart, and agree when they meet again', async ({
  page,
  docket,
  server,
  ben,
}) => {
  test.setTimeout(240_000)
  const nora = { page, docket }
  const issue = await docket.create({
    title: 'Two people can book the last seat',
    description: 'First line\n\nSecond line\n\nThird line',
  })
  await joinTeam(nora, await server.createWorkspace('Saltwater'), 'Nora’s laptop')
  const invite = await inviteSomebody(nora, 'Member')
  expect(invite).toMatch(/^docket-invite:/)
  await joinTeam(ben, invite, 'Ben’s laptop')
  await ben.docket.open('/issues')
  await expect(ben.page.getByRole('option', { name: /book the last seat/ })).toBeVisible()

  await server.stop()
  for (const each of [nora, ben]) await expect(syncLine(each.page, /^Sync: Offline/)).toBeVisible()
  const edits = [
    [nora, 'Two guests can book the last seat', 'First line, by Nora\n\nSecond line\n\nThird line'],
    [ben, 'The last seat can be booked twice', 'First line\n\nSecond line\n\nThird line, by Ben'],
  ] as const
  for (const [{ docket: own }, title, description] of edits) {
    await own.execute({ type: 'change_title', issueId: issue.id, title })
    await own.execute({ type: 'change_description', issueId: issue.id, description })
  }

  await server.start()
  // Who is away tries again ever more rarely: both are asked before either is looked at.
  for (const each of [nora, ben]) await syncNow(each.page)
  for (const each of [nora, ben]) {
    await each.docket.open('/conflicts')
    for (const field of ['Title', 'Description'])
      await expect(each.page.getByRole('article', { name: new RegExp(`^${field} of`) })).toBeVisible()
  }
  const description = page.getByRole('article', { name: /^Description of/ })
  await expect(description.getByText(', by Nora')).toBeVisible()
  await expect(description.getByText(', by Ben')).toBeVisible()

  const titles = async () =>
    await Promise.all(
      [nora, ben].map(async (each) => (await each.docket.call('issues.get', { key: issue.id })).title),
    )
  const [stood] = await titles()
  const other = edits.map(([, title]) => title).find((title) => title !== stood)
  await ben.page.getByRole('article', { name: /^Title of/ }).focus()
  await ben.page.keyboard.press('f')
  await expect(ben.page.getByRole('article', { name: /^Title of/ })).toBeHidden()
  await expect.poll(titles).toEqual([other, other])
  await expect(page.getByRole('article', { name: /^Title of/ })).toBeHidden()
  await page.getByRole('button', { name: 'Settled' }).click()
  await expect(page.getByRole('article', { name: /^Title of/ })).toContainText('Made again by Ben Okri')

  await description.waitFor({ state: 'detached' })
  await docket.open(`/issue/${issue.id}`)
  await page.getByRole('button', { name: '1 change had no effect' }).click()
  await page.getByRole('button', { name: /^Keep as it is: Description/ }).click()
  await expect(page.getByRole('button', { name: '1 change had no effect' })).toBeHidden()
  for (const each of [nora, ben]) {
    // Copies tell each other what they come to once nothing moves; who told it first hears of the other in a later round.
    await expect(async () => {
      await syncNow(each.page)
      await syncLine(each.page, 'Up to date').click()
      const agreed = each.page.getByText('Same as the server; 2 replicas agree')
      await agreed.waitFor({ timeout: 4_000 }).finally(() => each.page.keyboard.press('Escape'))
    }).toPass({ timeout: 60_000 })
  }
})

test('a label that two rename while apart, and a rule that one removes and one changes, can be had either way', async ({
  page,
  docket,
  server,
  ben,
}) => {
  test.setTimeout(240_000)
  const nora = { page, docket }
  const labelId = randomUUID() as LabelId
  const ruleId = randomUUID() as RuleCommand['ruleId']
  const rule = (days: number): Rule => ({
    name: 'Stale',
    when: { kind: 'idle', days },
    query: '',
    then: [{ type: 'comment', body: 'Still?' }],
  })
  await docket.execute({ type: 'create_label', labelId, name: 'bug', colour: '#cf5363' })
  await docket.execute({ type: 'add_rule', ruleId, rule: rule(7) })
  await joinTeam(nora, await server.createWorkspace('Saltwater'), 'Nora’s laptop')
  await joinTeam(ben, await inviteSomebody(nora, 'Member'), 'Ben’s laptop')
  await ben.docket.open('/people-and-labels')
  await expect(ben.page.getByText('bug', { exact: true }).first()).toBeVisible()

  await server.stop()
  for (const each of [nora, ben]) await expect(syncLine(each.page, /^Sync: Offline/)).toBeVisible()
  const names = ['defect', 'fault'] as const
  for (const [at, { docket: own }] of [nora, ben].entries())
    await own.execute({ type: 'rename_label', labelId, name: names[at] as string })
  await docket.execute({ type: 'remove_rule', ruleId })
  await ben.docket.execute({ type: 'change_rule', ruleId, rule: rule(30) })

  await server.start()
  for (const each of [nora, ben]) await syncNow(each.page)
  for (const each of [nora, ben]) {
    await each.docket.open('/conflicts')
    await expect(each.page.getByRole('article', { name: /^Name of/ })).toBeVisible()
    await expect(each.page.getByRole('article', { name: 'Definition of Stale' })).toContainText('30 days')
  }
  // Whose change has no effect hears of it, and is led to both sides.
  await ben.docket.open('/inbox')
  const notice = ben.page.getByRole('button', { name: /Stale.*removed the rule “Stale”/ })
  await expect(notice.getByRole('img', { name: 'Your change had no effect' })).toBeVisible()
  await notice.click()
  await expect(ben.page.getByRole('article', { name: 'Definition of Stale' })).toBeFocused()
  await ben.docket.open('/conflicts')
  const labelNames = async () =>
    await Promise.all(
      [nora, ben].map(async (each) => (await each.docket.call('labels.list', {})).map(({ name }) => name)),
    )
  const [[stood]] = (await labelNames()) as [[string], [string]]
  const other = names.find((name) => name !== stood) as string
  const card = ben.page.getByRole('article', { name: `Name of ${stood}` })
  await expect(card).toContainText(other)
  await card.focus()
  await ben.page.keyboard.press('f')
  await expect(ben.page.getByText(/^The name of .* is now/)).toBeVisible()
  await expect(card).toBeHidden()
  await expect.poll(labelNames).toEqual([[other], [other]])
  await expect(page.getByRole('article', { name: /^Name of/ })).toBeHidden()

  await page.getByRole('button', { name: 'Use this instead: Definition of Stale' }).click()
  await expect
    .poll(async () => (await ben.docket.call('rules.list', {})).map((each) => each.rule))
    .toEqual([rule(30)])
  await expect(ben.page.getByRole('article', { name: 'Definition of Stale' })).toBeHidden()
  await page.getByRole('button', { name: 'Settled' }).click()
  await expect(page.getByRole('article', { name: `Name of ${other}` })).toContainText(
    'Made again by Ben Okri',
  )
})

test('an owner gives roles, takes invites back and cuts a device off; leaving keeps everything', async ({
  page,
  docket,
  server,
  ben,
}) => {
  test.setTimeout(240_000)
  const nora = { page, docket }
  await docket.create({ title: 'Stays here' })
  await joinTeam(nora, await server.createWorkspace('Saltwater'), 'Nora’s laptop')
  await joinTeam(ben, await inviteSomebody(nora, 'Member'), 'Ben’s laptop')
  await inviteSomebody(nora, 'Reader')

  await expect(page.getByText('New reader')).toBeVisible()
  await page.getByRole('button', { name: 'Withdraw the invite: New reader' }).click()
  await expect(page.getByText('New reader')).toBeHidden()

  await page.getByRole('combobox', { name: 'Role of Ben Okri' }).selectOption('Reader')
  await expect(page.getByText('Ben Okri is now a reader')).toBeVisible()

  await page.getByRole('button', { name: /^Ben Okri/ }).click()
  await page.getByRole('button', { name: 'Revoke Ben’s laptop…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByRole('list', { name: 'Devices of Ben Okri' })).toBeHidden()
  await syncNow(ben.page)
  await expect(syncLine(ben.page, /^Sync: Refused/)).toBeVisible()
  await ben.docket.open('/issues')
  await expect(ben.page.getByRole('option', { name: /Stays here/ })).toBeVisible()

  await page.getByRole('button', { name: 'Leave the team…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
  await expect(page.getByRole('button', { name: 'Join', exact: true })).toBeVisible()
  await expect(syncLine(page, /^Sync:/)).toBeHidden()
  await docket.open('/issues')
  await expect(page.getByRole('option', { name: /Stays here/ })).toBeVisible()
})

test('what can not be joined says why, at the field, and keeps what was entered', async ({
  page,
  docket,
  server,
}) => {
  await docket.open('/settings/team')
  const join = page.getByRole('button', { name: 'Join', exact: true })
  const invite = page.getByRole('textbox', { name: 'Invite' })
  await join.click()
  await expect(page.getByText('Paste the invite that you were given.')).toBeVisible()
  await expect(invite).toBeFocused()
  await invite.fill('docket-invite:eyJ1Ijoi')
  await join.click()
  await expect(page.getByText(/not a whole invite/)).toBeVisible()

  await invite.fill('never-made-by-anybody')
  await page.getByRole('textbox', { name: 'Server' }).fill(server.url)
  await join.click()
  await expect(page.getByText('Not joined: see what is marked above.')).toBeVisible()
  await expect(invite).toHaveAttribute('aria-invalid', 'true')

  const whole = await server.createWorkspace('Saltwater')
  await invite.fill(whole)
  await page.getByRole('switch', { name: 'Encrypt end to end' }).click()
  await join.click()
  await expect(page.getByText(/^Tick that you have understood/)).toBeVisible()
  await server.stop()
  await page.getByRole('checkbox').check()
  await join.click()
  await expect(page.getByRole('textbox', { name: 'Server' })).toHaveAttribute('aria-invalid', 'true')
  await expect(invite).toHaveValue(whole)
})

test('a workspace is encrypted from its first event on; sync is paused by hand and goes on', async ({
  page,
  docket,
  server,
  ben,
}) => {
  test.setTimeout(240_000)
  const nora = { page, docket }
  await docket.create({ title: 'Only for the team' })
  await docket.open('/settings/team')
  await page.getByRole('switch', { name: 'Encrypt end to end' }).click()
  await page.getByRole('checkbox').check()
  await joinTeam(nora, await server.createWorkspace('Saltwater'), 'Nora’s laptop')
  await expect(page.getByText(/encrypted end to end: the server sees who/)).toBeVisible()

  const invite = await inviteSomebody(nora, 'Member')
  await ben.docket.open('/settings/team')
  await ben.page.getByRole('textbox', { name: 'Invite' }).fill(invite)
  await expect(ben.page.getByText(/treat it like a password/)).toBeVisible()
  await expect(ben.page.getByRole('switch', { name: 'Encrypt end to end' })).toBeDisabled()
  await joinTeam(ben, invite, 'Ben’s laptop')
  await ben.docket.open('/issues')
  await expect(ben.page.getByRole('option', { name: /Only for the team/ })).toBeVisible()

  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(syncLine(page, /^Sync: Paused/)).toBeVisible()
  await ben.docket.create({ title: 'Written while Nora paused' })
  await page.getByRole('button', { name: 'Resume' }).click()
  // A list that is open keeps its order: it is opened once the issue is here.
  await expect.poll(async () => (await docket.call('issues.count', { query: '"Nora paused"' })).total).toBe(1)
  await docket.open('/issues')
  await expect(page.getByRole('option', { name: /Written while Nora paused/ })).toBeVisible()
})

test('who says their e-mail address at joining is written to from then on', async ({
  page,
  docket,
  server,
  ben,
}) => {
  const nora = { page, docket }
  await joinTeam(nora, await server.createWorkspace('Saltwater'), 'Nora’s laptop')
  const invite = await inviteSomebody(nora, 'Member')
  await ben.docket.open('/settings/team')
  const address = ben.page.getByRole('textbox', { name: 'Your e-mail address' })
  await ben.page.getByRole('textbox', { name: 'Invite' }).fill(invite)
  await address.fill('ben@')
  await ben.page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(address).toBeFocused()
  await expect(address).toHaveAccessibleDescription(/not an address that mail can be sent to/)
  await address.fill('ben@example.org')
  await joinTeam(ben, invite, 'Ben’s laptop')
  await syncNow(ben.page)
  await syncNow(page)
  await docket.open('/people-and-labels')
  await expect(page.getByRole('textbox', { name: 'E-mail address of Ben Okri' })).toHaveValue(
    'ben@example.org',
  )
})
