import { asc, desc, gt, sql } from 'drizzle-orm'
import { type Compared, compared } from '#core/filter/compared.ts'
import { comparedColumn } from '../../projections/field-columns.ts'
import { events, issueAssignees, issueLabels, issues, settings, streams } from '../../schema.ts'
import { rebuiltSetting } from '../../setting-names.ts'
import { inList, listParameter } from '../../sqlite/json-each.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { setBit } from './bitmap.ts'

type NumberColumn = Uint8Array | Uint32Array | Float64Array
type Text = Extract<Compared, { readonly kind: { readonly operand: 'text' } }>
export type TextKey = Text['key']

/** What lists filter and sort by, a column each, at the place of the issue's surrogate. */
export type Columns = {
  /** Places there is room for; a multiple of 32. */
  readonly room: number
  readonly present: Uint32Array
  readonly archived: Uint32Array
  readonly open: Uint8Array
  /** Index into `statuses`. */
  readonly status: Uint16Array
  readonly author: Uint32Array
  /** What filters and sorts compare, as numbers in the same order. Without a value: NaN of numbers, 0 of days (20250131) and of surrogates. */
  readonly of: Readonly<Record<Compared['key'], NumberColumn>>
  /** What texts are put in order by, a character a byte of UTF-8; `of` has their first six bytes, which decide nearly every comparison. */
  readonly texts: Readonly<Record<TextKey, string[]>>
}

/** What differs since the last look. */
export type ColumnChange = {
  readonly places: readonly number[]
  readonly labels: ReadonlyMap<number, readonly number[]>
  readonly assignees: ReadonlyMap<number, readonly number[]>
}

export type IssueColumns = {
  /** Reads on, a slice at a time. @returns whether more is waiting. */
  warm(): boolean
  /** The columns as of the log's last position, or `undefined` where too much is missing to read it now. */
  fresh(): Columns | undefined
  readonly statuses: readonly string[]
}

/** Rows, or events, a slice: a few milliseconds. */
const sliceSize = 500
/** Beyond this many issues the memory (200 bytes each) is not worth it: lists are walked on disk. */
const issuesAtMost = 400_000

/** `2025-01-31` as 20250131. */
export const dayNumber = (day: string): number => Number(day.replaceAll('-', ''))

/** A text as SQLite compares it: a character a byte of UTF-8. */
export function bytesOf(text: string): string {
  for (let at = 0; at < text.length; at++)
    if (text.charCodeAt(at) > 127) return Buffer.from(text, 'utf8').toString('latin1')
  return text
}

