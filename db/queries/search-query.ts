import { eq, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { foldedWords } from '#core/filter/text-words.ts'
import type { EventRow } from '../log/rows/event-rows.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { events, issues } from '../schema.ts'
import { inList, listParameter } from '../sqlite/json-each.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'
import { type ExcerptPart, excerptOf } from './excerpt.ts'
import { ftsPhrase } from './issue-list/filter-sql.ts'

export type FoundIssue = {
  readonly id: string
  readonly number: number | null
  readonly title: string
  readonly status: string
  readonly archived: boolean
  readonly where: 'title' | 'description' | 'comment'
  readonly excerpt: readonly ExcerptPart[]
}

/** The newest matches that are looked at: those in titles, and those anywhere. A very common word thus costs no more than a rare one. */
const newestInTitles = 100
const newestAnywhere = 400
/** Where a filter leaves most of them out, more are looked at. */
const newestToFilter = 5_000
/**
 * A beginning of so few letters is looked for in the newest texts first: FTS5 puts all matches of a beginning together before it
 * gives the first (measured: `t` in 500,000 texts takes 118 ms, the newest texts 5). What they hold too little of is rare, and
 * then FTS5 is quick.
 */
const shortBeginning = 3
const newestLookedThrough = 300
/** Of a very long text only the beginning is looked through for a few letters. */
const lettersLookedThrough = 5_000

/** One thing to find: words in a row; where it was not quoted, the last of them may be only begun. */
export type Wanted = { readonly words: readonly string[]; readonly begun: boolean }

/** What was typed, as things to find: quoted words in a row, and each other word, or the beginning of one, by itself. */
export function wantedOf(text: string): Wanted[] {
  const wanted: Wanted[] = []
  for (const match of text.slice(0, 500).matchAll(/"([^"]*)"?|([^\s"]+)/gu)) {
    const words = foldedWords(match[1] ?? match[2] ?? '')
    if (words.length > 0) wanted.push({ words, begun: match[2] !== undefined })
  }
  return wanted
}

/** Whether a beginning may be shared by a good part of all texts: few letters of an alphabet, which Chinese or Japanese are not. */
const isShort = ({ words, begun }: Wanted): boolean => {
  const last = words.at(-1) ?? ''
  return begun && last.length <= shortBeginning && /^[\p{Lu}\p{Ll}\p{Nd}]+$/u.test(last)
}

/** Whether a text has these words in a row, the last of them at least begun. */
function says(text: string | undefined, { words }: Wanted): boolean {
  const said = foldedWords((text ?? '').slice(0, lettersLookedThrough))
  const last = words.length - 1
  return said.some((_, start) =>
    words.every((word, at) => (at === last ? said[start + at]?.startsWith(word) : said[start + at] === word)),
  )
}

