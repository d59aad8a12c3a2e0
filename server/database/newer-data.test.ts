import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { freshPostgres, postgresAnswers } from '../testing/both-databases.ts'
import { command } from '../testing/served.ts'
import { NewerDataError, openServerDatabase } from './open-database.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-newer-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** As a server leaves it that has one migration more. */
const newer = `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('of a newer one', 9999999999999)`
const known = readMigrationFiles({
  migrationsFolder: fileURLToPath(new URL('../migrations', import.meta.url)),
}).length
const count = 'SELECT count(*)::int AS migrations FROM drizzle.__drizzle_migrations'

it('PGlite’s data of a newer server is refused with a sentence and left as it was', async () => {
  const data = join(folder, 'data')
  const at = { data: join(data, 'database') }
  mkdirSync(data)
  const made = await openServerDatabase({ at })
  await made.orm.execute(sql.raw(newer))
  await made.close()
  const { status, error } = await command('--data', data, '--port', '0')
  expect([status, error]).toEqual([1, expect.stringMatching(/^This data is of a newer docket-server; /m)])
  const client = await PGlite.create(at.data)
  const { rows } = await client.query(count)
  await client.close()
  expect(rows).toEqual([{ migrations: known + 1 }])
}, 240_000)

it.skipIf(!(await postgresAnswers()))('so is Postgres’', async () => {
  const fresh = await freshPostgres()
  const at = { databaseUrl: fresh.url }
  await (await openServerDatabase({ at })).close()
  const client = new pg.Client({ connectionString: fresh.url })
  await client.connect()
  await client.query(newer)
  const before = (await client.query(count)).rows
  await expect(openServerDatabase({ at })).rejects.toThrow(NewerDataError)
  expect((await client.query(count)).rows).toEqual(before)
  await client.end()
  await fresh.drop()
})
