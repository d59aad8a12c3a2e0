import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { migrate } from './migrate.ts'
import type { ReadDatabase } from './open-database.ts'

type Thing = { readonly type: string; readonly name: string; readonly sql: string | null }

/** SQLite's own tables come and go with what somebody asks of the file. */
const things = `SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`

const words: Readonly<Record<string, string>> = {
  trigger: 'the trigger',
  index: 'the index',
  table: 'the table',
  view: 'the view',
}

/**
 * Holds the file's schema against the one that this build's migrations make: tables, indexes, and the triggers that refuse to change or delete an event.
 * @param migrations the folder of the migrations; beside `db/schema.ts` unless bundled. @returns a sentence for each difference.
 */
export function schemaProblems({ client }: ReadDatabase, migrations?: string): readonly string[] {
  const fresh = new Sqlite(':memory:')
  try {
    migrate(fresh, migrations ?? fileURLToPath(new URL('../migrations', import.meta.url)))
    const wanted = new Map((fresh.prepare(things).all() as Thing[]).map((thing) => [thing.name, thing]))
    const found = new Map((client.prepare(things).all() as Thing[]).map((thing) => [thing.name, thing]))
    const problems: string[] = []
    for (const { type, name, sql } of wanted.values()) {
      const there = found.get(name)
      const which = `${words[type] ?? type} ${name}`
      if (!there) problems.push(`${which} is missing`)
      else if (there.sql !== sql || there.type !== type) problems.push(`${which} was changed`)
    }
    for (const { type, name } of found.values())
      if (!wanted.has(name)) problems.push(`${words[type] ?? type} ${name} is not Docket’s`)
    return problems
  } finally {
    fresh.close()
  }
}
