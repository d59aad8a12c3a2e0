import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NewerDataError, openDatabase } from './open-database.ts'
import { freshPostgres, postgresAnswers } from './testing/both-databases.ts'
import { command } from './testing/served.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-newer-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** As a server leaves it that has one migration more. */
const newer = `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('of a newer one', 9999999999999)`
const count = 'SELECT count(*)::int AS migrations FROM drizzle.__drizzle_migrations'

it('PGlite’s data of a newer server is refused with a sentence and left as it was', async () => {
  const data = join(folder, 'data')
  expect(await command('--data', data, 'admin', 'create-workspace', '--name', 'Team')).toMatchObject({
    status: 0,
  })
  const run = async (statement: string): Promise<unknown> => {
    const client = await PGlite.create(join(data, 'database'))
    const { rows } = await client.query(statement)
    await client.close()
    return rows
  }
  await run(newer)
  const before = await run(count)
  const { status, error } = await command('--data', data, '--port', '0')
  expect([status, error]).toEqual([1, expect.stringMatching(/^This data is of a newer docket-server; .*\n$/)])
  expect((await command('--data', data, 'admin', 'workspaces')).status).toBe(1)
  expect(await run(count)).toEqual(before)
})

it.skipIf(!(await postgresAnswers()))('so is Postgres’', async () => {
  const fresh = await freshPostgres()
  const at = { databaseUrl: fresh.url }
  await (await openDatabase({ at })).close()
  const client = new pg.Client({ connectionString: fresh.url })
  await client.connect()
  await client.query(newer)
  const before = (await client.query(count)).rows
  await expect(openDatabase({ at })).rejects.toThrow(NewerDataError)
  expect((await client.query(count)).rows).toEqual(before)
  await client.end()
  await fresh.drop()
})
