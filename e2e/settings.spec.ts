import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { Webhook } from 'standardwebhooks'
import { expect, test } from './testing/docket-test.ts'
import { type Receiver, startReceiver } from './testing/receiver.ts'

let receiver: Receiver
test.beforeEach(async () => {
  receiver = await startReceiver()
})
test.afterEach(() => receiver.close())

const field = (page: Page, name: string) => page.getByRole('textbox', { name })
const state = (page: Page) => page.locator('form [data-state][role="status"]')

test('an endpoint with a secret that is made up here is tested against its receiver, and the secret never comes back', async ({
  page,
  docket,
}) => {
  const frames: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => frames.push(payload.toString())),
  )
  await page.reload()
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page
    .getByRole('navigation', { name: 'Settings' })
    .getByRole('link', { name: /Webhooks/ })
    .click()
  await expect(page).toHaveTitle('Webhooks · Settings · Docket')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings · Webhooks')
  await page.getByRole('button', { name: 'Add endpoint' }).click()
  await field(page, 'Name').fill('Build server')
  await field(page, 'Address').fill(receiver.url)
  await page.getByRole('button', { name: 'Generate' }).click()
  const secret = await field(page, 'Signing secret').inputValue()
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  await expect(page.getByText('Copy it now')).toBeVisible()

  await page.getByRole('button', { name: 'Save and test Build server' }).click()
  await expect(page.getByText(/answered 200/)).toBeVisible()
  expect(receiver.received).toHaveLength(1)
  const [{ headers, body } = { headers: {}, body: '' }] = receiver.received
  const event = new Webhook(secret).verify(body, headers as Record<string, string>) as { type: string }
  expect(event.type).toBe('docket.test')

  await expect(field(page, 'Signing secret')).toBeHidden()
  await expect(page.getByRole('group', { name: 'Signing secret' })).toContainText('Set')
  await page.reload()
  await expect(page.getByRole('group', { name: 'Signing secret' })).toContainText('Set')
  const bare = secret.slice('whsec_'.length)
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
  const places = {
    page: await page.content(),
    storage: stored,
    answer: JSON.stringify(await docket.call('inboxes.list', {})),
    frames: frames.join('\n'),
  }
  for (const [place, text] of Object.entries(places)) expect(text, place).not.toContain(bare)
  // What was listened to is what the window got.
  if (docket.host === 'web') expect(places.frames).toContain('secret:')
})

test('settings that are not valid say what is wrong at the field, and nothing that was entered is lost', async ({
  page,
  docket,
}) => {
  await docket.open('/settings/email')
  await field(page, 'Mail server').fill('mail.example.org')
  await field(page, 'Port').fill('many')
  await field(page, 'Sender').fill('nobody')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(field(page, 'Port')).toHaveAccessibleDescription(/Enter a number from 1 to 65,535\./)
  await expect(field(page, 'Port')).toBeFocused()
  await field(page, 'Port').fill('2525')
  await page.keyboard.press('Enter')
  await expect(field(page, 'Sender')).toHaveAccessibleDescription(
    'The sender must be an e-mail address, like docket@example.org.',
  )
  await expect(field(page, 'Sender')).toBeFocused()
  await expect(field(page, 'Mail server')).toHaveValue('mail.example.org')
  await field(page, 'Sender').fill('docket@example.org')
  await page.keyboard.press('ControlOrMeta+s')
  await expect(page.getByText('E-mail saved')).toBeVisible()
  await expect(page.getByText('Not saved')).toBeHidden()
  await page.reload()
  await expect(field(page, 'Port')).toHaveValue('2525')

  await docket.open('/settings/webhooks')
  await page.getByRole('button', { name: 'Add endpoint' }).click()
  await field(page, 'Name').fill('CI')
  await field(page, 'Address').fill('example.org')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(field(page, 'Address')).toHaveAccessibleDescription(
    'This is not an address like https://example.org/hook.',
  )
})

test('what was entered and not saved waits while something else is looked at, until it is given up', async ({
  page,
  docket,
}) => {
  await docket.open('/settings/email')
  await field(page, 'Mail server').fill('mail.example.org')
  await docket.open('/board')
  await docket.open('/settings/slack')
  await expect(page.getByRole('link', { name: 'Off E-mail , not saved yet' })).toBeVisible()
  await docket.open('/settings/email')
  await expect(field(page, 'Mail server')).toHaveValue('mail.example.org')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(field(page, 'Mail server')).toHaveValue('')
  await expect(page.getByRole('link', { name: /not saved yet/ })).toHaveCount(0)
})

