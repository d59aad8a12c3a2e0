import type { Page } from '@playwright/test'
import { v7 as uuidv7 } from 'uuid'
import type { CommentId, IssueId } from '#core/values/ids.ts'
import { expect, test } from './testing/docket-test.ts'

const names = (count: number) => Array.from({ length: count }, (_, at) => ({ title: `Seat ${at}` }))

test('a refused filter keeps the focus, the caret and the selection, and no key reaches the list', async ({
  page,
  docket,
}) => {
  await docket.createAll(names(3))
  await docket.open('/issues?q=is%3Aopen')
  const list = page.getByRole('listbox', { name: 'Issues' })
  await expect(list.getByRole('option')).toHaveCount(3)
  await page.keyboard.press('f')
  const field = page.getByRole('combobox', { name: 'Filter issues' })
  await field.fill('is:opne')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('search').getByRole('alert')).toContainText('is:')
  await expect(field).toBeFocused()
  // Mended as one mends things: everything selected, and typed anew.
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('is:open sort:title')
  await expect(field).toHaveValue('is:open sort:title')
  await expect(page.getByRole('toolbar', { name: 'Selected issues' })).toBeHidden()
  expect((await docket.call('issues.count', { query: 'assignee:@me' })).total).toBe(0)
  // What is right leads to the rows, and the next key is theirs already.
  await page.keyboard.press('Enter')
  await page.keyboard.press('x')
  await expect(page.getByRole('toolbar', { name: 'Selected issues' })).toContainText('1 selected')
  await expect(field).toHaveValue('is:open sort:title')
})

