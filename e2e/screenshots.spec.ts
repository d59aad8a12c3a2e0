import { v7 as uuidv7 } from 'uuid'
import type { Command } from '#core/commands.ts'
import type { CommentId, IssueId, MemberId } from '#core/values/ids.ts'
import type { Docket, Made } from './testing/docket.ts'
import { expect, test } from './testing/docket-test.ts'
import { fillWithExample } from './testing/fill-with-example.ts'
import { fillWithInboxes } from './testing/fill-with-inboxes.ts'
import { startReceiver } from './testing/receiver.ts'
import { inBothThemes, narrow, shoot, wide } from './testing/shoot.ts'

test.use({ member: 'Nora Falk' })

/** What a colleague does while Nora is away. */
async function othersAct(docket: Docket, issue: Made, ada: MemberId): Promise<void> {
  const me = (await docket.call('app.info', {})).me.id as MemberId
  const made = await docket.createAll([
    { title: 'Payment page shows yesterday’s exchange rate' },
    { title: 'Skipper app loses the passenger list when the phone locks, and nobody notices until boarding' },
    { title: 'Refund mails go out twice' },
  ])
  const say = (issueId: IssueId, body: string): Command => ({
    type: 'comment',
    issueId,
    commentId: uuidv7() as CommentId,
    body,
  })
  const [rate, list, mails] = made as [Made, Made, Made]
  await docket.actAs(
    ada,
    say(rate.id, 'The cache is never told of the new rate. I have a fix that drops it at midnight.'),
    say(list.id, 'Same on mine.'),
    say(list.id, 'It works with the screen kept awake.'),
    { type: 'assign', issueId: mails.id, memberId: me },
    say(issue.id, 'Deployed to the test pier. Could you try it with two phones?'),
  )
}

test('every view can be shown, in light and in dark', async ({ page, docket, folder }) => {
  test.setTimeout(300_000)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.setViewportSize(wide)
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  await inBothThemes(page, (theme) => shoot(page, `empty-${theme}`))
  const { issue, ada } = await fillWithExample(docket, folder)
  // The notices of what was just done are gone after a reload.
  await page.reload()

  const views: readonly (readonly [name: string, path: string, shown: string | RegExp])[] = [
    ['list', '/issues?q=is%3Aopen+sort%3Aupdated-desc', /last seat/],
    ['board', '/board', /last seat/],
    ['issue', `/issue/${issue.key}`, /unique key on/],
    ['activity', '/activity', /unique key on/],
    ['person', `/member/${ada}`, 'Ada Okafor'],
    ['search', '/search?text=book', /found/],
    ['people-and-labels', '/people-and-labels', 'People and labels'],
  ]
  for (const [size, suffix] of [
    [wide, ''],
    [narrow, '-narrow'],
  ] as const) {
    await page.setViewportSize(size)
    for (const [name, path, shown] of views) {
      await docket.open(path)
      await expect(page.getByRole('main').getByText(shown).first()).toBeVisible()
      if (name === 'issue') await expect(page.getByRole('main').locator('pre code').first()).toBeVisible()
      await inBothThemes(page, (theme) => shoot(page, `${name}${suffix}-${theme}`))
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect.soft(sideways, `${name} ${suffix} scrolls sideways`).toBeLessThanOrEqual(0)
    }
  }

  await page.setViewportSize(wide)
  await docket.open('/issues?q=is%3Aopen+sort%3Aupdated-desc')
  await expect(page.getByRole('option', { name: /last seat/ })).toBeVisible()
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').last().fill('book')
  await expect(page.getByRole('dialog').getByText(/last seat/)).toBeVisible()
  await inBothThemes(page, (theme) => shoot(page, `palette-${theme}`))
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('c')
  await page.getByRole('textbox', { name: 'Title' }).fill('Boats without a skipper can be booked')
  await page.getByRole('textbox', { name: 'Description' }).fill('Seen twice on **Saturday**.')
  await inBothThemes(page, (theme) => shoot(page, `new-issue-${theme}`))
})

test('inboxes and rules can be shown, in light and in dark', async ({ page, docket, folder }) => {
  test.setTimeout(300_000)
  const receiver = await startReceiver()
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.setViewportSize(wide)
  const { issue, ada } = await fillWithExample(docket, folder)
  await fillWithInboxes(docket, folder, receiver)
  await othersAct(docket, issue, ada)
  // The notices of what was just done are gone after a reload.
  await page.reload()
  for (const [size, suffix] of [
    [wide, ''],
    [narrow, '-narrow'],
  ] as const) {
    const shot = async (name: string) => {
      await inBothThemes(page, (theme) => shoot(page, `${name}${suffix}-${theme}`))
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect.soft(sideways, `${name} ${suffix} scrolls sideways`).toBeLessThanOrEqual(0)
    }
    const main = page.getByRole('main')
    await page.setViewportSize(size)
    await docket.open('/inbox')
    await expect(main.getByText(/test pier/)).toBeVisible()
    await shot('inbox')
    await docket.open('/settings/webhooks')
    await main.getByRole('button', { name: /^Build server/ }).click()
    await expect(main.getByRole('group', { name: 'Signing secret' })).toBeVisible()
    await shot('settings')
    await docket.open('/deliveries')
    await expect(main.getByRole('button', { name: /^Replay all/ })).toBeVisible()
    await main.locator('[data-row]').filter({ hasText: 'Dead' }).first().click()
    await shot('deliveries')
    await docket.open('/rules')
    await expect(main.getByRole('link', { name: 'Triage new bugs' })).toBeVisible()
    await shot('rules')
    await main.getByRole('link', { name: 'Triage new bugs' }).click()
    await expect(main.getByText(/^Matches/)).toBeVisible()
    await shot('rule')
  }
  await receiver.close()
})