/** Full-text search as one types: matches in titles first, then the newest; each issue once. */
export function searchQuery(
  database: ReadDatabase,
  streamIds: StreamIds,
  toEvent: (row: EventRow) => RecordedEvent,
) {
  const { client, orm } = database
  const matching = client
    .prepare('SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?')
    .pluck()
  const newest = client.prepare('SELECT rowid FROM search ORDER BY rowid DESC LIMIT ?').pluck()
  const textsAt = orm
    .select({ event: events, title: issues.title, description: issues.description })
    .from(events)
    .innerJoin(issues, eq(issues.id, events.streamId))
    .where(inList(events.position, 'positions'))
    .prepare()
  const streamsOf = orm
    .select({ position: events.position, streamId: events.streamId })
    .from(events)
    .where(inList(events.position, 'positions'))
    .prepare()
  const issuesOf = orm
    .select({
      id: issues.id,
      number: issues.number,
      title: issues.title,
      status: issues.status,
      archived: issues.archived,
    })
    .from(issues)
    .where(inList(issues.id, 'ids'))
    .prepare()
  const eventAt = orm
    .select()
    .from(events)
    .where(eq(events.position, sql.placeholder('position')))
    .prepare()

  function excerpt(position: number, wanted: readonly Wanted[]): Pick<FoundIssue, 'where' | 'excerpt'> {
    const row = eventAt.get({ position })
    const event = row && toEvent(row)
    const data = (event?.data ?? {}) as { title?: string; description?: string; to?: string; body?: string }
    if (event?.type === 'created' || event?.type === 'title_changed') {
      const title = excerptOf(event.type === 'created' ? (data.title ?? '') : (data.to ?? ''), wanted)
      if (title.some((part) => part.hit) || !data.description) return { where: 'title', excerpt: title }
      return { where: 'description', excerpt: excerptOf(data.description, wanted) }
    }
    if (event?.type === 'description_changed')
      return { where: 'description', excerpt: excerptOf(data.to ?? '', wanted) }
    return { where: 'comment', excerpt: excerptOf(data.body ?? '', wanted) }
  }

  /** Which of these texts say all that is wanted, those that say it in the title first. */
  function saying(places: readonly number[], wanted: readonly Wanted[]): number[] {
    const inTitle: number[] = []
    const elsewhere: number[] = []
    const found = new Map(
      textsAt.all({ positions: listParameter(places) }).map((row) => [row.event.position, row]),
    )
    for (const position of places) {
      const row = found.get(position)
      if (!row) continue
      const { type, data } = toEvent(row.event)
      const text = data as { title?: string; description?: string; to?: string; body?: string }
      // What was replaced since is history: the event still says it, the issue does not.
      const saidTitle = type === 'title_changed' ? text.to : text.title
      const title = saidTitle === row.title ? saidTitle : undefined
      const saidDescription = type === 'description_changed' ? text.to : text.description
      const body = text.body ?? (saidDescription === row.description ? saidDescription : undefined)
      if (wanted.every((one) => says(title, one))) inTitle.push(position)
      else if (wanted.every((one) => says(title, one) || says(body, one))) elsewhere.push(position)
    }
    return [...inTitle, ...elsewhere]
  }

  /** Positions of the texts found, best first. */
  function positionsOf(wanted: readonly Wanted[], limit: number, filtered: boolean): ReadonlySet<number> {
    const match = (things: readonly Wanted[]): Set<number> => {
      const expression = things.map(({ words, begun }) => ftsPhrase(words, begun)).join(' AND ')
      const [inTitles, anywhere] = filtered
        ? [newestToFilter, newestToFilter]
        : [newestInTitles, newestAnywhere]
      return new Set([
        ...(matching.all(`{title} : (${expression})`, inTitles) as number[]),
        ...(matching.all(expression, anywhere) as number[]),
      ])
    }
    const short = wanted.filter(isShort)
    if (short.length === 0 || filtered) return match(wanted)
    // The other words narrow the texts down, those before a short beginning in its own term included.
    const others = wanted.flatMap((one): Wanted[] => {
      if (!isShort(one)) return [one]
      return one.words.length > 1 ? [{ words: one.words.slice(0, -1), begun: false }] : []
    })
    const looked = others.length > 0 ? [...match(others)] : (newest.all(newestLookedThrough) as number[])
    const found = saying(looked, short)
    const isAll = others.length > 0 ? looked.length < newestInTitles : looked.length < newestLookedThrough
    return isAll || found.length >= limit ? new Set(found) : match(wanted)
  }

  /** @param limit how many issues at most. Archived ones come last. @param keep whether an issue, by its surrogate, passes a filter */
  return (
    wanted: readonly Wanted[],
    limit: number,
    keep?: (issue: number) => boolean,
  ): readonly FoundIssue[] => {
    if (wanted.length === 0) return []
    const positions = positionsOf(wanted, limit, keep !== undefined)
    const streams = new Map(
      streamsOf.all({ positions: listParameter(positions) }).map((row) => [row.position, row.streamId]),
    )
    const firstOf = new Map<number, number>()
    for (const position of positions) {
      const stream = streams.get(position)
      if (stream !== undefined && !firstOf.has(stream) && (keep?.(stream) ?? true))
        firstOf.set(stream, position)
    }
    const rows = new Map(issuesOf.all({ ids: listParameter(firstOf.keys()) }).map((row) => [row.id, row]))
    return [...firstOf]
      .flatMap(([id, position]) => {
        const row = rows.get(id)
        return row ? [{ row, position }] : []
      })
      .sort((a, b) => a.row.archived - b.row.archived)
      .slice(0, limit)
      .map(({ row, position }) => ({
        ...row,
        id: streamIds.stream(row.id).uuid,
        archived: row.archived === 1,
        ...excerpt(position, wanted),
      }))
  }
}
