import type { Page } from '@playwright/test'
import { v7 as uuidv7 } from 'uuid'
import type { CommentId } from '#core/values/ids.ts'
import type { Docket, Made } from './testing/docket.ts'
import { expect, test } from './testing/docket-test.ts'

type Line = { readonly id: string; readonly keys: readonly string[]; readonly views: readonly string[] }

/** What the sheet of shortcuts names, and where. */
async function readSheet(page: Page): Promise<readonly Line[]> {
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(sheet).toBeVisible()
  const lines = await sheet.locator('[data-action]').evaluateAll((elements) =>
    elements.map((element) => {
      const { action = '', keys = '[]', views = '' } = (element as HTMLElement).dataset
      return { id: action, keys: JSON.parse(keys) as string[], views: views.split(' ').filter(Boolean) }
    }),
  )
  await page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  return lines
}

/** Everything that a key could change: the place, the focus, the words, what is over the view. */
const look = (page: Page) =>
  page.evaluate(() => {
    const { activeElement, body, documentElement } = document
    const field =
      activeElement instanceof HTMLInputElement ? [activeElement.selectionStart, activeElement.value] : []
    return JSON.stringify([
      location.hash,
      activeElement?.id,
      activeElement?.className,
      activeElement?.textContent,
      activeElement?.getAttribute('aria-activedescendant'),
      field,
      body.innerText,
      documentElement.dataset.theme,
      [...document.querySelectorAll('[aria-selected="true"], [data-checked="true"]')].length,
    ])
  })

/** As Playwright names them: `g b` → two presses, `$mod+k` → `ControlOrMeta+k`. */
async function press(page: Page, keys: string): Promise<void> {
  for (const part of keys.split(' ')) await page.keyboard.press(part.replace('$mod', 'ControlOrMeta'))
}

const ran = (page: Page, id: string) =>
  expect
    .poll(() => page.evaluate((name) => performance.getEntriesByName(name).length, `docket.${id}`), id)
    .toBeGreaterThan(0)

/** Does nothing that can be seen where a view has nothing for it; that it was asked is enough. */
const unseen = new Set([
  'list.renew',
  'issue.copy-key',
  'save',
  'list.back',
  'undo',
  'conflict.flip',
  'conflict.dismiss',
  'delivery.replay',
  'delivery.discard',
])

async function fill(docket: Docket): Promise<Made> {
  const label = await docket.addLabel('bug')
  const made = await docket.createAll(
    Array.from({ length: 9 }, (_, at) => ({ title: `Seat ${at}`, labels: at % 2 === 0 ? [label] : [] })),
  )
  const [first, second, third, fourth] = made as [Made, Made, Made, Made]
  started = [third.id, first.id, second.id]
  for (const each of [third, first, second]) await docket.transition(each, 'start')
  await docket.transition(fourth, 'close')
  return first
}

/** The issues that the board's keys work on. */
let started: readonly string[] = []

/** Whatever a key did to it, an issue is in progress again. */
async function startAgain(docket: Docket, issueId: string): Promise<void> {
  const { archived, status } = await docket.call('issues.get', { key: issueId })
  if (archived) await docket.execute({ type: 'restore', issueId } as never)
  if (status !== 'in_progress' && status !== 'open')
    await docket.execute({ type: 'transition', issueId, transition: 'reopen' } as never)
  if (status !== 'in_progress')
    await docket.execute({ type: 'transition', issueId, transition: 'start' } as never)
}

