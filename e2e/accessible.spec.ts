import { v7 as uuidv7 } from 'uuid'
import type { CommentId } from '#core/values/ids.ts'
import { expect, test } from './testing/docket-test.ts'
import { fillWithExample } from './testing/fill-with-example.ts'
import { fillWithInboxes } from './testing/fill-with-inboxes.ts'
import { noSeriousFindings } from './testing/no-serious-findings.ts'
import { startReceiver } from './testing/receiver.ts'
import { narrow } from './testing/shoot.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no view has a serious finding, ${colorScheme}`, async ({ page, docket, folder }) => {
    test.setTimeout(300_000)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.getByText('Nothing here yet')).toBeVisible()
    await noSeriousFindings(page, 'empty')
    const { issue, ada } = await fillWithExample(docket, folder)
    await docket.actAs(ada, {
      type: 'comment',
      issueId: issue.id,
      commentId: uuidv7() as CommentId,
      body: 'Deployed to the test pier',
    })

    const views: readonly (readonly [path: string, shown: string | RegExp])[] = [
      ['/issues?q=is%3Aopen', 'Two people can book the last seat at the same moment'],
      ['/issues?q=colour%3Ared', /colour/],
      ['/issues?q=nothing-like-this', 'No issue matches this filter'],
      ['/inbox', /test pier/],
      ['/inbox?show=done', 'Nothing is done yet'],
      ['/board', 'Two people can book the last seat at the same moment'],
      [`/issue/${issue.key}`, /unique key on/],
      ['/activity', /ago|today/i],
      [`/member/${ada}`, 'Ada Okafor'],
      ['/search?text=boat', /found/],
      ['/people-and-labels', 'People and labels'],
      ['/settings/team', /One command starts a server/],
      ['/conflicts', 'No conflicts'],
      ['/issue/DOC-9999', /There is no issue/],
    ]
    for (const [path, shown] of views) {
      await docket.open(path)
      await expect(page.getByRole('main').getByText(shown).first()).toBeVisible()
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
      await noSeriousFindings(page, path)
    }

    await docket.open('/issues?q=is%3Aopen')
    await expect(page.getByRole('option', { name: /last seat/ })).toBeVisible()
    const overlays: readonly (readonly [keys: string, name: string])[] = [
      ['c', 'New issue'],
      ['ControlOrMeta+k', 'Command palette'],
      ['?', 'Keyboard shortcuts'],
    ]
    for (const [keys, name] of overlays) {
      await page.keyboard.press(keys)
      await expect(page.getByRole('dialog', { name })).toBeVisible()
      await noSeriousFindings(page, name)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog', { name })).toBeHidden()
    }
    for (const name of ['Import issues…', 'Export…', 'Verify the log', 'Rebuild projections']) {
      await page.getByRole('button', { name: 'Workspace', exact: true }).click()
      await page.getByRole('menuitem', { name }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await noSeriousFindings(page, name)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toBeHidden()
    }
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('a')
    await expect(page.getByRole('combobox', { name: 'Assign to' })).toBeFocused()
    await noSeriousFindings(page, 'picker and selection')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')

    await page.setViewportSize(narrow)
    for (const path of ['/issues?q=is%3Aopen', '/board', `/issue/${issue.key}`]) {
      await docket.open(path)
      await expect(
        page
          .getByRole('main')
          .getByText(/last seat/)
          .first(),
      ).toBeVisible()
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
      await noSeriousFindings(page, `${path}, narrow`)
    }
    await page.getByRole('button', { name: 'Show properties' }).click()
    await expect(page.getByRole('dialog', { name: 'Properties' })).toBeVisible()
    await noSeriousFindings(page, 'properties as a sheet')
  })
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`nothing about inboxes and rules has a serious finding, ${colorScheme}`, async ({
    page,
    docket,
    folder,
  }) => {
    test.setTimeout(180_000)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const look = async (path: string, shown: string | RegExp) => {
      await docket.open(path)
      await expect(page.getByRole('main').getByText(shown).first()).toBeVisible()
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
      await noSeriousFindings(page, path)
    }
    await look('/deliveries', 'Nothing was delivered yet')
    await look('/rules', 'No rules yet')
    await look('/rules/new', 'Name')
    await look('/settings/nothing', 'There is no such section')

    const receiver = await startReceiver()
    await fillWithExample(docket, folder)
    await fillWithInboxes(docket, folder, receiver)
    for (const { name, title } of await docket.call('inboxes.list', {}))
      await look(`/settings/${name}`, name === 'sync' ? /^Team$/ : title)
    await docket.open('/settings/webhooks')
    await page.getByRole('button', { name: /^Build server/ }).click()
    await page.getByRole('button', { name: 'Replace' }).click()
    await page.getByRole('button', { name: 'Generate' }).click()
    await page.getByRole('textbox', { name: 'Address' }).fill('nowhere')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByText('Not saved: see what is marked above.')).toBeVisible()
    await noSeriousFindings(page, 'an endpoint with a mistake')
    await page.getByRole('button', { name: 'More for Webhooks' }).click()
    await page.getByRole('menuitem', { name: 'Look again from…' }).click()
    await noSeriousFindings(page, 'look again')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()

    await look('/deliveries', 'Per min')
    await page.locator('[data-row]').filter({ hasText: 'Dead' }).first().click()
    await expect(page.getByRole('table', { name: 'Attempts' })).toBeVisible()
    await noSeriousFindings(page, 'a delivery')
    await page.getByRole('button', { name: 'Discard all…' }).click()
    await noSeriousFindings(page, 'discard all')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()

    await look('/rules', 'Triage new bugs')
    await page.getByRole('main').getByRole('link', { name: 'Triage new bugs' }).click()
    await page.getByRole('button', { name: 'Try it' }).click()
    await expect(page.getByText(/would have acted|would not have acted/)).toBeVisible()
    await noSeriousFindings(page, 'a rule')
    await receiver.close()
  })
}
