import { writeFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { LabelId } from '#core/values/ids.ts'
import { expect, test } from './testing/docket-test.ts'

const sizes = [
  { width: 1280, height: 520 },
  { width: 430, height: 860 },
]

/** How far the page could be scrolled, and is; and where the app begins. */
const shoved = (page: Page) =>
  page.evaluate(() => {
    const { scrollHeight, scrollWidth, scrollTop, scrollLeft } =
      document.scrollingElement ?? document.documentElement
    const moved = [document.body, document.getElementById('root'), document.getElementById('main')].map(
      (part) => [part?.scrollTop, part?.scrollLeft, (part?.getBoundingClientRect().top ?? 0) < 0],
    )
    return { down: scrollHeight - innerHeight, right: scrollWidth - innerWidth, scrollTop, scrollLeft, moved }
  })
const still = [0, 0, false]
const inPlace = { down: 0, right: 0, scrollTop: 0, scrollLeft: 0, moved: [still, still, still] }

test('no view is longer than the window, at any size, whatever opens over it or takes the focus', async ({
  page,
  docket,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const labels: LabelId[] = []
  for (let at = 0; at < 14; at++) labels.push(await docket.addLabel(`Label ${at}`))
  const ada = await docket.addMember('Ada Okafor')
  for (let at = 0; at < 10; at++) await docket.addMember(`Person ${at}`)
  const made = await docket.createAll(
    Array.from({ length: 40 }, (_, at) => ({
      title: `Two people can book seat ${at}`,
      description: 'Both are told that it is theirs.\n\n'.repeat(12),
      labels: labels.slice(at % 10, (at % 10) + 4),
      assignees: [ada],
    })),
  )
  const [issue] = made
  if (!issue) throw new Error('There is no issue.')
  for (let at = 0; at < 12; at++) await docket.comment(issue, `Remark ${at}`)
  const views = [
    '/issues?q=is%3Aopen',
    '/issues?q=colour%3Ared',
    '/board',
    `/issue/${issue.key}`,
    '/inbox',
    '/activity',
    `/member/${ada}`,
    '/search?text=boat',
    '/people-and-labels',
    '/settings',
    '/settings/team',
    '/deliveries',
    '/conflicts',
    '/rules',
    '/rules/new',
  ]
  // What a key opens, by view; each is closed again by Escape.
  const opened: Readonly<Record<string, readonly string[]>> = {
    '/issues?q=is%3Aopen': ['s', 'l', 'a', 'f', 'c', '?', 'ControlOrMeta+k'],
    '/board': ['m', 'l'],
    [`/issue/${issue.key}`]: ['m', 's', 'l', 'Shift+D', 'Shift+L', 't', 'd'],
  }
  for (const size of sizes) {
    await page.setViewportSize(size)
    for (const view of views) {
      const name = `${view} at ${size.width} × ${size.height}`
      await docket.open(view)
      await expect(page.locator('#main [aria-busy="true"]')).toHaveCount(0)
      await expect(page.locator('h1')).toBeVisible()
      expect(await shoved(page), name).toEqual(inPlace)
      for (const key of size === sizes[0] ? (opened[view] ?? []) : []) {
        await page.keyboard.press(key)
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
        expect(await shoved(page), `${key} in ${name}`).toEqual(inPlace)
        await page.keyboard.press('Escape')
        await page.keyboard.press('Escape')
        await docket.open(view)
      }
      // What brings something into sight (a focus, a jump) may scroll a part of the view, never the page.
      await page.evaluate(() => {
        const parts = [...document.querySelectorAll('.visually-hidden, textarea, a, button')]
        const few = parts.filter((_, at) => at % Math.ceil(parts.length / 12) === 0)
        for (const part of [...few, ...parts.slice(-2)]) part.scrollIntoView({ block: 'center' })
      })
      expect(await shoved(page), `everything brought into sight in ${name}`).toEqual(inPlace)
    }
  }
})

test('a row says its whole date, at any width', async ({ page, docket }) => {
  const file = `${docket.folder}-old.jsonl`
  const old = { id: 'bd-1', title: 'Two people can book the last seat', status: 'open' }
  await writeFile(
    file,
    JSON.stringify({ ...old, created_at: '2021-09-27T10:00:00Z', labels: ['a', 'b', 'c'] }),
  )
  expect(await docket.cli('import', file, '--format', 'beads')).toMatchObject({ code: 0 })
  await docket.open('/issues?q=is%3Aopen')
  const time = page.getByRole('option').locator('time')
  for (const width of [1280, 1000, 860, 700, 430]) {
    await page.setViewportSize({ width, height: 700 })
    await expect(time).toBeVisible()
    await expect(time).toHaveText('27 Sep 2021')
    const cut = await time.evaluate(({ parentElement: cell }) =>
      cell ? cell.scrollWidth - cell.clientWidth : null,
    )
    expect(cut, `at ${width}`).toBe(0)
  }
})
