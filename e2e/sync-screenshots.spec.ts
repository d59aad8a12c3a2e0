import { randomUUID } from 'node:crypto'
import type { Rule } from '#core/rules/rule.ts'
import type { RuleCommand } from '#core/rules/rule-commands.ts'
import type { LabelId } from '#core/values/ids.ts'
import { fillWithExample } from './testing/fill-with-example.ts'
import { noSeriousFindings } from './testing/no-serious-findings.ts'
import { inBothThemes, narrow, shoot, wide } from './testing/shoot.ts'
import { expect, inviteSomebody, joinTeam, syncLine, syncNow, test } from './testing/sync-test.ts'

test.use({ member: 'Nora Falk' })
test.skip(({ host }) => host !== 'web', 'two hosts side by side, each with a window')

const before = `Two guests who press **Book** within the same second both get the last seat.

1. Open the same trip in two browsers, with one seat left.
2. Press *Book* in both.
3. Both are told that they have the seat.

The check and the booking are two requests, so whoever is second must be refused by the table itself.

Nobody was hurt.`

const stale = (days: number): Rule => ({
  name: 'Ask after what nobody touched',
  when: { kind: 'idle', days },
  query: 'is:open -label:bug',
  then: [{ type: 'comment', body: 'Is this still so?' }],
})

test('the team and its conflicts can be shown, in light and in dark', async ({
  page,
  docket,
  folder,
  server,
  ben,
}) => {
  test.setTimeout(300_000)
  const nora = { page, docket }
  for (const each of [nora, ben]) {
    await each.page.emulateMedia({ reducedMotion: 'reduce' })
    await each.page.setViewportSize(wide)
  }
  const { issue } = await fillWithExample(docket, folder)
  await docket.execute({ type: 'change_description', issueId: issue.id, description: before })
  const ruleId = randomUUID() as RuleCommand['ruleId']
  await docket.execute({ type: 'add_rule', ruleId, rule: stale(7) })
  const labelId = (await docket.call('labels.list', {})).find(({ name }) => name === 'weather')?.id as LabelId
  await joinTeam(nora, await server.createWorkspace('Saltwater'), 'Nora’s laptop')
  const invite = await inviteSomebody(nora, 'Member')
  await ben.docket.open('/settings/team')
  await ben.page.getByRole('textbox', { name: 'Invite' }).fill(invite)
  await ben.page.getByRole('switch', { name: 'Encrypt end to end' }).click()
  await inBothThemes(ben.page, async (theme) => {
    await shoot(ben.page, `join-${theme}`)
    await noSeriousFindings(ben.page, `join, ${theme}`)
  })
  await ben.page.setViewportSize(narrow)
  await inBothThemes(ben.page, (theme) => shoot(ben.page, `join-narrow-${theme}`))
  await ben.page.setViewportSize(wide)
  await ben.page.getByRole('button', { name: 'Clear' }).click()
  await joinTeam(ben, invite, 'Ben’s laptop')

  await server.stop()
  for (const each of [nora, ben]) await expect(syncLine(each.page, /^Sync: Offline/)).toBeVisible()
  const edits = [
    [
      nora,
      before.replace('within the same second', 'at the same moment'),
      'Two guests can book the last seat',
    ],
    [
      ben,
      `${before.replace('hurt.', 'hurt, but one was angry.')}\n\nSeen on the ferry, too.`,
      'The last seat can be booked twice',
    ],
  ] as const
  for (const [{ docket: own }, description, title] of edits) {
    await own.execute({ type: 'change_description', issueId: issue.id, description })
    await own.execute({ type: 'change_title', issueId: issue.id, title })
  }
  await docket.execute({ type: 'rename_label', labelId, name: 'wind and weather' })
  await ben.docket.execute({ type: 'rename_label', labelId, name: 'storms' })
  await docket.execute({ type: 'remove_rule', ruleId })
  await ben.docket.execute({ type: 'change_rule', ruleId, rule: stale(30) })
  await ben.docket.transition(issue, 'resolve')
  await docket.transition(issue, 'stop')
  await server.start()
  for (const each of [ben, nora]) {
    await syncNow(each.page)
    await expect(syncLine(each.page, 'Up to date')).toBeVisible()
  }
  await docket.open('/conflicts')
  await expect(page.getByRole('article', { name: /^Title of/ })).toBeVisible()
  await inviteSomebody(nora, 'Reader')
  // The notices of what was just done are gone after a reload, and what others did is told in a moment.
  await page.reload()
  await expect(page.locator('[data-sonner-toast]')).toHaveCount(0, { timeout: 20_000 })

  for (const [size, suffix] of [
    [wide, ''],
    [narrow, '-narrow'],
  ] as const) {
    await page.setViewportSize(size)
    const shot = async (name: string) => {
      await inBothThemes(page, async (theme) => {
        await shoot(page, `${name}${suffix}-${theme}`)
        await noSeriousFindings(page, `${name}${suffix}, ${theme}`)
      })
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect.soft(sideways, `${name} ${suffix} scrolls sideways`).toBeLessThanOrEqual(0)
    }
    await docket.open('/settings/team')
    await expect(page.getByText('Open invites')).toBeVisible()
    await shot('team')
    await docket.open('/conflicts')
    await expect(page.getByRole('article', { name: /^Title of/ })).toBeVisible()
    await shot('conflicts')
    await docket.open(`/issue/${issue.key}`)
    await page.getByRole('button', { name: /changes had no effect/ }).click()
    await shot('issue-conflicts')
  }
  await page.setViewportSize(wide)
  await docket.open('/issues?q=is%3Aopen+sort%3Aupdated-desc')
  await syncLine(page, 'Up to date').click()
  await expect(page.getByRole('dialog', { name: 'Sync' })).toBeVisible()
  await inBothThemes(page, async (theme) => {
    await shoot(page, `sync-${theme}`)
    await noSeriousFindings(page, `sync, ${theme}`)
  })
})
