import { createHash } from 'node:crypto'
import type { ReadDatabase } from '../sqlite/open-database.ts'
import { projectedTables } from './registry.ts'

/** SHA-256, hexadecimal, over every row of each projection, by its table's name: equal digests are equal projections. */
export function projectionDigests(database: ReadDatabase): ReadonlyMap<string, string> {
  const digests = new Map<string, string>()
  const add = (name: string, statement: string): void => {
    const digest = createHash('sha256')
    for (const row of database.client.prepare(statement).raw().iterate())
      digest.update(`${JSON.stringify(row)}\n`)
    digests.set(name, digest.digest('hex'))
  }
  for (const { name, order, where = '1' } of projectedTables)
    add(name, `SELECT * FROM ${name} WHERE ${where} ORDER BY ${order}`)
  // The text index itself depends on how its segments were merged; which documents it has, and their lengths, do not.
  add('search', 'SELECT id, hex(sz) FROM search_docsize ORDER BY id')
  return digests
}

/** One digest over those of all projections. */
export const digestOf = (digests: ReadonlyMap<string, string>): string =>
  createHash('sha256')
    .update([...digests].flat().join('\n'))
    .digest('hex')
