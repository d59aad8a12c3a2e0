import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { expect, it } from 'vitest'
import * as schema from './schema.ts'

const root = join(import.meta.dirname, '../..')
const tables = Object.values(schema).flatMap((each) => (is(each, SQLiteTable) ? [getTableName(each)] : []))
const asksATable = new RegExp(`\\b(FROM|INTO|UPDATE|JOIN)\\s+(${tables.join('|')})\\b`)

/** Product files that stand outside of the store and could open `inboxes.db`. */
function outside(): readonly string[] {
  return ['src', 'inboxes']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, String(name))),
    )
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixture)\.tsx?$|[\\/]testing[\\/]/.test(file))
    .filter((file) => !file.startsWith(join('inboxes', 'store')))
}

it('inboxes.db has one owner: no SQL on its tables stands outside of inboxes/store', () => {
  const files = outside()
  expect(files.length).toBeGreaterThan(500)
  expect(tables).toContain('deliveries')
  expect(files.filter((file) => asksATable.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})

it('the tables of inboxes.db are named in inboxes/store alone', () => {
  const naming = /from '[^']*(?:#inboxes|\.\.)\/store\/schema\.ts'/
  expect(outside().filter((file) => naming.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})