/** Opens a view afresh, with its cursor in the middle. */
async function begin(page: Page, docket: Docket, view: string, issue: Made): Promise<void> {
  const path: Readonly<Record<string, string>> = {
    list: '/issues',
    board: '/board',
    issue: `/issue/${issue.key}`,
    inbox: '/inbox',
    conflicts: '/conflicts',
    deliveries: '/deliveries',
    settings: '/settings/email',
    rule: '/rules/new',
  }
  // Before it opens: a board keeps what it showed when it was opened.
  if (view === 'board') for (const id of started) await startAgain(docket, id)
  await page.evaluate(async (to) => {
    location.hash = '/nowhere'
    await new Promise((resolve) => setTimeout(resolve))
    location.hash = to
    performance.clearMarks()
  }, path[view] ?? '/')
  await expect(page.locator('h1')).toBeVisible()
  await expect(page.locator('#main [aria-busy="true"]')).toHaveCount(0)
  if (view === 'list') {
    await expect(page.getByRole('listbox', { name: 'Issues' })).toBeFocused()
    await press(page, 'g g')
    for (const key of ['j', 'j', 'j']) await page.keyboard.press(key)
  }
  if (view === 'board') {
    const cards = page.getByRole('region', { name: /^In progress/ }).locator('[data-card]')
    await expect(cards).toHaveCount(3)
    await cards.first().focus()
    await page.keyboard.press('j')
    await expect(cards.nth(1)).toBeFocused()
  }
  if (view === 'inbox') {
    const rows = page.getByRole('list', { name: 'Notices' }).locator('[data-row]')
    await expect(rows).toHaveCount(3)
    await rows.nth(1).focus()
  }
}

const views = ['list', 'board', 'issue', 'inbox', 'conflicts', 'deliveries', 'settings', 'rule'] as const
for (const view of views) {
  test(`every key that the sheet names for it does something: ${view}`, async ({ page, docket }) => {
    test.setTimeout(120_000)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.context().grantPermissions(docket.host === 'web' ? ['clipboard-read', 'clipboard-write'] : [])
    const issue = await fill(docket)
    await page.reload()
    await expect(page.getByRole('listbox', { name: 'Issues' })).toBeFocused()
    const lines = (await readSheet(page)).filter(({ views }) => views.includes(view))
    expect(lines.length).toBeGreaterThan(0)
    if (view === 'inbox') {
      const grace = await docket.addMember('Grace Hopper')
      const others = await docket.createAll([{ title: 'Told once' }, { title: 'Told twice' }])
      for (const { id } of [issue, ...others])
        await docket.actAs(grace, {
          type: 'comment',
          issueId: id,
          commentId: uuidv7() as CommentId,
          body: 'Hello',
        })
    }
    for (const { id, keys } of lines) {
      for (const key of keys) {
        await begin(page, docket, view, issue)
        // Where the cursor is already, nothing would be seen to move.
        if (view === 'inbox' && id === 'list.back') await page.keyboard.press('x')
        const before = await look(page)
        await press(page, key)
        // Enter on a notice is its button's own.
        if (key !== 'Enter') await ran(page, id)
        if (!unseen.has(id) && view !== 'conflicts' && view !== 'deliveries')
          await expect.poll(() => look(page), `${key} in ${view}: ${id}`).not.toBe(before)
        await page.keyboard.press('Escape')
        if (id === 'issue.archive')
          await docket.ask('commands.execute', { command: { type: 'restore', issueId: issue.id } })
        if (view === 'inbox' && id === 'notice.done') {
          await docket.open('/inbox?show=done')
          await page.getByRole('list', { name: 'Notices' }).locator('[data-row]').first().focus()
          await page.keyboard.press('e')
          await expect(page.getByText('Nothing is done yet')).toBeVisible()
        }
      }
    }
  })
}

test('every key that the sheet names for everywhere leads somewhere, from a list as from an issue', async ({
  page,
  docket,
}) => {
  test.setTimeout(120_000)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const issue = await fill(docket)
  await page.reload()
  await expect(page.getByRole('listbox', { name: 'Issues' })).toBeFocused()
  const lines = (await readSheet(page)).filter(({ views }) => views.length === 0)
  for (const view of ['list', 'issue'] as const)
    for (const { id, keys } of lines) {
      await begin(page, docket, view, issue)
      const before = await look(page)
      await press(page, keys[0] ?? '')
      await ran(page, id)
      if (!unseen.has(id)) await expect.poll(() => look(page), `${id} in ${view}`).not.toBe(before)
      await page.keyboard.press('Escape')
      if (id === 'toggle-sidebar') await press(page, keys[0] ?? '')
    }
})
