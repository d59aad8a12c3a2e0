import { createHash } from 'node:crypto'
import type { ReadDatabase } from '../sqlite/open-database.ts'

/** The projections, each with what makes its rows' order the same every time. */
const tables = [
  ['issues', 'id'],
  ['issue_assignees', 'member_id, issue_id'],
  ['issue_labels', 'label_id, issue_id'],
  ['issue_links', 'source, kind, target'],
  ['issue_keys', 'key, issue_id'],
  ['labels', 'id'],
  ['projects', 'id'],
  ['members', 'id'],
  ['rules', 'id'],
  ['changed_comments', 'position'],
  ['superseded_events', 'position'],
  ['conflicts', 'stream_id, key'],
  ['repeated_events', 'position'],
  ['time_corrections', 'position, chain_id, from_seq'],
  ['corrected_times', 'position'],
  ['clock_jumps', 'position'],
  ['activity', 'actor_id, hour, kind'],
] as const

/** SHA-256, hexadecimal, over every row of each projection, by its name: equal digests are equal projections. Counts of zero are no rows. */
export function projectionDigests(database: ReadDatabase): ReadonlyMap<string, string> {
  const digests = new Map<string, string>()
  const add = (name: string, statement: string): void => {
    const digest = createHash('sha256')
    for (const row of database.client.prepare(statement).raw().iterate())
      digest.update(`${JSON.stringify(row)}\n`)
    digests.set(name, digest.digest('hex'))
  }
  for (const [name, order] of tables) add(name, `SELECT * FROM ${name} ORDER BY ${order}`)
  // The text index itself depends on how its segments were merged; which documents it has, and their lengths, do not.
  add('search', 'SELECT id, hex(sz) FROM search_docsize ORDER BY id')
  add('issue_counts', 'SELECT * FROM issue_counts WHERE count <> 0 ORDER BY facet, ref, status')
  return digests
}

/** One digest over those of all projections. */
export const digestOf = (digests: ReadonlyMap<string, string>): string =>
  createHash('sha256')
    .update([...digests].flat().join('\n'))
    .digest('hex')
