import { getTableName } from 'drizzle-orm'
import { eachListed, type ListedType, listedEntity } from '#core/entities/kinds/entities.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { entityTables } from '../entity-tables.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'
import { uuidBytes } from '../sqlite/uuid-bytes.ts'
import type { EventReader } from './event-log.ts'
import { isOfShownType } from './rows/shown-types.ts'
import type { StreamIds } from './rows/stream-ids.ts'

/** Looks up what earlier imports brought into the log. */
export type ImportedLookup = {
  /** Whether there is any issue. */
  anyIssue(): boolean
  has(type: 'issue' | 'member', id: string): boolean
  /** Issues that a key of another tracker leads to, whatever its case. */
  withKey(key: string): readonly string[]
  /** Issues that were imported with this id of the source's own. */
  withSourceId(id: string): readonly string[]
  beginning(issueId: string): RecordedEvent | undefined
  /** An issue's events by version, a page in memory at a time. */
  events(issueId: string): Generator<RecordedEvent>
  /** The first events of a member's stream. */
  memberEvents(memberId: string): readonly RecordedEvent[]
  /** When a member did something last; `undefined` of one who did nothing. */
  lastAct(memberId: string): number | undefined
  /** The colours of all labels. */
  labelColours(): readonly string[]
  /** A member's handle; `undefined` where there is no such member. */
  handleOf(memberId: string): string | undefined
  /** What a label, member or project is called. */
  nameOf(type: ListedType, id: string): string | undefined
}

const pageSize = 200

export function importedLookup(
  { client }: ReadDatabase,
  log: EventReader & { readonly streamIds: StreamIds },
): ImportedLookup {
  const firstIssue = client.prepare('SELECT 1 FROM issues LIMIT 1')
  const byKey = client.prepare('SELECT issue_id FROM issue_keys WHERE key = ? LIMIT 20').pluck()
  // The first event of each issue, by the index on stream and version.
  const sourceIds = client
    .prepare(
      `SELECT events.stream_id, json_extract(events.metadata, '$.source.id') FROM issues
       JOIN events ON events.stream_id = issues.id AND events.stream_version = 1
       WHERE json_extract(events.metadata, '$.source.id') IS NOT NULL`,
    )
    .raw()
  const named = (table: string) =>
    client
      .prepare(`SELECT name FROM ${table} JOIN streams ON streams.id = ${table}.id WHERE streams.uuid = ?`)
      .pluck()
  const names = eachListed(({ type }) => named(getTableName(entityTables[type])))
  const handles = client
    .prepare('SELECT handle FROM members JOIN streams ON streams.id = members.id WHERE streams.uuid = ?')
    .pluck()
  const lastActs = client
    .prepare(
      `SELECT max(occurred_at) FROM events WHERE ${isOfShownType} AND actor_id = (SELECT id FROM streams WHERE uuid = ?)`,
    )
    .pluck()
  const colours = client.prepare('SELECT colour FROM labels').pluck()
  let bySourceId: Map<string, number[]> | undefined

  function sources(): Map<string, number[]> {
    const found = new Map<string, number[]>()
    for (const row of sourceIds.iterate()) {
      const [stream, id] = row as [number, unknown]
      found.set(String(id), [...(found.get(String(id)) ?? []), stream])
    }
    return found
  }

  const uuids = (ids: readonly unknown[]): string[] => ids.map((id) => log.streamIds.stream(Number(id)).uuid)

  return {
    anyIssue: () => firstIssue.get() !== undefined,
    has: (type, id) => log.streamVersion({ type, id }) > 0,
    withKey: (key) => uuids(byKey.all(key.toLowerCase())),
    withSourceId(id) {
      // Read once: what this import adds, it knows by itself.
      bySourceId ??= sources()
      return uuids(bySourceId.get(id) ?? [])
    },
    beginning: (issueId) => log.readStream({ type: 'issue', id: issueId }, { limit: 1 })[0],
    *events(issueId) {
      for (let from = 1; ; from += pageSize) {
        const page = log.readStream({ type: 'issue', id: issueId }, { fromVersion: from, limit: pageSize })
        yield* page
        if (page.length < pageSize) return
      }
    },
    memberEvents: (memberId) => log.readStream({ type: 'member', id: memberId }, { limit: pageSize }),
    lastAct(memberId) {
      const at = lastActs.get(uuidBytes(memberId))
      return typeof at === 'number' ? at : undefined
    },
    labelColours: () => colours.all() as string[],
    handleOf(memberId) {
      const handle = handles.get(uuidBytes(memberId))
      return typeof handle === 'string' ? handle : undefined
    },
    nameOf(type, id) {
      const name = names[listedEntity(type).plural].get(uuidBytes(id))
      return typeof name === 'string' ? name : undefined
    },
  }
}