test('after Escape has closed a popup the focus is back in the same frame, and the next key is the view’s', async ({
  page,
  docket,
}) => {
  await docket.createAll(names(3))
  await docket.open('/issues?q=is%3Aopen')
  const list = page.getByRole('listbox', { name: 'Issues' })
  await expect(list.getByRole('option')).toHaveCount(3)
  await expect(list).toBeFocused()
  for (const [key, what] of [
    ['s', 'Change status'],
    ['l', 'Labels'],
    ['p', 'Set priority'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(page.getByRole('combobox', { name: what })).toBeFocused()
    await page.evaluate(() => {
      window.addEventListener(
        'keydown',
        () =>
          queueMicrotask(() =>
            requestAnimationFrame(() => {
              Object.assign(window, {
                after: [
                  document.activeElement?.getAttribute('role'),
                  document.querySelectorAll('[data-owns-keys]').length,
                ],
              })
            }),
          ),
        { once: true, capture: true },
      )
    })
    await page.keyboard.press('Escape')
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { after: unknown }).after))
      .toEqual(['listbox', 0])
  }
  // A menu of the view's edge, too.
  await page.getByRole('button', { name: 'Filter by priority' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Priority' })).toBeFocused()
  await page.keyboard.press('Escape')
  await page.keyboard.press('x')
  await expect(page.getByRole('toolbar', { name: 'Selected issues' })).toContainText('1 selected')
})

test('keys pressed before the first rows arrive are kept, and done in their order', async ({
  page,
  docket,
}) => {
  test.skip(docket.host === 'electron', 'the desktop has no socket to hold up')
  await docket.createAll(names(4))
  await docket.open('/activity')
  // What the list asks for waits until all keys are pressed.
  await page.addInitScript(() => {
    const { send } = WebSocket.prototype
    const free = new Promise<void>((resolve) => Object.assign(window, { release: resolve }))
    WebSocket.prototype.send = function (data) {
      if (/"issues\.(?:list|count)"/.test(String(data))) void free.then(() => send.call(this, data))
      else send.call(this, data)
    }
  })
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible()
  for (const key of ['g', 'o', 'j', 'j', 'x', 'j', 'x']) await page.keyboard.press(key)
  await page.evaluate(() => (window as unknown as { release(): void }).release())
  const rows = page.getByRole('listbox', { name: 'Issues' }).getByRole('option')
  await expect(page.getByRole('toolbar', { name: 'Selected issues' })).toContainText('2 selected')
  await expect(rows.nth(2)).toHaveAttribute('aria-selected', 'true')
  await expect(rows.nth(3)).toHaveAttribute('aria-selected', 'true')
})

test('one letter that would change more than twenty issues asks once', async ({ page, docket }) => {
  await docket.createAll(names(22))
  await docket.open('/issues?q=is%3Aopen')
  const list = page.getByRole('listbox', { name: 'Issues' })
  await expect(list).toBeFocused()
  const mine = async () => (await docket.call('issues.count', { query: 'assignee:@me' })).total
  await page.keyboard.press('ControlOrMeta+a')
  await expect(page.getByRole('toolbar', { name: 'Selected issues' })).toContainText('22 selected')
  await page.keyboard.press('i')
  const question = page.getByRole('dialog', { name: /Assign to .+ 22 issues\?/ })
  await expect(question).toBeVisible()
  // The rest of the word that was meant for a field.
  for (const key of ['s', 'o', 'p', 'e', 'n']) await page.keyboard.press(key)
  await page.keyboard.press('Enter')
  await expect(question).toBeHidden()
  expect(await mine()).toBe(0)
  await page.keyboard.press('i')
  await question.getByRole('button', { name: /^Assign to/ }).click()
  await expect.poll(mine).toBe(22)
})

test('Escape leaves the date field with the day that it had, whatever half of one was typed', async ({
  page,
  docket,
}) => {
  const issue = await docket.create({ title: 'Book a seat', dueDate: '2026-05-01' as never })
  await docket.open(`/issue/${issue.key}`)
  const due = page.getByLabel('Due date', { exact: true })
  await expect(due).toHaveValue('2026-05-01')
  const kept = async () => (await docket.call('issues.get', { key: issue.key })).dueDate
  await due.focus()
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Escape')
  await expect(due).not.toBeFocused()
  await expect(due).toHaveValue('2026-05-01')
  // Left half typed, it says nothing either.
  await due.focus()
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Shift+Tab')
  await expect(due).toHaveValue('2026-05-01')
  // And the next key is the page's.
  await due.focus()
  await page.keyboard.press('Escape')
  await page.keyboard.press('p')
  await expect(page.getByRole('combobox', { name: 'Set priority' })).toBeFocused()
  expect(await kept()).toBe('2026-05-01')
})

/** Presses keys as fast as the window can hear them: nothing is drawn in between. */
const pressAtOnce = (page: Page, ...keys: string[]) =>
  page.evaluate(async (keys) => {
    for (const key of keys) {
      const target = document.activeElement ?? document.body
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
      await Promise.resolve()
    }
  }, keys)

test('what is typed right behind the key that opens a dialog is in its field', async ({ page, docket }) => {
  await docket.createAll(names(1))
  await docket.open('/issues')
  await expect(page.getByRole('option')).toHaveCount(1)
  // Its code comes after the first paint; until it is here, all that is typed is meant for it.
  await page.keyboard.press('c')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await pressAtOnce(page, 'c', 'S', 'e')
  await page.keyboard.type('at')
  await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue('Seat')
  await page.keyboard.press('Escape')
  await pressAtOnce(page, '?', 'x')
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(page.getByRole('toolbar', { name: 'Selected issues' })).toBeHidden()
})

test('a key right behind the one that moves the cursor means the row that it moves to', async ({
  page,
  docket,
}) => {
  const grace = await docket.addMember('Grace Hopper')
  const made = await docket.createAll(names(3))
  const comments = made.map(({ id }) => ({
    type: 'comment' as const,
    issueId: id as IssueId,
    commentId: uuidv7() as CommentId,
    body: 'See here',
  }))
  await docket.actAs(grace, ...comments)
  await docket.open('/inbox')
  const notices = page.getByRole('list', { name: 'Notices' }).getByRole('listitem')
  await expect(notices).toHaveCount(3)
  await expect(notices.first().locator('[data-row]')).toBeFocused()
  await pressAtOnce(page, 'j', 'e')
  await expect(notices).toHaveCount(2)
  await expect(notices).toContainText(['Seat 2', 'Seat 0'])
})
