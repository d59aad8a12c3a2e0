import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openInboxDatabase } from './open-store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-ledger-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('a delivery store of a newer Docket is refused and left as it is', () => {
  const file = join(folder, 'inboxes.db')
  const made = openInboxDatabase(file)
  if (!made.ok) throw new Error(made.error.message)
  const record = `INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('of a newer one', 9999999999999)`
  made.value.client.exec(record)
  made.value.client.close()
  expect(openInboxDatabase(file)).toMatchObject({ ok: false, error: { code: 'newer_version' } })
})