test('an inbox is switched on, paused, resumed and looks again; a secret is replaced and removed', async ({
  page,
  docket,
}) => {
  await docket.open('/settings/email')
  await expect(state(page)).toHaveText('Off')
  await page.getByRole('switch', { name: 'E-mail is on' }).click()
  await expect(state(page)).toContainText('Not set up')
  await expect(state(page)).toContainText('Enter the mail server.')
  await page.getByRole('button', { name: 'More for E-mail' }).click()
  await page.getByRole('menuitem', { name: 'Pause' }).click()
  await expect(state(page)).toHaveText('Paused')
  await page.getByRole('button', { name: 'More for E-mail' }).click()
  await page.getByRole('menuitem', { name: 'Resume' }).click()
  await expect(state(page)).toContainText('Not set up')
  await page.getByRole('button', { name: 'More for E-mail' }).click()
  await page.getByRole('menuitem', { name: 'Look again from…' }).click()
  const dialog = page.getByRole('dialog', { name: 'E-mail: look again' })
  await dialog.getByLabel('From').fill('2999-01-01T00:00')
  await expect(dialog.getByText('That is still to come.')).toBeVisible()
  await dialog.getByLabel('From').fill('2020-01-01T00:00')
  await dialog.getByRole('button', { name: 'Look again' }).click()
  await expect(dialog).toBeHidden()

  const secrets = async () =>
    (await docket.call('inboxes.list', {})).find(({ name }) => name === 'email')?.secrets
  const password = page.getByRole('group', { name: 'Password' })
  await field(page, 'Password').fill('first of all')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(password).toContainText('Set')
  expect(await secrets()).toEqual(['password'])
  await password.getByRole('button', { name: 'Replace' }).click()
  await expect(field(page, 'Password')).toBeFocused()
  await expect(field(page, 'Password')).toHaveValue('')
  await page.getByRole('button', { name: 'Keep the old one' }).click()
  await password.getByRole('button', { name: 'Remove' }).click()
  await expect(password).toContainText('Removed when you save')
  expect(await secrets()).toEqual(['password'])
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(field(page, 'Password')).toHaveValue('')
  expect(await secrets()).toEqual([])
})

test('a file of one’s own is told of with its hash, and runs only while that very file is trusted', async ({
  page,
  docket,
}) => {
  const file = join(docket.folder, 'inboxes', 'release-notes.mjs')
  await mkdir(join(docket.folder, 'inboxes'), { recursive: true })
  await writeFile(file, `export const inbox = { async handle() {} }\n`)
  const own = async () =>
    (await docket.call('inboxes.list', {})).find(({ name }) => name === 'own-release-notes')?.own
  await expect.poll(own).toMatchObject({ file: 'release-notes.mjs', trusted: false })
  const before = (await own())?.hash ?? ''
  await page.reload()
  await docket.open('/settings/own-release-notes')
  await expect(page.getByText(before, { exact: true })).toBeVisible()
  await expect(page.getByText('Trust it only if you have read it, or wrote it.')).toBeVisible()

  // Changed under the eyes of whoever reads it: what was read is not what would be trusted.
  await writeFile(file, `export const inbox = { async handle() { await fetch('http://example.org') } }\n`)
  await expect.poll(async () => (await own())?.hash).not.toBe(before)
  expect((await docket.cli('inbox', 'trust', 'release-notes', '--hash', before)).stderr).toContain(
    'was changed since you looked at it',
  )
  expect(await own()).toMatchObject({ trusted: false })

  // A page has no file run, whatever gets into it; the desktop asks in a dialog, which no test can answer.
  const hash = (await own())?.hash ?? ''
  if (docket.host === 'web') {
    await expect(page.getByRole('button', { name: 'Trust this file' })).toHaveCount(0)
    await expect(page.getByText(`docket inbox trust release-notes.mjs --hash ${before}`)).toBeVisible()
    expect(
      await docket.ask('inboxes.trust', { name: 'own-release-notes', hash, trusted: true }),
    ).toMatchObject({ ok: false, error: { code: 'not_confirmed' } })
    expect(await own()).toMatchObject({ trusted: false })
  }
  expect(await docket.cli('inbox', 'trust', 'release-notes', '--hash', hash)).toMatchObject({ code: 0 })
  await page.reload()
  await expect(page.getByText('You trust this file as it is now')).toBeVisible()
  await page.getByRole('button', { name: 'Stop trusting' }).click()
  await expect(page.getByText('Trust it only if you have read it, or wrote it.')).toBeVisible()
  expect(await own()).toMatchObject({ trusted: false })
})