export function titleHead(title: string): number {
  let head = 0
  for (let at = 0; at < 6; at++) head = head * 256 + (at < title.length ? title.charCodeAt(at) : 0)
  return head
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(old: T, room: number): T {
  const larger = new (old.constructor as new (length: number) => T)(room)
  larger.set(old as never)
  return larger
}

function emptyColumn({ kind }: Compared): NumberColumn {
  switch (kind.operand) {
    case 'rank':
      return new Uint8Array(0)
    case 'day':
    case 'reference':
      return new Uint32Array(0)
    case 'text':
    case 'instant':
      return new Float64Array(0)
    case 'number': {
      const whole = !(kind.nullable as boolean) && kind.decimals === 0 && kind.most < 2 ** 32
      return whole ? new Uint32Array(0) : new Float64Array(0)
    }
  }
}

/** A row as the database gives it, in the order in which its columns are asked for: id, status, open, archived, author, then texts, then the rest. */
type Row = [number, string, number, number, number, ...(string | number | null)[]]
const fixedColumns = 5

type ColumnValue = (value: string | number | null) => number

/** What turns a value of a row, but for a text, into what its column holds. */
function columnValue({ kind }: Compared): ColumnValue {
  switch (kind.operand) {
    case 'day':
      return (value) => (value === null ? 0 : dayNumber(String(value)))
    case 'reference':
      return (value) => (value as number | null) ?? 0
    case 'number':
      return (value) => (value as number | null) ?? Number.NaN
    default:
      return (value) => value as number
  }
}
const isText = (of: Compared): of is Text => of.kind.operand === 'text'
const texts: readonly Text[] = compared.filter(isText)
const others: readonly Compared[] = compared.filter((of) => !isText(of))
/** In the order of `others`. */
const columnValues = others.map(columnValue)
const eachOf = <Of extends Compared, Made>(all: readonly Of[], make: (of: Of) => Made) =>
  Object.fromEntries(all.map((of) => [of.key, make(of)])) as Record<Of['key'], Made>

function withRoom(room: number, old?: Columns): Columns {
  const none = { words: new Uint32Array(0), bytes: new Uint8Array(0), halves: new Uint16Array(0) }
  return {
    room,
    present: grown(old?.present ?? none.words, room / 32),
    archived: grown(old?.archived ?? none.words, room / 32),
    open: grown(old?.open ?? none.bytes, room),
    status: grown(old?.status ?? none.halves, room),
    author: grown(old?.author ?? none.words, room),
    of: eachOf<Compared, NumberColumn>(compared, (of) => grown(old?.of[of.key] ?? emptyColumn(of), room)),
    texts: eachOf(texts, ({ key }) => old?.texts[key] ?? []),
  }
}

/**
 * Keeps what lists ask for in memory, so that any filter with any sort costs the same. It is read in slices, and then follows the
 * log: what an issue's row says changes only with an event on its stream, whichever process wrote it.
 * @param onChange called with what was read anew once the columns are whole; `undefined` where everything may differ.
 */
export function issueColumns(
  database: ReadDatabase,
  onChange: (change: ColumnChange | undefined, columns: Columns) => void,
): IssueColumns {
  const { orm, client } = database
  const p = sql.placeholder
  const fields = {
    id: issues.id,
    status: issues.status,
    open: issues.open,
    archived: issues.archived,
    authorId: issues.authorId,
    ...eachOf([...texts, ...others], comparedColumn),
  }
  const slice = orm
    .select(fields)
    .from(issues)
    .where(gt(issues.id, p('after')))
    .orderBy(asc(issues.id))
    .limit(sliceSize)
    .prepare()
  const some = orm.select(fields).from(issues).where(inList(issues.id, 'ids')).prepare()
  const lastEvent = orm
    .select({ position: events.position })
    .from(events)
    .orderBy(desc(events.position))
    .limit(1)
    .prepare()
  const touched = orm
    .selectDistinct({ id: streams.id, type: streams.type })
    .from(events)
    .innerJoin(streams, sql`${streams.id} = ${events.streamId}`)
    .where(sql`${events.position} > ${p('after')} AND ${events.position} <= ${p('upTo')}`)
    .prepare()
  const labelsOf = orm
    .select({ issue: issueLabels.issueId, of: issueLabels.labelId })
    .from(issueLabels)
    .where(inList(issueLabels.issueId, 'ids'))
    .prepare()
  const assigneesOf = orm
    .select({ issue: issueAssignees.issueId, of: issueAssignees.memberId })
    .from(issueAssignees)
    .where(inList(issueAssignees.issueId, 'ids'))
    .prepare()
  const rebuiltAt = orm
    .select({ value: settings.value })
    .from(settings)
    .where(sql`${settings.name} = ${rebuiltSetting}`)
    .prepare()
  const dataVersion = client.prepare('SELECT data_version FROM pragma_data_version').pluck()

  const statuses: string[] = []
  const statusPlaces = new Map<string, number>()
  let columns = withRoom(0)
  /** Its columns of numbers, in the order of `others`. */
  let stores = others.map(({ key }) => columns.of[key])
  /** Up to which position the rows are read; while they are first read, where the log was when that began. */
  let at: number | undefined
  let readUpTo = 0
  let whole = false
  let count = 0
  let seenVersion: unknown
  let rebuilt: string | undefined

  const head = (): number => lastEvent.get()?.position ?? 0

  function makeRoom(room: number, old?: Columns): void {
    columns = withRoom(room, old)
    stores = others.map(({ key }) => columns.of[key])
  }

  function startAnew(): void {
    makeRoom(0)
    at = undefined
    readUpTo = 0
    whole = false
    count = 0
    onChange(undefined, columns)
  }

  function put(row: Row): void {
    const [id, statusName, open, archived, author] = row
    if (id >= columns.room) makeRoom(Math.ceil((id + 1) * 1.25 + 1_024) & ~31, columns)
    let status = statusPlaces.get(statusName)
    if (status === undefined) {
      status = statuses.push(statusName) - 1
      statusPlaces.set(statusName, status)
    }
    setBit(columns.present, id, true)
    setBit(columns.archived, id, archived === 1)
    columns.open[id] = open
    columns.status[id] = status
    columns.author[id] = author
    let next = fixedColumns
    for (const { key } of texts) {
      const text = bytesOf(String(row[next++]))
      columns.texts[key][id] = text
      columns.of[key][id] = titleHead(text)
    }
    for (let at = 0; at < stores.length; at++)
      (stores[at] as NumberColumn)[id] = (columnValues[at] as ColumnValue)(row[next++] ?? null)
  }

  function setsOf(rows: readonly { issue: number; of: number }[]): Map<number, number[]> {
    const sets = new Map<number, number[]>()
    for (const { issue, of } of rows) sets.set(issue, [...(sets.get(issue) ?? []), of])
    return sets
  }

  /** Reads the next slice of events' issues again. */
  function follow(after: number, last: number): void {
    const upTo = Math.min(last, after + sliceSize)
    const changed = touched.all({ after, upTo })
    // A new workflow decides anew which issues are open.
    if (changed.some((stream) => stream.type === 'workspace')) {
      startAnew()
      return
    }
    const ids = listParameter(changed.flatMap((stream) => (stream.type === 'issue' ? stream.id : [])))
    const rows = some.values({ ids }) as Row[]
    for (const row of rows) put(row)
    at = upTo
    if (rows.length > 0)
      onChange(
        {
          places: rows.map(([id]) => id),
          labels: setsOf(labelsOf.all({ ids })),
          assignees: setsOf(assigneesOf.all({ ids })),
        },
        columns,
      )
  }

  function noticeRebuild(): void {
    const version = dataVersion.get()
    if (version === seenVersion) return
    seenVersion = version
    const value = rebuiltAt.get()?.value
    if (at !== undefined && value !== rebuilt) startAnew()
    rebuilt = value
  }

  return {
    statuses,
    warm() {
      noticeRebuild()
      if (count > issuesAtMost) return false
      at ??= head()
      if (!whole) {
        const rows = slice.values({ after: readUpTo }) as Row[]
        for (const row of rows) put(row)
        readUpTo = rows.at(-1)?.[0] ?? readUpTo
        count += rows.length
        whole = rows.length < sliceSize
        if (count <= issuesAtMost) return true
        startAnew()
        count = issuesAtMost + 1
        return false
      }
      const last = head()
      if (last > at) follow(at, last)
      return !whole || last > (at ?? 0)
    },
    fresh() {
      noticeRebuild()
      if (!whole || at === undefined) return undefined
      const last = head()
      if (last - at > sliceSize) return undefined
      if (last > at) follow(at, last)
      return whole ? columns : undefined
    },
  }
}
