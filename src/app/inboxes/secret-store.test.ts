import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type InboxDatabase, openInboxDatabase } from '#inboxes/store/open-store.ts'
import { keyFileSealer } from './secret-cipher.ts'
import { sealedSecrets } from './secret-store.ts'

let folder: string
let inboxDatabase: InboxDatabase
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-sealed-'))
  const opened = openInboxDatabase(join(folder, 'inboxes.db'))
  if (!opened.ok) throw new Error(opened.error.message)
  inboxDatabase = opened.value
})
afterEach(() => {
  inboxDatabase.client.close()
  rmSync(folder, { recursive: true, force: true })
})

const key = () => join(folder, 'keys', 'secrets.key')
/** As another process opens them: with a sealer of its own. */
const secrets = () => sealedSecrets(inboxDatabase, keyFileSealer(key()))
const sealed = (name: string): Buffer =>
  inboxDatabase.client.prepare('SELECT sealed FROM secrets WHERE name = ?').pluck().get(name) as Buffer

it('a sealed secret that somebody copies under another name does not open there, and the one that was copied still does', () => {
  secrets().put('sync', 'token', 'hunter2')
  // Whoever may write the file, and has no key: the token would go wherever the webhook goes.
  const copy = inboxDatabase.client.prepare(
    `INSERT INTO secrets (name, sealer, sealed) SELECT ?, sealer, sealed FROM secrets WHERE name = 'sync/token'`,
  )
  const places = ['webhooks/header:ci', 'sync/keys', 'sync/toke', 'sync/token2', 'SYNC/TOKEN']
  for (const place of places) copy.run(place)
  expect(secrets().all()).toEqual({ 'sync/token': 'hunter2' })
  expect([...secrets().unreadable()].sort()).toEqual([...places].sort())
})

it('what was sealed before names were bound opens, is sealed again at once, and is bound from then on', () => {
  secrets().put('email', 'password', 'any other')
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', readFileSync(key()), nonce)
  const text = Buffer.concat([cipher.update('hunter2', 'utf8'), cipher.final()])
  const earlier = Buffer.concat([nonce, cipher.getAuthTag(), text])
  inboxDatabase.client.prepare(`INSERT INTO secrets VALUES ('sync/token', 'key-file', ?)`).run(earlier)
  const untouched = sealed('email/password')

  expect(secrets().get('sync', 'token')).toBe('hunter2')
  expect(sealed('sync/token').equals(earlier)).toBe(false)
  expect(sealed('email/password').equals(untouched)).toBe(true)
  inboxDatabase.client.exec(`UPDATE secrets SET name = 'webhooks/header:ci' WHERE name = 'sync/token'`)
  expect(secrets().all()).toEqual({ 'email/password': 'any other' })
})
