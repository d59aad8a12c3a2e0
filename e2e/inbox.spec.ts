import type { Page } from '@playwright/test'
import { v7 as uuidv7 } from 'uuid'
import type { CommentId, IssueId, MemberId } from '#core/values/ids.ts'
import type { Docket, Made } from './testing/docket.ts'
import { expect, test } from './testing/docket-test.ts'

const rows = (page: Page) => page.getByRole('list', { name: 'Notices' }).getByRole('listitem')
const unread = (page: Page) => page.getByRole('link', { name: /^Inbox/ })
const commentOf = (issue: Made, body: string) => ({
  type: 'comment' as const,
  issueId: issue.id as IssueId,
  commentId: uuidv7() as CommentId,
  body,
})
const say = (docket: Docket, member: MemberId, issue: Made, body: string) =>
  docket.actAs(member, commentOf(issue, body))

type Shown = { title: string; body: string; tag: string; click(): void }

/** Stands in for the system's notifications, which a page can not look at; allowed from the start. */
async function watchNotifications(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown: unknown[] = []
    class Watched {
      static permission = 'granted'
      static requestPermission = async () => 'granted'
      onclick: (() => void) | null = null
      constructor(title: string, options: { body: string; tag: string }) {
        shown.push({ title, ...options, click: () => this.onclick?.() })
      }
      close(): void {}
    }
    Object.assign(window, { Notification: Watched, shown })
  })
}
const shownOn = (page: Page) =>
  page.evaluate(() =>
    (window as unknown as { shown: Shown[] }).shown.map(({ title, body }) => `${title}: ${body}`),
  )

test('a comment by another member is notified once, is in the inbox, and a click on the notification opens the issue', async ({
  page,
  docket,
}) => {
  test.skip(docket.host === 'electron', 'the desktop shows notifications past the window')
  await watchNotifications(page)
  await page.reload()
  const grace = await docket.addMember('Grace Hopper')
  const issue = await docket.create({ title: 'The last seat is sold twice' })
  await docket.comment(issue, 'My own words')
  await docket.open('/inbox')
  await expect(page.getByText('Nothing new')).toBeVisible()

  await say(docket, grace, issue, 'I can see it too')
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).toContainText(issue.key)
  await expect(rows(page)).toContainText('I can see it too')
  await expect(unread(page)).toHaveAccessibleName(/1 unread/)
  await expect(page).toHaveTitle('(1) Inbox · Docket')
  await expect.poll(() => shownOn(page)).toEqual([expect.stringContaining('I can see it too')])

  await page.evaluate(() => (window as unknown as { shown: Shown[] }).shown[0]?.click())
  await expect(page.getByRole('heading', { name: 'The last seat is sold twice' })).toBeVisible()
  await expect(page).toHaveTitle(`${issue.key} The last seat is sold twice · Docket`)
  await docket.open('/inbox')
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page).getByText(', unread')).toBeHidden()
  expect(await shownOn(page)).toHaveLength(1)
})

test('by keys alone: read, unread, done, undone, put off until later and taken back', async ({
  page,
  docket,
}) => {
  const grace = await docket.addMember('Grace Hopper')
  const [first, second] = (await docket.createAll([{ title: 'First' }, { title: 'Second' }])) as [Made, Made]
  await docket.actAs(grace, commentOf(first, 'About the first'), commentOf(second, 'About the second'))
  await docket.open('/issues')
  await expect(unread(page)).toHaveAccessibleName(/2 unread/)
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await expect(rows(page)).toHaveCount(2)
  // The newest is on top, and has the focus.
  await expect(rows(page).first().locator('[data-row]')).toBeFocused()
  await expect(rows(page).first()).toContainText('Second')

  await page.keyboard.press('u')
  await expect(unread(page)).toHaveAccessibleName(/1 unread/)
  await page.keyboard.press('u')
  await expect(unread(page)).toHaveAccessibleName(/2 unread/)

  await page.keyboard.press('e')
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).toContainText('First')
  await page.keyboard.press('Control+z')
  await expect(rows(page)).toHaveCount(2)
  await expect(unread(page)).toHaveAccessibleName(/2 unread/)

  await page.keyboard.press('j')
  await page.keyboard.press('h')
  await page.getByRole('menuitem', { name: 'Tomorrow at 9:00' }).press('Enter')
  await expect(rows(page)).toHaveCount(1)
  await page.getByRole('button', { name: 'Snoozed' }).click()
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).toContainText('until')
  await page.getByRole('button', { name: 'Inbox', exact: true }).click()
  await expect(rows(page)).toHaveCount(1)
  // The list of what is put off has one, too, and may still be there.
  await expect(rows(page)).toContainText('Second')
  await rows(page).first().locator('[data-row]').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Second' })).toBeVisible()
  await expect(unread(page)).toHaveAccessibleName(/^Inbox$/)
})

test('what is muted, or only concerns others, is not told', async ({ page, docket }) => {
  const grace = await docket.addMember('Grace Hopper')
  const issue = await docket.create({ title: 'Too loud' })
  const theirs = { id: uuidv7(), key: '' } as unknown as Made
  await docket.execute({ type: 'mute', issueId: issue.id })
  await docket.actAs(
    grace,
    commentOf(issue, 'On and on'),
    { type: 'create', issueId: theirs.id, title: 'None of your business' },
    commentOf(theirs, 'Talking to myself'),
  )
  const heard = await docket.create({ title: 'Of interest' })
  await say(docket, grace, heard, 'This you hear')
  await docket.open('/inbox')
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).toContainText('Of interest')
})
