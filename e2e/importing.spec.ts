import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { expect, test } from './testing/docket-test.ts'
import { exampleHistory } from './testing/example-history.ts'

/** A job has a thread to start and a file to read, on a machine that does other things too. */
const done = { timeout: 20_000 }

async function fill(page: Page, app: ElectronApplication | null, format: string, file: string) {
  const dialog = page.getByRole('dialog', { name: 'Import issues' })
  await dialog.getByRole('radio', { name: format }).check()
  if (app) {
    await app.evaluate(({ dialog: system }, path) => {
      system.showOpenDialog = async () => ({ canceled: false, filePaths: [path] })
    }, file)
    await dialog.getByRole('button', { name: 'Choose…' }).click()
  } else await dialog.getByLabel('File').setInputFiles(file)
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  return dialog
}

test('a tracker’s history comes in with its own times and people, and once only', async ({
  page,
  folder,
  hosted,
}) => {
  const file = `${folder}-boats.ndjson`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${exampleHistory(Date.now())}{"key":"BOAT-99", broken\n`)
  await page.getByRole('main').getByRole('button', { name: 'Import issues…' }).click()
  const dialog = await fill(page, hosted.app, 'Jira', file)
  await expect(dialog.getByRole('button', { name: 'Again…' })).toBeVisible(done)
  // What could not be read is named by its line, and the rest is in.
  await expect(dialog).toContainText('Line 37')
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
  await expect(page.getByRole('option', { name: /Two people can book the last seat/ })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Workspace' })).toContainText('Priya Raman')

  await page.getByRole('button', { name: 'Workspace', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Import issues…' }).click()
  const again = await fill(page, hosted.app, 'Jira', file)
  await expect(again.getByRole('button', { name: 'Again…' })).toBeVisible(done)
  await again.getByRole('button', { name: 'Close', exact: true }).last().click()
  await page.getByRole('combobox', { name: 'Filter issues' }).fill('"two people can book"')
  await expect(page.getByRole('listbox', { name: 'Issues' }).getByRole('option')).toHaveCount(1)
})

test('an imported text leads to the imported issues and people that it names, not to ours of the same name', async ({
  page,
  folder,
  docket,
  hosted,
}) => {
  const ours = await docket.create({ title: 'Ours' })
  const [prefix] = ours.key.split('-')
  const file = `${folder}-same-keys.json`
  await mkdir(dirname(file), { recursive: true })
  const issue = (id: number, key: string, description: string) => ({
    id: String(id),
    key,
    fields: {
      summary: `Theirs ${key}`,
      description,
      created: '2026-01-01T10:00:00.000+0000',
      reporter: { accountId: '5b10-ac8d', displayName: 'Priya Raman' },
      status: { name: 'Open' },
    },
  })
  const said = `Like ${ours.key}, not ${prefix}-404. Ask [~accountid:5b10-ac8d].`
  await writeFile(file, JSON.stringify([issue(1, ours.key, 'x'), issue(2, `${prefix}-77`, said)]))
  await page.getByRole('button', { name: 'Workspace', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Import issues…' }).click()
  const dialog = await fill(page, hosted.app, 'Jira', file)
  await expect(dialog.getByRole('button', { name: 'Again…' })).toBeVisible(done)
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()

  await docket.open(`/issue/${prefix}-77`)
  const description = page.getByRole('region', { name: 'Description' })
  await expect(description.getByRole('link')).toHaveText([ours.key, '@priya-raman'])
  await description.getByRole('link', { name: ours.key }).click()
  await expect(page.getByRole('button', { name: `Theirs ${ours.key}` })).toBeVisible()
  // What somebody here writes leads to ours.
  await docket.comment(await docket.create({ title: 'Beside' }), `See ${ours.key}`)
  await docket.open('/issues?q=is%3Aopen')
  await page.getByRole('option', { name: /Beside/ }).click()
  await page
    .getByRole('article', { name: /^Comment/ })
    .getByRole('link', { name: ours.key })
    .click()
  await expect(page.getByRole('button', { name: 'Ours', exact: true })).toBeVisible()
})

test('a long import shows how far it is, can be worked beside, and can be cancelled', async ({
  page,
  folder,
  docket,
  hosted,
}) => {
  const file = `${folder}-many.jsonl`
  await mkdir(dirname(file), { recursive: true })
  const many = Array.from({ length: 60_000 }, (_, index) => {
    const at = new Date(Date.UTC(2025, 0, 1) + index * 60_000).toISOString()
    const text = 'A line of text that somebody wrote. '.repeat(12)
    return JSON.stringify({
      id: `mn-${index}`,
      title: `Imported ${index}`,
      description: text,
      status: 'open',
      priority: 2,
      created_at: at,
      updated_at: at,
    })
  })
  await writeFile(file, many.join('\n'))
  await page.getByRole('main').getByRole('button', { name: 'Import issues…' }).click()
  const dialog = await fill(page, hosted.app, 'Beads Issues as they are now', file)
  const bar = dialog.getByRole('progressbar')
  await expect(bar).toBeVisible()
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow')), done).toBeGreaterThan(0)

  await dialog.getByRole('button', { name: 'Go on working' }).click()
  await docket.create({ title: 'Written meanwhile' })
  await docket.open('/issues?q=sort%3Acreated-desc')
  await expect(page.getByRole('option', { name: /Written meanwhile/ })).toBeVisible()

  await page.getByRole('button', { name: 'Workspace', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Import issues…' }).click()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toContainText('Cancelled. What was finished before stays.', done)
  const { total } = await docket.call('issues.count', { query: 'imported' })
  expect(total).toBeLessThan(60_000)
  expect(await docket.cli('verify')).toMatchObject({ code: 0 })
})

test('a file that is none of ours is refused with what is wrong, and by the name that the person knows it by', async ({
  page,
  folder,
  hosted,
}) => {
  const file = `${folder}-holiday.json`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, 'not JSON at all')
  await page.getByRole('main').getByRole('button', { name: 'Import issues…' }).click()
  const dialog = await fill(page, hosted.app, 'Jira', file)
  await expect(dialog).toContainText('holiday.json', done)
  await expect(dialog).not.toContainText('transfers')
  await dialog.getByRole('button', { name: 'Again…' }).click()
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText('Say which file to read.')
})

test('an export holds what is in the workspace, and is downloaded where the host has no dialog of its own', async ({
  page,
  folder,
  docket,
  hosted,
}) => {
  await docket.create({ title: 'To take along' })
  await page.getByRole('button', { name: 'Workspace', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Export…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  const file = `${folder}-out.jsonl`
  if (hosted.app) {
    await hosted.app.evaluate(({ dialog: system }, path) => {
      system.showSaveDialog = async () => ({ canceled: false, filePath: path })
    }, file)
    await dialog.getByRole('button', { name: 'Choose…' }).click()
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await expect(dialog.getByRole('button', { name: 'Again…' })).toBeVisible(done)
  } else {
    const downloading = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('Acme.jsonl')
    await download.saveAs(file)
    // Once more, with a token of its own.
    const again = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Download again' }).click()
    await (await again).saveAs(`${file}.again`)
    expect(await readFile(`${file}.again`, 'utf8')).toBe(await readFile(file, 'utf8'))
  }
  expect(await readFile(file, 'utf8')).toContain('To take along')
})

test('a circle of imported links waits in the conflicts until one of its links goes', async ({
  page,
  docket,
}) => {
  const issue = (id: string, title: string, on: string) => ({
    id,
    title,
    status: 'open',
    created_at: '2026-01-01T10:00:00Z',
    dependencies: [{ issue_id: id, depends_on_id: on, type: 'blocks' }],
  })
  const file = `${docket.folder}-circle.jsonl`
  await writeFile(
    file,
    [issue('bd-1', 'Jetty', 'bd-2'), issue('bd-2', 'Pier', 'bd-1')]
      .map((one) => JSON.stringify(one))
      .join('\n'),
  )
  expect(await docket.cli('import', file, '--format', 'beads')).toMatchObject({ code: 0 })
  const places = page.getByRole('complementary', { name: 'Sidebar' })
  await places.getByRole('link', { name: 'Conflicts 1 open' }).click()
  const main = page.getByRole('main')
  await expect(main.getByText('no effect').first()).toBeVisible()
  await main
    .getByRole('link', { name: /Jetty|Pier/ })
    .first()
    .click()
  await expect(main.getByRole('img', { name: /Without effect: it closes the circle/ })).toBeVisible()
  await main
    .getByRole('listitem', { name: /Without effect/ })
    .getByRole('button', { name: /^Remove the link/ })
    .click()
  // Nothing of it is stored: with the circle the conflict is gone, and the place with it.
  await expect(places.getByRole('link', { name: /^Conflicts/ })).toHaveCount(0)
})

test('a table is exported with the mark that Excel needs where the box for it is ticked', async ({
  page,
  folder,
  docket,
  hosted,
}) => {
  test.skip(hosted.app !== null, 'the desktop asks in a dialog of its own')
  await docket.create({ title: 'Grüße vom Kai' })
  await page.getByRole('button', { name: 'Workspace', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Export…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  const box = dialog.getByRole('checkbox', { name: /^For Excel/ })
  await expect(box).toBeHidden()
  await dialog.getByRole('radio', { name: /CSV/ }).check()
  for (const ticked of [false, true]) {
    await box.setChecked(ticked)
    const downloading = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    const file = `${folder}-${ticked}.csv`
    await (await downloading).saveAs(file)
    const text = await readFile(file, 'utf8')
    expect(text.startsWith('\ufeff')).toBe(ticked)
    expect(text).toContain('Grüße vom Kai')
    await dialog.getByRole('button', { name: 'Again…' }).click()
    await dialog.getByRole('radio', { name: /CSV/ }).check()
  }
})
