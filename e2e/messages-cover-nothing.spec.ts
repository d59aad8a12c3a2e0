import type { Page } from '@playwright/test'
import type { MemberId } from '#core/values/ids.ts'
import { expect, test } from './testing/docket-test.ts'

const sizes = [
  { width: 1440, height: 900 },
  { width: 1000, height: 520 },
  { width: 800, height: 600 },
  { width: 430, height: 860 },
]
const toasts = (page: Page) => page.locator('[data-sonner-toast]')

/** What can be pressed or typed into and lies, where it is in sight, under a message or over it. */
const overlapped = (page: Page) =>
  page.evaluate(() => {
    const named = new Set<string>()
    for (const toast of document.querySelectorAll('[data-sonner-toast]')) {
      const { left, right, top, bottom } = toast.getBoundingClientRect()
      if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight)
        named.add('the edge of the window')
      for (let x = left + 1; x < right; x += 6) {
        for (let y = top + 1; y < bottom; y += 6) {
          for (const under of document.elementsFromPoint(x, y)) {
            if (under.closest('[data-sonner-toaster]')) continue
            const pressed = under.closest(
              'a, button, input, textarea, select, [tabindex="0"], [role="option"]',
            )
            if (pressed) named.add(pressed.textContent?.trim().slice(0, 60) || pressed.tagName)
          }
        }
      }
    }
    return [...named]
  })

test('no message covers anything that can be pressed, in any view, at any size', async ({ page, docket }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (let at = 0; at < 14; at++) await docket.addLabel(`Label ${at}`)
  const ada = await docket.addMember('Ada Okafor')
  const me = (await docket.call('app.info', {})).me.id as MemberId
  const made = await docket.createAll(
    Array.from({ length: 40 }, (_, at) => ({
      title: `Two people can book seat ${at}`,
      description: 'Both are told that it is theirs.\n\n'.repeat(20),
    })),
  )
  const [issue] = made
  if (!issue) throw new Error('There is no issue.')
  // Each change that others make is a delivery of its own.
  await docket.actAs(
    ada,
    ...made.slice(0, 20).map(({ id }) => ({ type: 'assign', issueId: id, memberId: me }) as const),
  )
  const views = [
    '/issues?q=is%3Aopen',
    '/board',
    `/issue/${issue.key}`,
    '/inbox',
    '/activity',
    '/people-and-labels',
    '/settings/team',
    '/deliveries',
    '/rules/new',
  ]
  for (const size of sizes) {
    await page.setViewportSize(size)
    for (const view of views) {
      const name = `${view} at ${size.width} × ${size.height}`
      await docket.open(view)
      await page.reload()
      await expect(page.locator('h1')).toBeVisible()
      await expect(page.locator('#main [aria-busy="true"]')).toHaveCount(0)
      await page.evaluate(() => {
        for (const field of document.querySelectorAll<HTMLElement>(':focus')) field.blur()
      })
      await page.keyboard.press('ControlOrMeta+z')
      await expect(toasts(page).filter({ hasText: 'Nothing to undo' }), name).toBeVisible()
      expect(await overlapped(page), name).toEqual([])
    }
    // What a colleague did is told in several lines.
    await docket.open('/deliveries')
    await docket.actAs(
      ada,
      ...made
        .slice(20, 24)
        .map(
          ({ id }) =>
            ({ type: 'change_title', issueId: id, title: `Two people can book ${size.width}` }) as const,
        ),
      ...made
        .slice(20, 24)
        .flatMap(({ id }) => [
          { type: 'unassign', issueId: id, memberId: me } as const,
          { type: 'assign', issueId: id, memberId: me } as const,
        ]),
    )
    await expect(toasts(page).filter({ hasText: 'issues' })).toBeVisible()
    expect(await overlapped(page), `a colleague's changes at ${size.width}`).toEqual([])
  }
})

test('of two changes only the newer is offered to be undone: its way back is the one that there is', async ({
  page,
  docket,
}) => {
  await docket.createAll(Array.from({ length: 3 }, (_, at) => ({ title: `Seat ${at}` })))
  await docket.open('/issues?q=is%3Aopen')
  const rows = page.getByRole('listbox', { name: 'Issues' }).getByRole('option')
  await expect(rows).toHaveCount(3)
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('i')
  await expect(toasts(page).getByRole('button', { name: 'Undo' })).toHaveCount(1)
  await page.keyboard.press('e')
  await expect(rows).toHaveCount(0)
  await expect(toasts(page).getByRole('button', { name: 'Undo' })).toHaveCount(1)
})
