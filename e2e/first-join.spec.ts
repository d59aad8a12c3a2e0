import { writeFile } from 'node:fs/promises'
import { expect, inviteSomebody, joinTeam, syncLine, test } from './testing/sync-test.ts'

test.use({ member: 'Nora Falk' })
test.skip(({ host }) => host !== 'web', 'two hosts side by side, each with a window')

const issues = 5_000
const commentsEach = 19
const day = 86_400_000

/** A tracker's history of 100,000 events, an issue a line, as Jira tells it. */
function longHistory(now: number): string {
  const person = { name: 'ada.okafor', displayName: 'Ada Okafor' }
  const time = (at: number) => new Date(at).toISOString().replace('Z', '+0000')
  const lines = Array.from({ length: issues }, (_, index) => {
    const created = now - 900 * day + index * 3_600_000
    const comments = Array.from({ length: commentsEach }, (_, number) => ({
      id: `${index * commentsEach + number}`,
      author: person,
      body: `Seen again on boat ${number}, after the ${index}th trip of the season; the log is attached.`,
      created: time(created + (number + 1) * 60_000),
    }))
    return JSON.stringify({
      id: `${index}`,
      key: `LONG-${index + 1}`,
      fields: {
        summary: `Trip ${index + 1} is booked twice`,
        created: time(created),
        updated: time(created),
        reporter: person,
        status: { name: 'Open' },
        labels: [],
        comment: { comments },
      },
      changelog: { histories: [] },
    })
  })
  return `${lines.join('\n')}\n`
}

test('a workspace of 100,000 events streams in while its issues are there to be read and worked on', async ({
  page,
  docket,
  server,
  ben,
}) => {
  test.setTimeout(400_000)
  const file = `${ben.docket.folder}-long.ndjson`
  await writeFile(file, longHistory(Date.now()))
  expect(await ben.docket.cli('import', file, '--format', 'jira')).toMatchObject({ code: 0 })
  await joinTeam(ben, await server.createWorkspace('Saltwater'), 'Ben’s laptop', 120_000)
  const invite = await inviteSomebody(ben, 'Member')

  await docket.open('/settings/team')
  await page.getByRole('textbox', { name: 'Invite' }).fill(invite)
  await page.getByRole('textbox', { name: 'Name of this device' }).fill('Nora’s laptop')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await docket.open('/issues')
  const here = async () => (await docket.call('issues.count', { query: '' })).total
  // While most of it is still to come, there is something to read, and work is recorded.
  await expect(page.getByRole('option', { name: /is booked twice/ }).first()).toBeVisible()
  await expect(page.getByRole('progressbar', { name: 'Sync' })).toBeVisible()
  const made = await docket.create({ title: 'Made while the rest comes' })
  await page
    .getByRole('option', { name: /is booked twice/ })
    .first()
    .click()
  await expect(page.getByRole('heading', { name: /is booked twice/ })).toBeVisible()
  expect(await here()).toBeLessThan(issues)

  await expect(syncLine(page, 'Up to date')).toBeVisible({ timeout: 120_000 })
  expect(await here()).toBe(issues + 1)
  const titleThere = async () =>
    (await ben.docket.call('issues.get', { key: made.id }).catch(() => undefined))?.title
  await expect.poll(titleThere, { timeout: 60_000 }).toBe('Made while the rest comes')
})
