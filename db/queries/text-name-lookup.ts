import type { StreamIds } from '../log/rows/stream-ids.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'
import { uuidBytes } from '../sqlite/uuid-bytes.ts'

/** An issue as a reference leads to it. */
export type ReferredIssue = { readonly id: string; readonly number: number | null }

/** What texts that came from elsewhere may name. */
export type TextNameLookup = {
  /** The key that an issue has in the tracker that it was imported from. */
  externalKey(issueId: string): string | undefined
  /** The imported issue of each key, lower case; of several, the oldest. */
  issues(keys: readonly string[]): ReadonlyMap<string, ReferredIssue>
  /** The members whom an import brought. */
  importedMembers(): readonly { readonly id: string; readonly handle: string }[]
}

/** Looks up issues and people by what other trackers call them. */
export function textNameLookup({ client }: ReadDatabase, streamIds: StreamIds): TextNameLookup {
  const begun = client
    .prepare(
      `SELECT json_extract(events.data, '$.externalKey') FROM streams
       JOIN events ON events.stream_id = streams.id AND events.stream_version = 1 WHERE streams.uuid = ?`,
    )
    .pluck()
  // `#9` may also be what an issue was called here before a server numbered it anew: such a one has no key elsewhere.
  const byKeys = client.prepare(
    `SELECT issue_keys.key AS key, issues.id AS id, issues.number AS number FROM issue_keys
     JOIN issues ON issues.id = issue_keys.issue_id JOIN streams ON streams.id = issues.id
     JOIN events ON events.stream_id = issues.id AND events.stream_version = 1
     WHERE issue_keys.key IN (SELECT value FROM json_each(?)) AND json_extract(events.data, '$.externalKey') IS NOT NULL
     ORDER BY issues.created_at DESC, streams.uuid DESC`,
  )
  const imported = client.prepare(
    `SELECT members.id AS id, members.handle AS handle FROM members
     JOIN events ON events.stream_id = members.id AND events.stream_version = 1
     WHERE json_extract(events.metadata, '$.triggeredBy') = 'import'`,
  )
  return {
    externalKey(issueId) {
      const key = begun.get(uuidBytes(issueId))
      return typeof key === 'string' && key !== '' ? key : undefined
    },
    issues(keys) {
      const rows = byKeys.all(JSON.stringify(keys)) as { key: string; id: number; number: number | null }[]
      // The oldest comes last and stays.
      return new Map(rows.map(({ key, id, number }) => [key, { id: streamIds.stream(id).uuid, number }]))
    },
    importedMembers: () =>
      (imported.all() as { id: number; handle: string }[]).map(({ id, handle }) => ({
        id: streamIds.stream(id).uuid,
        handle,
      })),
  }
}
