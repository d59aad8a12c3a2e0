import type { Conflict, ConflictField, ConflictState } from '#core/conflicts/conflict.ts'
import type { AnyStreamType, RecordedEvent } from '#core/events/event.ts'
import type { EventRow } from '../log/rows/event-rows.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { events, issues } from '../schema.ts'
import { inList, listParameter } from '../sqlite/json-each.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

/** A place in the list of conflicts: just after the one of that instant, stream and key, newest first. */
export type ConflictPlace = { readonly at: number; readonly stream: number; readonly key: string }

export type ConflictEntry = {
  readonly id: string
  readonly of: { readonly type: AnyStreamType; readonly id: string }
  /** What it is of, where that is an issue. */
  readonly issue: { readonly number: number | null; readonly title: string } | undefined
  readonly field: ConflictField
  /** The comment's id, or the name of a field that Docket has no word for. */
  readonly part: string | null
  readonly lost: RecordedEvent
  readonly won: RecordedEvent
  readonly settled: { readonly how: 'flipped' | 'dismissed'; readonly by: string; readonly at: number } | null
  readonly place: ConflictPlace
}

export type ConflictQuery = {
  page(options: {
    readonly show: 'open' | 'settled' | 'all'
    readonly issueId?: string | undefined
    readonly limit: number
    readonly before?: ConflictPlace | undefined
  }): readonly ConflictEntry[]
  /** How many are not settled. */
  open(): number
}

/** Conflicts that no stream has by itself; found over all links, and few. */
export type LinkConflicts = {
  all(): readonly (Conflict & { readonly issueId: string })[]
  event(id: string): RecordedEvent | undefined
  /** What was decided about those of an issue. */
  settled(issueId: string): ConflictState['settled']
}

type Row = {
  stream_id: number
  key: string
  field: string
  of: string | null
  lost: number
  won: number
  at: number
  settled: 'flipped' | 'dismissed' | null
  settled_by: number | null
  settled_at: number | null
}

const shown = { open: 'settled IS NULL', settled: 'settled IS NOT NULL', all: '1' } as const

/** Whether a place comes after another one in the list. */
const isAfter = (a: ConflictPlace, b: ConflictPlace): boolean =>
  b.at !== a.at ? b.at < a.at : b.stream !== a.stream ? b.stream < a.stream : b.key < a.key

/** The list of conflicts, newest first. @param links those that links are in, beside those that the streams have. */
export function conflictQuery(
  database: ReadDatabase,
  streamIds: StreamIds,
  toEvent: (row: EventRow) => RecordedEvent,
  links: LinkConflicts = { all: () => [], event: () => undefined, settled: () => ({}) },
): ConflictQuery {
  const { orm, client } = database
  const pageOf = (show: keyof typeof shown, ofIssue: boolean) =>
    client.prepare(
      `SELECT * FROM conflicts WHERE ${shown[show]} ${ofIssue ? 'AND stream_id = @of' : 'AND @of = @of'}
       AND (at, stream_id, key) < (@at, @stream, @key) ORDER BY at DESC, stream_id DESC, key DESC LIMIT @limit`,
    )
  const both = (show: keyof typeof shown) => ({ all: pageOf(show, false), ofIssue: pageOf(show, true) })
  const pages = { open: both('open'), settled: both('settled'), all: both('all') }
  const countOpen = client.prepare('SELECT count(*) FROM conflicts WHERE settled IS NULL').pluck()
  const eventsAt = orm.select().from(events).where(inList(events.position, 'positions')).prepare()
  const issuesOf = orm
    .select({ id: issues.id, number: issues.number, title: issues.title })
    .from(issues)
    .where(inList(issues.id, 'ids'))
    .prepare()

  function linkEntries(show: keyof typeof shown, issueId?: string): readonly ConflictEntry[] {
    return links.all().flatMap((found): ConflictEntry[] => {
      if (issueId !== undefined && found.issueId !== issueId) return []
      const settled = links.settled(found.issueId)[found.id] ?? null
      if (show !== 'all' && (settled === null) !== (show === 'open')) return []
      const [lost, won, stream] = [
        links.event(found.lost),
        links.event(found.won),
        streamIds.find(found.issueId, 'issue'),
      ]
      const issue = stream && issuesOf.all({ ids: listParameter([stream.id]) })[0]
      if (!lost || !won || !stream || !issue) return []
      const place = { at: Math.max(lost.occurredAt, won.occurredAt), stream: stream.id, key: found.id }
      const of = { type: 'issue', id: found.issueId } as const
      return [{ id: found.id, of, issue, field: found.field, part: null, lost, won, settled, place }]
    })
  }

  return {
    open: () => Number(countOpen.get()) + linkEntries('open').length,
    page({ show, issueId, limit, before }) {
      const of = issueId === undefined ? 0 : (streamIds.find(issueId, 'issue')?.id ?? -1)
      const place = before ?? { at: Number.MAX_SAFE_INTEGER, stream: 0, key: '' }
      const statement = issueId === undefined ? pages[show].all : pages[show].ofIssue
      const rows = statement.all({ ...place, of, limit }) as Row[]
      const positions = listParameter(rows.flatMap(({ lost, won }) => [lost, won]))
      const found = new Map(eventsAt.all({ positions }).map((row) => [row.position as number, toEvent(row)]))
      const ids = listParameter(rows.map((row) => row.stream_id))
      const known = new Map(issuesOf.all({ ids }).map((row) => [row.id, row]))
      const entries = rows.flatMap((row): ConflictEntry[] => {
        const [lost, won, issue] = [found.get(row.lost), found.get(row.won), known.get(row.stream_id)]
        const { type, uuid } = streamIds.stream(row.stream_id)
        if (!lost || !won || (type === 'issue' && !issue)) return []
        return [
          {
            id: row.key,
            of: { type, id: uuid },
            issue,
            field: row.field as ConflictField,
            part: row.of,
            lost,
            won,
            settled:
              row.settled === null
                ? null
                : {
                    how: row.settled,
                    by: row.settled_by === null ? '' : streamIds.stream(row.settled_by).uuid,
                    at: row.settled_at ?? 0,
                  },
            place: { at: row.at, stream: row.stream_id, key: row.key },
          },
        ]
      })
      const beside = linkEntries(show, issueId).filter((entry) => isAfter(place, entry.place))
      if (beside.length === 0) return entries
      return [...entries, ...beside].sort((a, b) => (isAfter(a.place, b.place) ? -1 : 1)).slice(0, limit)
    },
  }
}
